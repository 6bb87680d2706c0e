# Tries on a real host, with a VM that can be lost, what no double of Windows can prove; one line a row, and a
# JSON file at the end: docs/hyper-v-unverified.md. Run by an administrator, who stops the worker before:
#   .\try-hyper-v.ps1 -VM test1 -ICanLose test1
# The VM is stopped, started, fenced, unregistered and registered again. Windows PowerShell 5.1 and PowerShell 7.
param(
  [string] $VM,
  # The VM's name once more, typed.
  [string] $ICanLose,
  # Another host, which is asked for the guardians of a virtual TPM.
  [string] $There,
  [string] $Folder = (Join-Path ([System.IO.Path]::GetTempPath()) 'ferry-trial'),
  [int] $SecondsMax = 600
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
foreach ($module in 'wire', 'prelude', 'hyperv-module', 'reading', 'leaves', 'disk-reading', 'vm-reading', 'acting', 'rounds', 'networks', 'definition', 'trial') {
  Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/$module.psm1"))
}

# What people write on VMs that are not to be lost.
$Important = 'prod|live\b|\bdc\d|domain|exchange|sql|backup|critical|do not'

Use-HyperV
$trial = New-Trial $VM $ICanLose $Folder $SecondsMax $Important
$outcomes = New-Object System.Collections.ArrayList

# One row: it says { so, seen }, or throws what kept it from being tried. The VM is put back in any case.
function Step-Row([string] $Row, [scriptblock] $Body) {
  $verdict = 'NOT TRIED'
  $ended = $null
  try {
    Start-Trial $trial
    $said = & $Body
    $verdict = if ($said.so) { 'PROVEN' } else { 'NOT SO' }
    $seen = [string] $said.seen
  }
  catch {
    $fact = Get-ErrorFact $_
    $why = if ($fact.Contains('facts') -and $fact.facts.Contains('message')) { ": $($fact.facts['message'])" } else { '' }
    $seen = "$($fact.message.Trim())$why"
  }
  try { Restore-Trial $trial }
  catch { $ended = "NOT PUT BACK: $($_.Exception.Message)" }
  if ($ended) { $seen = "$seen. $ended" }
  [void] $outcomes.Add([ordered]@{ row = $Row; verdict = $verdict; seen = $seen; at = [datetime]::UtcNow.ToString('o') })
  "{0,-10} {1,-26} {2}" -f $verdict, $Row, $seen
  if ($ended) { throw "$VM could not be put back: docs/by-hand.md. $ended" }
}

try {
  Step-Row 'recovery-checkpoints' {
    $ids = @(New-TrialRound $trial; New-TrialRound $trial)
    $longest = Get-LongestChain $trial
    foreach ($id in $ids) { Remove-TrialRound $trial $id }
    $failed = @(Get-TrialEvent $trial 19100).Count
    $left = @(Get-VMSnapshot -VM (Get-Trial $trial)).Count
    $after = Get-LongestChain $trial
    $state = [string] (Get-Trial $trial).State
    @{ so = $longest -eq 3 -and $after -eq 1 -and $left -eq 0 -and $failed -eq 0 -and $state -eq 'Running'; seen = "longest chain $longest, at the end $after; $left checkpoints left, $failed failed merges, $state" }
  }
  Step-Row 'rename-checkpoint' {
    $id = New-TrialRound $trial
    $names = @(Get-VMSnapshot -VM (Get-Trial $trial) | ForEach-Object { [string] $_.Name })
    $type = [string] @(Get-VMSnapshot -VM (Get-Trial $trial))[0].SnapshotType
    Remove-TrialRound $trial $id
    @{ so = $names -contains $trial.roundName -and $type -eq 'Recovery'; seen = "$type, named $($names -join ', ')" }
  }
  Step-Row 'stop-vm' {
    $failure = $null
    try { Stop-VM -VM (Get-Trial $trial) -Confirm:$false }
    catch { $failure = Get-ErrorFact $_ }
    $state = [string] (Get-Trial $trial).State
    if ($null -eq $failure) { @{ so = $state -eq 'Off'; seen = "returned, and it is $state" } }
    else { @{ so = $failure.hresult -eq '0x800705B4'; seen = "$($failure.hresult) $($failure.message.Trim()), and it is $state" } }
  }
  Step-Row 'headers-change-at-start' {
    Stop-Trial $trial
    $before = Get-TrialLinkage $trial
    Start-Sleep -Seconds 2
    $still = Get-TrialLinkage $trial
    Start-Trial $trial
    Stop-Trial $trial
    $after = Get-TrialLinkage $trial
    @{ so = $before -eq $still -and $before -ne $after; seen = "off: $(if ($before -eq $still) { 'the same' } else { 'CHANGED' }); after a start: $(if ($before -ne $after) { 'others' } else { 'THE SAME' })" }
  }
  Step-Row 'fence-by-rename' {
    Stop-Trial $trial
    $before = Get-TrialLinkage $trial
    $paths = @(Get-OwnPath (Get-Trial $trial))
    Save-Network (Get-Trial $trial) $trial.networkFile $trial.operation
    Disconnect-Network (Get-Trial $trial)
    foreach ($path in $paths) { Rename-Leaf $path (Get-FencedName $path) }
    $refused = Get-StartRefusal $trial
    foreach ($path in $paths) { Rename-Leaf (Get-FencedName $path) $path }
    $same = $before -eq (Get-TrialLinkage $trial)
    @{ so = $null -ne $refused -and $same; seen = "start $(if ($refused) { "refused: $refused" } else { 'WAS NOT REFUSED' }); disks $(if ($same) { 'untouched' } else { 'CHANGED' })" }
  }
  Step-Row 'guard-beside-merge' {
    $id = New-TrialRound $trial
    Stop-Trial $trial
    Add-Guard (Get-Trial $trial) (Get-TrialPlaceholder $trial)
    $refused = Get-StartRefusal $trial
    Remove-TrialRound $trial $id
    $chain = Get-LongestChain $trial
    Remove-Guard (Get-Trial $trial)
    @{ so = $null -ne $refused -and $chain -eq 1; seen = "start $(if ($refused) { "refused: $refused" } else { 'WAS NOT REFUSED' }); chain $chain after the merge" }
  }
  Step-Row 'merging-off-after-export' {
    Stop-Trial $trial
    [void] (Export-Trial $trial)
    $state = Get-TrialMerging $trial
    Enable-Merging (Get-Trial $trial) 60 $trial.machine
    $after = Get-TrialMerging $trial
    @{ so = $state -eq 0 -and $after -eq 1; seen = "EnabledState $state after the export, $after after it was turned on" }
  }
  Step-Row 'ignored-storage' {
    $before = "$(Get-OwnPath (Get-Trial $trial))"
    $had = Test-ExportSetting $trial 'DisableDifferentialOfIgnoredStorage'
    [void] (Export-Trial $trial)
    $after = "$(Get-OwnPath (Get-Trial $trial))"
    @{ so = $before -eq $after; seen = "$(if ($had) { 'there is such a setting' } else { 'no such setting' }); disks $(if ($before -eq $after) { 'as before' } else { "now $after" })" }
  }
  Step-Row 'vmgs-beside' {
    if ([int] (Get-Trial $trial).Generation -ne 2) { throw 'it is of generation 1' }
    $files = @(Get-ChildItem -LiteralPath (Export-Trial $trial) | ForEach-Object { $_.Extension.ToLowerInvariant() } | Sort-Object -Unique)
    @{ so = $files -contains '.vmgs'; seen = "version $((Get-Trial $trial).Version): $($files -join ' ')" }
  }
  Step-Row 'import-without-snapshots' {
    $before = Get-TrialFact $trial
    Move-Trial $trial
    $after = Get-TrialFact $trial
    $differs = Compare-TrialFact $before $after 'mac'
    Start-Trial $trial
    Remove-TrialRound $trial (New-TrialRound $trial)
    $chain = Get-LongestChain $trial
    @{ so = -not $differs -and $chain -eq 1; seen = "$(if ($differs) { "DIFFERS: $differs" } else { 'Id, generation, firmware, processors, memory and notes as before' }); chain $chain after a checkpoint" }
  }
  Step-Row 'dynamic-mac' {
    $adapters = @(Get-VMNetworkAdapter -VM (Get-Trial $trial) | Where-Object { $_.DynamicMacAddressEnabled })
    if ($adapters.Count -eq 0) { throw 'it has no adapter with a dynamic MAC' }
    $before = (Get-TrialFact $trial).mac
    Move-Trial $trial
    $moved = (Get-TrialFact $trial).mac
    Start-Trial $trial
    Stop-Trial $trial
    Start-Trial $trial
    $after = (Get-TrialFact $trial).mac
    @{ so = $before -eq $moved -and $before -eq $after; seen = "$before, registered $moved, after two starts $after" }
  }
  Step-Row 'virtual-tpm' {
    if (-not (Get-VMSecurity -VM (Get-Trial $trial)).TpmEnabled) { throw 'it has no virtual TPM' }
    if ($There) { Assert-TrialGuardian $trial $There }
    Move-Trial $trial
    Start-Trial $trial
    $beats = Wait-TrialHeartbeat $trial
    @{ so = $beats; seen = "$(if ($beats) { 'started, and its heartbeat came back' } else { 'no heartbeat: look at its console for the recovery key' })$(if ($There) { "; $There knows its guardian" })" }
  }
  Step-Row 'generation-id' { throw 'only the guest sees it: see the page' }
}
finally {
  $file = Write-TrialReport $trial $outcomes
  "Send us this file: $file"
}
