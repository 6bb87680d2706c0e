# What try-hyper-v.ps1 does with the VM that can be lost: rounds, exports, a way out of Hyper-V and in again,
# and back to how it was. `$Trial` is what New-Trial gives. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }
foreach ($module in 'wmi', 'rounds', 'networks', 'definition') { Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/$module.psm1")) }

$Log = 'Microsoft-Windows-Hyper-V-VMMS-Admin'
$Operation, $RoundName = 'trial', 'ferry trial round 0'
$PollMilliseconds = 500
# Of a merge: well, or not.
$MergeEnded = 19080, 19100
# Without an event it is taken for over after so long.
$QuietSeconds = 20
$PlaceholderBytes = 3145728
# Both headers of a VHDX: where they are, and what is in them ([MS-VHDX] 2.2.2).
$HeaderOffsets = 65536, 131072
$HeaderBytes = 48

# Ends the script where the VM is not one to be lost, or not plain.
function New-Trial([string] $Name, [string] $Typed, [string] $Folder, [int] $SecondsMax, [string] $Important) {
  if (-not $Name) { throw 'Which VM? .\try-hyper-v.ps1 -VM test1 -ICanLose test1' }
  if ($Typed -cne $Name) { throw "It may be lost by this. If you can lose it: -ICanLose $Name" }
  $found = @(Get-VM | Where-Object { [string] $_.Name -eq $Name })
  if ($found.Count -ne 1) { throw "There are $($found.Count) VMs called $Name on this host" }
  $vm = $found[0]
  if ("$($vm.Name) $($vm.Notes)" -match $Important) { throw "Its name or notes look like a VM that matters ('$($Matches[0])'): take another" }
  if (@(Get-VMSnapshot -VM $vm).Count -gt 0) { throw 'It has checkpoints: remove them first' }
  if ($vm.IsClustered -or [string] $vm.ReplicationState -ne 'Disabled') { throw 'It is a role of a cluster, or replicated: take another' }
  $drives = @(Get-VMHardDiskDrive -VM $vm)
  if ($drives.Count -eq 0 -or @($drives | Where-Object { $null -ne $_.DiskNumber }).Count -gt 0) { throw 'It needs disks, and all of them must be files' }
  foreach ($drive in $drives) {
    if ((Get-VHD -Path $drive.Path).ParentPath) { throw "$($drive.Path) stands on another file: take a VM with plain disks" }
  }
  [void] [System.IO.Directory]::CreateDirectory($Folder)
  $machine = Get-Machine ([pscustomobject]@{ computerName = $null })
  $trial = @{
    id = [string] $vm.Id; name = $Name; generation = [string] $vm.Generation; folder = $Folder; seconds = $SecondsMax; machine = $machine; operation = $Operation
    roundName = $RoundName; epoch = 0; startedAt = [datetime]::Now; startAction = [string] $vm.AutomaticStartAction
    path = if ([System.IO.Directory]::Exists([string] $vm.Path)) { [string] $vm.Path } else { [System.IO.Path]::GetDirectoryName([string] $drives[0].Path) }
    networkFile = Join-Path $Folder 'network.json'; noteFile = Join-Path $Folder 'registered.json'; exported = $null
    disks = @($drives | ForEach-Object { [ordered]@{ disk = Get-DriveId $_; path = [string] $_.Path } })
    adapters = @(Get-VMNetworkAdapter -VM $vm | ForEach-Object { [ordered]@{ name = [string] $_.Name; switch = if ($_.SwitchName) { [string] $_.SwitchName } else { $null } } })
  }
  return $trial
}

function Get-Trial($Trial) {
  $found = @(Get-VM | Where-Object { [string] $_.Id -eq $Trial.id })
  if ($found.Count -eq 0) { throw "$($Trial.name) is not registered any more" }
  return $found[0]
}

function Start-Trial($Trial) {
  if ([string] (Get-Trial $Trial).State -notlike 'Running*') { Start-VM -VM (Get-Trial $Trial) }
}

# Asked first; a guest that does not obey is turned off: it can be lost.
function Stop-Trial($Trial) {
  if ([string] (Get-Trial $Trial).State -like 'Off*') { return }
  try { Stop-VM -VM (Get-Trial $Trial) -Confirm:$false }
  catch { Stop-VM -VM (Get-Trial $Trial) -TurnOff -Force }
}

# What Windows says when the VM is started; nothing when it starts.
function Get-StartRefusal($Trial) {
  try { Start-VM -VM (Get-Trial $Trial) }
  catch { $fact = Get-ErrorFact $_; return "$($fact.hresult) $($fact.message.Trim())" }
}

function Wait-Trial($Trial, [string] $For, [scriptblock] $Holds) {
  $watch = [System.Diagnostics.Stopwatch]::StartNew()
  while (-not (& $Holds)) {
    if ($watch.Elapsed.TotalSeconds -gt $Trial.seconds) { throw "no $For within $($Trial.seconds) s" }
    Start-Sleep -Milliseconds $PollMilliseconds
  }
}

# Of a VM that has just started Windows may not take one yet.
function New-TrialRound($Trial) {
  $taken = @{ id = $null }
  Wait-Trial $Trial 'checkpoint' {
    if ([string] (Get-Trial $Trial).PrimaryOperationalStatus -ne 'InService') { $taken.id = New-Round (Get-Trial $Trial) $RoundName $Trial.machine }
    $null -ne $taken.id
  }
  return $taken.id
}

# Until it is merged. No file of it is opened meanwhile: that would make the merge fail.
function Remove-TrialRound($Trial, [string] $Id) {
  $ended = @(Get-TrialEvent $Trial $MergeEnded).Count
  Wait-Trial $Trial 'removal' { Remove-Round (Get-Trial $Trial) $Id $Trial.machine }
  $quiet = [System.Diagnostics.Stopwatch]::StartNew()
  Wait-Trial $Trial 'end of the merge' {
    if ([string] (Get-Trial $Trial).PrimaryOperationalStatus -eq 'InService') { $quiet.Restart(); return $false }
    @(Get-TrialEvent $Trial $MergeEnded).Count -gt $ended -or $quiet.Elapsed.TotalSeconds -gt $QuietSeconds
  }
}

# Files of the disk that has most. 1: all are plain.
function Get-LongestChain($Trial) {
  $lengths = foreach ($path in @(Get-OwnPath (Get-Trial $Trial))) { @(Get-Chain (Get-Leaf $path) @{} $Trial.machine).Count }
  return [int] ($lengths | Measure-Object -Maximum).Maximum
}

function Get-TrialEvent($Trial, [int[]] $Id) {
  try { $events = @(Get-WinEvent -FilterHashtable @{ LogName = $Log; Id = $Id; StartTime = $Trial.startedAt }) }
  catch { if ($_.FullyQualifiedErrorId -like 'NoMatchingEventsFound*') { return } else { throw } }
  $events | Where-Object { @($_.Properties | ForEach-Object { [string] $_.Value }) -contains $Trial.id }
}

# The DataWriteGuid of each disk, as a text. Ends the row where one is no VHDX.
function Get-TrialLinkage($Trial) {
  $all = foreach ($path in @(Get-OwnPath (Get-Trial $Trial))) { Get-Linkage (Get-Leaf $path) }
  return "$all"
}

function Get-Linkage([string] $Path) {
  $stream = New-Object System.IO.FileStream $Path, 'Open', 'Read', 'ReadWrite'
  try {
    $newest = $null
    foreach ($offset in $HeaderOffsets) {
      $bytes = New-Object byte[] $HeaderBytes
      [void] $stream.Seek($offset, 'Begin')
      if ($stream.Read($bytes, 0, $HeaderBytes) -ne $HeaderBytes -or [System.Text.Encoding]::ASCII.GetString($bytes, 0, 4) -ne 'head') { continue }
      $sequence = [System.BitConverter]::ToUInt64($bytes, 8)
      if ($null -eq $newest -or $sequence -gt $newest.sequence) { $newest = @{ sequence = $sequence; linkage = [guid] [byte[]] $bytes[32..47] } }
    }
  }
  finally { $stream.Dispose() }
  if ($null -eq $newest) { throw "$Path is no VHDX" }
  return [string] $newest.linkage
}

# Empty disks, made once.
function Get-TrialPlaceholder($Trial, [string] $Format = 'vhdx') {
  $file = Join-Path $Trial.folder "placeholder.$Format"
  if (-not [System.IO.File]::Exists($file)) { [void] (New-VHD -Path $file -SizeBytes $PlaceholderBytes -Dynamic) }
  return $file
}

# Answers with the folder of the files. Merging stays off, as Windows leaves it.
function Export-Trial($Trial) {
  $folder = Join-Path $Trial.folder ([guid]::NewGuid().ToString())
  [void] [System.IO.Directory]::CreateDirectory($folder)
  return Export-Definition (Get-Trial $Trial) $folder $Trial.seconds $Trial.machine
}

function Get-TrialMerging($Trial) {
  $of = @{ InputObject = Get-System $Trial.id $Trial.machine; Association = 'Msvm_ElementSettingData'; ResultClassName = 'Msvm_DiskMergeSettingData' }
  $found = @(Get-CimAssociatedInstance @of)
  if ($found.Count -eq 0) { throw 'there is no Msvm_DiskMergeSettingData' }
  return [int] $found[0].EnabledState
}

function Test-ExportSetting($Trial, [string] $Name) {
  $of = @{ InputObject = Get-System $Trial.id $Trial.machine; Association = 'Msvm_SystemExportSettingData'; ResultClassName = 'Msvm_VirtualSystemExportSettingData' }
  return $null -ne @(Get-CimAssociatedInstance @of)[0].PSObject.Properties[$Name]
}

# What must come along.
function Get-TrialFact($Trial) {
  $vm = Get-Trial $Trial
  $secureBoot = if ([int] $vm.Generation -eq 2) { [string] (Get-VMFirmware -VM $vm).SecureBoot } else { '' }
  return [ordered]@{
    id = [string] $vm.Id; generation = [string] $vm.Generation; version = [string] $vm.Version; notes = [string] $vm.Notes
    processors = [string] $vm.ProcessorCount; memory = "$($vm.MemoryStartup) $($vm.DynamicMemoryEnabled)"; secureBoot = $secureBoot
    mac = "$(@(Get-VMNetworkAdapter -VM $vm | ForEach-Object { [string] $_.MacAddress }))"
    disks = "$(@(Get-OwnPath $vm))"; checkpoints = [string] @(Get-VMSnapshot -VM $vm).Count
  }
}

# Without what a row of its own is for.
function Compare-TrialFact($Before, $After, [string] $Without) {
  $names = @($Before.Keys | Where-Object { $_ -ne $Without -and $Before[$_] -cne $After[$_] })
  return "$($names | ForEach-Object { "$_ was '$($Before[$_])', is '$($After[$_])'" })"
}

function Get-TrialGiven($Trial, $More) {
  $Trial.epoch += 1
  $fence = [pscustomobject]@{ VmId = $Trial.id; Operation = $Operation; Epoch = $Trial.epoch; File = Join-Path $Trial.folder 'epochs.json' }
  $given = [ordered]@{
    computerName = $null; vmId = $Trial.id; fence = $fence; noteFile = $Trial.noteFile; networkFile = $Trial.networkFile
    placeholders = [pscustomobject]@{ vhdx = Get-TrialPlaceholder $Trial; vhd = Get-TrialPlaceholder $Trial 'vhd' }
  }
  foreach ($name in $More.Keys) { $given[$name] = $More[$name] }
  return [pscustomobject] $given
}

# Out of Hyper-V and in again, by the scripts that a migration uses: the same disks, at the same places.
function Move-Trial($Trial) {
  Stop-Trial $Trial
  $guardians = @(Get-Guardians (Get-Trial $Trial))
  $Trial.exported = @{ folder = Export-Trial $Trial; guardians = $guardians }
  Enable-Merging (Get-Trial $Trial) 60 $Trial.machine
  [void] (& "$PSScriptRoot/unregister-vm.ps1" (Get-TrialGiven $Trial @{}))
  Enter-Trial $Trial
  [void] (& "$PSScriptRoot/unfence-vm.ps1" (Get-TrialGiven $Trial @{}))
  $Trial.exported = $null
}

function Enter-Trial($Trial) {
  $more = @{
    name = $Trial.name; source = $Trial.exported.folder; folder = $Trial.path; guardians = $Trial.exported.guardians
    disks = @($Trial.disks | ForEach-Object { [pscustomobject] $_ }); adapters = @($Trial.adapters | ForEach-Object { [pscustomobject] $_ })
  }
  [void] (& "$PSScriptRoot/register-vm.ps1" (Get-TrialGiven $Trial $more))
}

function Wait-TrialHeartbeat($Trial) {
  try { Wait-Trial $Trial 'heartbeat' { [string] (Get-Trial $Trial).Heartbeat -like 'Ok*' }; return $true }
  catch { return $false }
}

# Ends the row where the other host knows none of those whom the VM's key protector names.
function Assert-TrialGuardian($Trial, [string] $There) {
  $wanted = @(Get-Guardians (Get-Trial $Trial))
  $known = @(Invoke-Command -ComputerName $There -ScriptBlock { Get-HgsGuardian | ForEach-Object { $_.SigningCertificate.Thumbprint; $_.EncryptionCertificate.Thumbprint } })
  if (@($wanted | Where-Object { $known -contains $_ }).Count -eq 0) { throw "$There knows none of its guardians: $wanted" }
}

# Whatever a row left: names, guard, checkpoints, merging, network and start action are as they were.
function Restore-Trial($Trial) {
  if ($null -ne $Trial.exported) { Enter-Trial $Trial; $Trial.exported = $null }
  if ([string] (Get-Trial $Trial).State -like 'Off*') {
    foreach ($disk in $Trial.disks) {
      if ((Get-Leaf $disk.path) -ne $disk.path) { Rename-Leaf (Get-FencedName $disk.path) $disk.path }
    }
    Remove-Guard (Get-Trial $Trial)
  }
  Enable-Merging (Get-Trial $Trial) 60 $Trial.machine
  foreach ($checkpoint in @(Get-VMSnapshot -VM (Get-Trial $Trial))) { Remove-TrialRound $Trial ([string] $checkpoint.Id) }
  Restore-Network (Get-Trial $Trial) $Trial.networkFile
  Set-VM -VM (Get-Trial $Trial) -AutomaticStartAction $Trial.startAction
}

function Write-TrialReport($Trial, $Rows) {
  $system = @(Get-CimInstance -ClassName Win32_OperatingSystem)[0]
  $file = Join-Path $Trial.folder "verdicts-$([datetime]::UtcNow.ToString('yyyyMMdd-HHmmss')).json"
  Write-JsonFile $file ([ordered]@{
      windows = [string] $system.Caption; build = [string] $system.BuildNumber; language = [string] $PSUICulture; powershell = [string] $PSVersionTable.PSVersion
      generation = $Trial.generation; disks = $Trial.disks.Count; rows = @($Rows)
    })
  return $file
}

Export-ModuleMember -Function New-Trial, Get-Trial, Start-Trial, Stop-Trial, Get-StartRefusal, New-TrialRound, Remove-TrialRound, Get-LongestChain,
  Get-TrialEvent, Get-TrialLinkage, Get-TrialPlaceholder, Export-Trial, Get-TrialMerging, Test-ExportSetting, Get-TrialFact, Compare-TrialFact,
  Move-Trial, Wait-TrialHeartbeat, Assert-TrialGuardian, Restore-Trial, Write-TrialReport
