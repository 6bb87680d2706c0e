# Names a checkpoint that a killed script took. Given: as Invoke-VmAct; checkpoints (Ids that the caller
# knows), id, name, noteFile, noteAfter. Answers { did }: `changed` says that nothing was done.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/rounds.psm1"))

Invoke-VmAct $Given {
  param($VM)
  if (-not (Test-Unchanged $VM $Given.checkpoints)) { return @{ did = 'changed' } }
  Set-RoundName $VM $Given.id $Given.name
  Write-JsonFile $Given.noteFile $Given.noteAfter
  @{ did = 'named' }
}
