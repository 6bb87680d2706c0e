# Freezes all disks of a VM, if its checkpoints are still those that the caller knows. It cannot be named
# while it is taken: what `note` says tells a later look whose it is. Given: as Invoke-VmAct and Get-RoundLook;
# checkpoints (Ids), name, note, noteAfter.
# Answers { did, look }: `changed` and `busy` say that nothing was done.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/rounds.psm1"))

Invoke-VmAct $Given {
  param($VM)
  if (-not (Test-Unchanged $VM $Given.checkpoints)) { return @{ did = 'changed'; look = $null } }
  $machine = Get-Machine $Given
  try {
    Write-JsonFile $Given.noteFile $Given.note
    $id = New-Round $VM $Given.name $machine
    Write-JsonFile $Given.noteFile $Given.noteAfter
    if (-not $id) { return @{ did = 'busy'; look = $null } }
    @{ did = 'done'; look = Get-RoundLook (Find-Vm $Given) $Given }
  }
  finally { Close-Machine $machine }
}
