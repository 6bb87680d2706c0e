# Whether something could start a VM, or reach it. Given: computerName, vmId.
# Answers { name, state, connected, guarded, disks ({ disk, path }) }. Ends with vm-unknown.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Use-HyperV $Given.computerName
$vm = Find-Vm $Given
if ($null -eq $vm) { Stop-Script 'vm-unknown' @{ vm = [string] $Given.vmId } }
[ordered]@{
  name = [string] $vm.Name
  state = [string] $vm.State
  connected = @(Get-VMNetworkAdapter -VM $vm | Where-Object { $_.SwitchName }).Count -gt 0
  guarded = @(Get-GuardDrive $vm).Count -gt 0
  disks = @(Get-OwnDrive $vm | Where-Object { $null -eq $_.DiskNumber } | ForEach-Object { [ordered]@{ disk = Get-DriveId $_; path = [string] $_.Path } })
}
