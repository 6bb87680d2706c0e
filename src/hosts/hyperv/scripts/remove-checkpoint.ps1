# Takes one checkpoint off a VM's list; its merge goes on. The note says before that what must come to an
# end. Given: as Invoke-VmAct; id, noteFile, note. Answers { did }: `busy` says that nothing was done.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/rounds.psm1"))

Invoke-VmAct $Given {
  param($VM)
  $machine = Get-Machine $Given
  try {
    Write-JsonFile $Given.noteFile $Given.note
    @{ did = if (Remove-Round $VM $Given.id $machine) { 'removed' } else { 'busy' } }
  }
  finally { Close-Machine $machine }
}
