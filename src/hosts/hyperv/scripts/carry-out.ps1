# Records what a live move does not carry along, and takes away what would stop it: media that the target
# does not have, and connections to switches that have another name there. What is taken away is on this
# host's disk before it is: a second run, or the way back, finds it there.
# Given: vmId, computerName, fence, file (of the record), target, networks.
# Answers { dvdDrives, adapters }.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
foreach ($module in 'moving', 'carrying') {
  Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/$module.psm1"))
}

$fence = ConvertTo-Table $Given.fence
$vmId = [guid] $Given.vmId
Use-HyperV $Given.computerName
Invoke-Fenced @fence -Body {
  param($Fence)
  $vm = Get-RegisteredVm $vmId (Get-On $Given.computerName)
  if ($null -eq $vm) { Stop-Script 'vm-unknown' @{ vm = "$vmId" } }
  $before = Read-Carried $Given.file $Given.fence.Operation
  $drives = @(Get-VMDvdDrive -VM $vm)
  $adapters = @(Get-VMNetworkAdapter -VM $vm)
  $ejected = @($drives | Where-Object { Test-MissingMedium $_ $Given.target })
  $carried = [ordered]@{
    operation = $Given.fence.Operation
    dvdDrives = @(
      foreach ($drive in $ejected) { [ordered]@{ drive = Get-DriveName $drive; path = [string] $drive.Path } }
      # Ejected by a run before this one.
      foreach ($drive in $drives) {
        if (-not $drive.Path -and $null -ne $before) { $before.dvdDrives | Where-Object { $_.drive -eq (Get-DriveName $drive) } }
      }
    )
    adapters = @(foreach ($adapter in $adapters) {
        $mac = Get-PlainMac $adapter.MacAddress
        [ordered]@{ mac = $mac; settings = Get-AdapterSetting $adapter $Given.networks (Select-Before $before $mac $adapter.Name) }
      })
  }
  Write-Carried $Given.file $carried
  foreach ($drive in $ejected) { Set-VMDvdDrive -VMDvdDrive $drive -Path $null }
  foreach ($adapter in $adapters) {
    $switch = (Select-Before $carried (Get-PlainMac $adapter.MacAddress) $adapter.Name).switch
    if ($null -ne $switch -and $adapter.SwitchName) { Disconnect-VMNetworkAdapter -VMNetworkAdapter $adapter }
  }
  [ordered]@{ dvdDrives = $carried.dvdDrives; adapters = $carried.adapters }
}
