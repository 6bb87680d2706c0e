# What a host does with a VM when it starts itself. Given: as Invoke-VmAct; action.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Invoke-VmAct $Given {
  param($VM)
  if ([string] $VM.AutomaticStartAction -ne $Given.action) { Set-VM -VM $VM -AutomaticStartAction $Given.action }
  @{ startAction = $Given.action }
}
