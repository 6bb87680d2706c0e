# Gives a fenced VM its leaves' names and its network back. One that runs has the names: a fence that was
# begun took at most its network. Given: as Invoke-VmAct; networkFile. Answers { unfenced }.
# Ends with disk-missing, fence-name-taken, switch-missing.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/networks.psm1"))

Invoke-VmAct $Given {
  param($VM)
  if ([string] $VM.State -like 'Off*') {
    foreach ($path in @(Get-OwnPath $VM)) { Rename-Leaf (Get-FencedName $path) $path }
    Remove-Guard $VM
  }
  Restore-Network $VM $Given.networkFile
  @{ unfenced = $true }
}
