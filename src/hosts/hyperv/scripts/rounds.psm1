# A VM's checkpoints, chains and merges, and the WMI calls that take and remove checkpoints: facts D.2 to
# D.4. A module for the scripts of rounds. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/wmi.psm1"))

$Log = 'Microsoft-Windows-Hyper-V-VMMS-Admin'
# Merges begin, end, are interrupted, fail.
$MergeEvents = 19070, 19080, 19090, 19100
# Of all VMs of a host: the newest of one VM is among them.
$EventsMax = 500
$Busy = 'InService'
$Recovery = [uint16] 32768
$CrashConsistent = [byte] 2
# What the methods return.
$NoSuchCheckpoint = 4
$NotNow = 32775
$JobSecondsMax = 240

# What a round is decided by. Given: noteFile. Chains are not
# read while Windows works on them: Get-VHD opens the files.
function Get-RoundLook($VM, $Given) {
  $machine = Get-Machine $Given
  try {
    $primary = [string] $VM.PrimaryOperationalStatus
    $since = $null
    $note = Read-NoteFile $Given.noteFile
    if ($null -ne $note) {
      $read = ConvertFrom-Json -InputObject $note
      if ($read.PSObject.Properties['merging'] -and $null -ne $read.merging) { $since = $read.merging.at }
    }
    [ordered]@{
      name = [string] $VM.Name
      state = [string] $VM.State
      primaryStatus = $primary
      secondaryStatus = [string] $VM.SecondaryOperationalStatus
      checkpoints = @(Get-RoundCheckpoint $VM)
      disks = @(Get-RoundDisk $VM $primary $machine)
      event = if ($since) { Read-Fact { Get-MergeEvent $VM $since $machine } } else { @{ value = $null } }
      note = $note
      # Milliseconds since 1970 of this host's clock, which writes its log.
      now = [datetimeoffset]::UtcNow.ToUnixTimeMilliseconds()
    }
  }
  finally { Close-Machine $machine }
}

function Read-NoteFile([string] $File) {
  if ([System.IO.File]::Exists($File)) { return [System.IO.File]::ReadAllText($File) }
}

function Get-RoundCheckpoint($VM) {
  foreach ($checkpoint in @(Get-VMSnapshot -VM $VM)) {
    [ordered]@{
      id = ([string] $checkpoint.Id).ToLowerInvariant()
      name = [string] $checkpoint.Name
      type = [string] $checkpoint.SnapshotType
      createdAt = [datetime] $checkpoint.CreationTime
      # The files that it froze.
      disks = @($checkpoint.HardDrives | ForEach-Object { [ordered]@{ id = Get-DriveId $_; path = [string] $_.Path } })
    }
  }
}

function Get-RoundDisk($VM, [string] $Status, $Machine) {
  foreach ($drive in @(Get-OwnDrive $VM)) {
    $passThrough = $null -ne $drive.DiskNumber
    $path = [string] $drive.Path
    [ordered]@{
      id = Get-DriveId $drive
      path = $path
      passThrough = $passThrough
      # From the leaf to the base.
      files = if ($passThrough -or $Status -eq $Busy) { $null } else { Read-List { Get-FileOfChain (Get-Leaf $path) $Machine } }
    }
  }
}

function Get-FileOfChain([string] $Leaf, $Machine) {
  foreach ($file in @(Get-Chain $Leaf @{} $Machine)) {
    [ordered]@{ path = $file.path; fileBytes = $file.fileBytes }
  }
}

