# A VM's checkpoints, chains and merge, asked by whoever may act on it: the note, if one is given, is
# written first. Given: as Invoke-VmAct and Get-RoundLook; note.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/rounds.psm1"))

Invoke-VmAct $Given {
  param($VM)
  if ($null -ne $Given.note) { Write-JsonFile $Given.noteFile $Given.note }
  Get-RoundLook $VM $Given
}
