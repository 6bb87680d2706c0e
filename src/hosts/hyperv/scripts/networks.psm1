# A fenced VM's adapters: off their switches, and back on. Windows forgets the switches, so a file keeps them.
# Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

# Written before the first is taken off. What an earlier run of the same operation has taken off stays in it;
# what another operation has left there says nothing any more.
function Save-Network($VM, [string] $File, [string] $Operation) {
  $kept = Read-Network $File
  $before = New-Object System.Collections.ArrayList
  if ($null -ne $kept -and $kept.operation -ceq $Operation) { $before.AddRange(@($kept.adapters)) }
  $adapters = @(foreach ($adapter in @(Get-VMNetworkAdapter -VM $VM)) {
      $own = Select-Kept $before $adapter
      $on = [string] $adapter.SwitchName
      if (-not $on -and $null -ne $own) { $on = [string] $own.switch }
      [ordered]@{ name = [string] $adapter.Name; switch = $on }
    })
  Write-JsonFile $File ([ordered]@{ operation = $Operation; adapters = $adapters })
}

# Names of adapters are not unique: those of one name go by their order. Each is taken once.
function Select-Kept($Kept, $Adapter) {
  $own = @($Kept | Where-Object { $_.name -ceq [string] $Adapter.Name })
  if ($own.Count -eq 0) { return }
  [void] $Kept.Remove($own[0])
  return $own[0]
}

function Read-Network([string] $File) {
  if ([System.IO.File]::Exists($File)) { ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($File)) }
}

function Disconnect-Network($VM) {
  foreach ($adapter in @(Get-VMNetworkAdapter -VM $VM)) {
    if ($adapter.SwitchName) { $adapter | Disconnect-VMNetworkAdapter }
  }
}

# Ends with switch-missing.
function Restore-Network($VM, [string] $File) {
  $kept = Read-Network $File
  if ($null -eq $kept) { return }
  $left = New-Object System.Collections.ArrayList
  $left.AddRange(@($kept.adapters))
  $known = @(Get-VMSwitch | ForEach-Object { [string] $_.Name })
  foreach ($adapter in @(Get-VMNetworkAdapter -VM $VM)) {
    $own = Select-Kept $left $adapter
    if ($null -eq $own -or -not $own.switch -or $adapter.SwitchName) { continue }
    if ($known -notcontains $own.switch) { Stop-Script 'switch-missing' @{ vm = [string] $VM.Name; switch = $own.switch } }
    $adapter | Connect-VMNetworkAdapter -SwitchName $own.switch
  }
  [System.IO.File]::Delete($File)
}

Export-ModuleMember -Function Save-Network, Disconnect-Network, Restore-Network
