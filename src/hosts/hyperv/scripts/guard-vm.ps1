# Gives a fenced VM its leaves' names back for the time of a merge, and a guard first: it cannot start all the
# while. Given: as Invoke-VmAct; placeholder. Answers { guarded }. Ends with vm-running, disk-missing,
# fence-name-taken.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Invoke-VmAct $Given {
  param($VM)
  if ([string] $VM.State -notlike 'Off*') { Stop-Script 'vm-running' @{ vm = [string] $VM.Name } }
  Add-Guard $VM $Given.placeholder
  foreach ($path in @(Get-OwnPath $VM)) { Rename-Leaf (Get-FencedName $path) $path }
  @{ guarded = $true }
}
