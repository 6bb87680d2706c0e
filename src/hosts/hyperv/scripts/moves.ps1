# The moves of a VM as the source knows them, and what the VM itself says of its phase.
# Given: vmId, computerName, role (ask the cluster too).
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/moving.psm1"))

$on = Get-On $Given.computerName
$vmId = [guid] $Given.vmId
[ordered]@{
  jobs = @(Get-MoveJob $vmId $on | ForEach-Object { Get-JobFact $_ })
  status = Read-Part {
    Use-HyperV $Given.computerName
    $vm = Get-RegisteredVm $vmId $on
    if ($null -ne $vm) { [string] $vm.SecondaryOperationalStatus }
  }
  role = if ($Given.role) { Read-Part { Get-RoleFact $vmId $Given.computerName } } else { [ordered]@{ lacks = $true } }
}
