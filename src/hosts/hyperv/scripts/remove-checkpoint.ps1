# Takes one checkpoint off a VM's list; its merge goes on. The note says before that what must come to an
# end. Given: as Invoke-VmAct and Get-RoundLook; id, note. Answers { did, look }: `busy` says that nothing was
# done.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/rounds.psm1"))

Invoke-VmAct $Given {
  param($VM)
  $machine = Get-Machine $Given
  try {
    Write-JsonFile $Given.noteFile $Given.note
    if (-not (Remove-Round $VM $Given.id $machine)) { return @{ did = 'busy'; look = $null } }
    @{ did = 'done'; look = Get-RoundLook (Find-Vm $Given) $Given }
  }
  finally { Close-Machine $machine }
}
