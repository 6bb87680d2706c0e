# Freezes all disks of a VM, if its checkpoints are still those that the caller knows. It cannot be named
# while it is taken: what `note` says tells a later look whose it is. Given: as Invoke-VmAct; checkpoints
# (Ids), name, noteFile, note, noteAfter.
# Answers { did }: `changed` and `busy` say that nothing was done.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/rounds.psm1"))

Invoke-VmAct $Given {
  param($VM)
  if (-not (Test-Unchanged $VM $Given.checkpoints)) { return @{ did = 'changed' } }
  $machine = Get-Machine $Given
  try {
    Write-JsonFile $Given.noteFile $Given.note
    $id = New-Round $VM $Given.name $machine
    Write-JsonFile $Given.noteFile $Given.noteAfter
    @{ did = if ($id) { 'taken' } else { 'busy' } }
  }
  finally { Close-Machine $machine }
}
