# Moves a VM by Hyper-V itself; ends with the move, but for a cluster's, which goes on by itself. The
# answer says only whether this script asked for it: where the VM is, nobody takes from here.
# Given: vmId, computerName, fence, target, way, placement.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/moving.psm1"))

$fence = ConvertTo-Table $Given.fence
$on = Get-On $Given.computerName
$vmId = [guid] $Given.vmId
Use-HyperV $Given.computerName
Invoke-Fenced @fence -Body {
  param($Fence)
  if (@(Get-MoveJob $vmId $on | Where-Object { Test-JobRunning $_ }).Count -gt 0) { return [ordered]@{ asked = $false } }
  $vm = Get-RegisteredVm $vmId $on
  if ($null -eq $vm) { return [ordered]@{ asked = $false } }
  if ($Given.way -eq 'cluster role') {
    $cluster = Get-OnCluster $Given.computerName
    # A cluster knows its nodes by their short names.
    $node = @($Given.target -split '\.')[0]
    [void] (Move-ClusterVirtualMachineRole -VMId $vmId -Node $node -MigrationType Live -Wait 0 @cluster)
  }
  else {
    $parameters = Get-MoveParameter $Given
    [void] (Move-VM -VM $vm @parameters)
  }
  [ordered]@{ asked = $true }
}
