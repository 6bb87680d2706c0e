# All VMs that are registered on a host. Given: computerName. Answers { vms }.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$machine = Get-Machine $Given
$hyperv = $machine.hyperv
try { [ordered]@{ vms = @(Get-VmFact @(Get-VM @hyperv) $machine) } }
finally { Close-Machine $machine }
