# The VMs of one Id, or of one name: names are not unique, and Hyper-V compares them without regard to
# case. Given: computerName; id or name. Answers { vms }. Get-VM itself takes a name for a pattern, and
# a VM that it does not find for an error.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$machine = Get-Machine $Given
$hyperv = $machine.hyperv
try {
  $found = @(Get-VM @hyperv | Where-Object { if ($Given.id) { [string] $_.Id -eq $Given.id } else { [string] $_.Name -eq $Given.name } })
  [ordered]@{ vms = @(Get-VmFact $found $machine) }
}
finally { Close-Machine $machine }
