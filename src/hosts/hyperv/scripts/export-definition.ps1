# Exports a VM's definition, without disks and checkpoints, into a folder that is empty. It leaves the
# merging of the VM's checkpoints off: whoever calls turns it on again, by turn-merging-on.ps1.
# Given: computerName, vmId, folder, seconds. Answers { name, folder (of the files), adapters, guardians }.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/definition.psm1"))

$machine = Get-Machine $Given
try {
  $vm = Find-Vm $Given
  if ($null -eq $vm) { Stop-Script 'vm-unknown' @{ vm = [string] $Given.vmId } }
  $adapters = @(foreach ($adapter in @(Get-VMNetworkAdapter -VM $vm)) {
      [ordered]@{
        name = [string] $adapter.Name
        mac = [string] $adapter.MacAddress
        switch = if ($adapter.SwitchName) { [string] $adapter.SwitchName } else { $null }
      }
    })
  $guardians = @(Get-Guardians $vm)
  [ordered]@{
    name = [string] $vm.Name
    folder = Export-Definition $vm $Given.folder $Given.seconds $machine
    adapters = $adapters
    guardians = $guardians
  }
}
finally { Close-Machine $machine }
