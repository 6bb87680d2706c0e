# Names a checkpoint that a killed script took. Given: as Invoke-VmAct and Get-RoundLook;
# checkpoints (Ids that the caller knows), id, name, noteAfter. Answers { did, look }: `changed` says that
# nothing was done.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/rounds.psm1"))

Invoke-VmAct $Given {
  param($VM)
  if (-not (Test-Unchanged $VM $Given.checkpoints)) { return @{ did = 'changed'; look = $null } }
  Set-RoundName $VM $Given.id $Given.name
  Write-JsonFile $Given.noteFile $Given.noteAfter
  @{ did = 'done'; look = Get-RoundLook $VM $Given }
}
