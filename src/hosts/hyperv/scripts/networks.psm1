# A fenced VM's adapters: off their switches, and back on. Windows forgets the switches, so a file keeps them.
# Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

# Written before the first is taken off. What an earlier run of the same operation has taken off stays in it;
# what another operation has left there says nothing any more.
function Save-Network($VM, [string] $File, [string] $Operation) {
  $before = @(Read-Network $File | Where-Object { $_.operation -ceq $Operation } | ForEach-Object { $_.adapters })
  $index = 0
  $adapters = @(foreach ($adapter in @(Get-VMNetworkAdapter -VM $VM)) {
      $on = [string] $adapter.SwitchName
      if (-not $on -and $index -lt $before.Count -and $before[$index].name -ceq [string] $adapter.Name) { $on = [string] $before[$index].switch }
      [ordered]@{ name = [string] $adapter.Name; switch = $on }
      $index += 1
    })
  Write-JsonFile $File ([ordered]@{ operation = $Operation; adapters = $adapters })
}

function Read-Network([string] $File) {
  if ([System.IO.File]::Exists($File)) { ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($File)) }
}

function Disconnect-Network($VM) {
  foreach ($adapter in @(Get-VMNetworkAdapter -VM $VM)) {
    if ($adapter.SwitchName) { $adapter | Disconnect-VMNetworkAdapter }
  }
}

# Names of adapters are not unique: the order counts with them. Ends with switch-missing.
function Restore-Network($VM, [string] $File) {
  $kept = Read-Network $File
  if ($null -eq $kept) { return }
  $adapters = @(Get-VMNetworkAdapter -VM $VM)
  $known = @(Get-VMSwitch | ForEach-Object { [string] $_.Name })
  for ($index = 0; $index -lt $adapters.Count -and $index -lt @($kept.adapters).Count; $index++) {
    $one = @($kept.adapters)[$index]
    if (-not $one.switch -or $adapters[$index].SwitchName -or [string] $adapters[$index].Name -cne $one.name) { continue }
    if ($known -notcontains $one.switch) { Stop-Script 'switch-missing' @{ vm = [string] $VM.Name; switch = $one.switch } }
    $adapters[$index] | Connect-VMNetworkAdapter -SwitchName $one.switch
  }
  [System.IO.File]::Delete($File)
}

Export-ModuleMember -Function Save-Network, Disconnect-Network, Restore-Network