# The newest of the VM's since then (milliseconds since 1970); nothing when there is none.
function Get-MergeEvent($VM, [long] $Since, $Machine) {
  $on = $Machine.computer
  $from = [datetimeoffset]::FromUnixTimeMilliseconds($Since).LocalDateTime
  $filter = @{ LogName = $Log; Id = $MergeEvents; StartTime = $from }
  try { $events = @(Get-WinEvent @on -FilterHashtable $filter -MaxEvents $EventsMax) }
  catch {
    if ($_.FullyQualifiedErrorId -like 'NoMatchingEventsFound*') { return }
    throw
  }
  $vmId = [string] $VM.Id
  foreach ($one in $events) {
    $values = @($one.Properties | ForEach-Object { [string] $_.Value })
    if ($values -notcontains $vmId) { continue }
    return [ordered]@{ id = [int] $one.Id; message = [string] $one.Message; values = $values }
  }
}

# Freezes all disks at once, and names what it took. Answers with its Id; with nothing while the VM is busy
# with something else. Ends with checkpoint-failed.
function New-Round($VM, [string] $Name, $Machine) {
  $settings = New-CimInstance -ClientOnly -Namespace $Virtualization -ClassName Msvm_VirtualSystemSnapshotSettingData -Property @{
    ConsistencyLevel = $CrashConsistent
    IgnoreNonSnapshottableDisks = $false
  }
  $result = Invoke-Service 'Msvm_VirtualSystemSnapshotService' 'CreateSnapshot' $Machine @{
    AffectedSystem = Get-System $VM.Id $Machine
    SnapshotSettings = ConvertTo-EmbeddedText $settings
    SnapshotType = $Recovery
  }
  if ($result.ReturnValue -eq $NotNow) { return }
  $job = Wait-Method $result $JobSecondsMax
  # Without a job nothing says which checkpoint it took.
  $failure = if ($null -eq $job.job -and -not $job.failure) { 'no job' } else { $job.failure }
  if ($failure) { Stop-Script 'checkpoint-failed' @{ vm = [string] $VM.Name; message = $failure } }
  $taken = @(Get-CimAssociatedInstance -InputObject $job.job -Association Msvm_AffectedJobElement -ResultClassName Msvm_VirtualSystemSettingData)[0]
  $id = ([string] $taken.InstanceID -replace '^Microsoft:', '').ToLowerInvariant()
  Set-RoundName $VM $id $Name
  return $id
}

function Set-RoundName($VM, [string] $Id, [string] $Name) {
  $found = @(Get-VMSnapshot -VM $VM | Where-Object { [string] $_.Id -eq $Id })
  foreach ($checkpoint in $found) { Rename-VMSnapshot -VMSnapshot $checkpoint -NewName $Name }
}

# Whether it was taken off the list, or is gone already: not while the VM is busy with something else.
# Its merge goes on when this ends. Ends with checkpoint-not-removed, merging-not-restored.
function Remove-Round($VM, [string] $Id, $Machine) {
  $cim = $Machine.cim
  Enable-Merge $VM $Machine
  $of = @{ Namespace = $Virtualization; ClassName = 'Msvm_VirtualSystemSettingData'; Filter = "InstanceID = 'Microsoft:$($Id.ToUpperInvariant())'" }
  $settings = @(Get-CimInstance @cim @of)
  if ($settings.Count -eq 0) { return $true }
  $result = Invoke-Service 'Msvm_VirtualSystemSnapshotService' 'DestroySnapshot' $Machine @{ AffectedSnapshot = $settings[0] }
  if ($result.ReturnValue -eq $NotNow) { return $false }
  if ($result.ReturnValue -eq $NoSuchCheckpoint) { return $true }
  $job = Wait-Method $result $JobSecondsMax
  if ($job.failure) { Stop-Script 'checkpoint-not-removed' @{ vm = [string] $VM.Name; message = $job.failure } }
  return $true
}

# Whether the list is the one that the caller decided by.
function Test-Unchanged($VM, $Ids) {
  $now = @(Get-VMSnapshot -VM $VM | ForEach-Object { ([string] $_.Id).ToLowerInvariant() } | Sort-Object)
  return "$now" -eq "$(@($Ids | Sort-Object))"
}

Export-ModuleMember -Function Get-RoundLook, New-Round, Set-RoundName, Remove-Round, Test-Unchanged
