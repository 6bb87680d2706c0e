# Lets Windows merge the checkpoints of a VM again, after an export of its definition. What waited for it
# begins to merge. Given: computerName, vmId, waitSeconds (for an export that still runs). Answers { on }:
# false where the VM is not registered here any more.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/definition.psm1"))

$machine = Get-Machine $Given
try {
  $vm = Find-Vm $Given
  if ($null -eq $vm) { return @{ on = $false } }
  Enable-Merging $vm $Given.waitSeconds $machine
  @{ on = $true }
}
finally { Close-Machine $machine }
