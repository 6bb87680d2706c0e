# Starts a VM that does not run, and answers with its state then. Given: as Invoke-VmAct.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Invoke-VmAct $Given {
  param($VM)
  if ([string] $VM.State -notlike 'Running*') { Start-VM -VM $VM }
  @{ state = [string] (Find-Vm $Given).State }
}
