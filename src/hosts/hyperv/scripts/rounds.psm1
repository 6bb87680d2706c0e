# A VM's checkpoints, chains and merges, and the WMI calls that take and remove checkpoints: facts D.2 to
# D.4. A module for the scripts of rounds. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

$Log = 'Microsoft-Windows-Hyper-V-VMMS-Admin'
# Merges begin, end, are interrupted, fail.
$MergeEvents = 19070, 19080, 19090, 19100
# Of all VMs of a host: the newest of one VM is among them.
$EventsMax = 500
$Busy = 'InService'
$Recovery = [uint16] 32768
$CrashConsistent = [byte] 2
# What the methods return.
$Done = 0
$JobStarted = 4096
$NoSuchCheckpoint = 4
$NotNow = 32775
# JobState from which on it is over; the two that say well.
$Over = 7
$Completed = 7
$CompletedWithWarnings = 32768
$JobMillisecondsMax = 240000
$JobPollMilliseconds = 100

# What a round is decided by. Given: noteFile, fenced (the end of a fenced leaf's name). Chains are not
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
      disks = @(Get-RoundDisk $VM $primary $Given.fenced $machine)
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

function Get-RoundDisk($VM, [string] $Status, [string] $Fenced, $Machine) {
  foreach ($drive in @(Get-VMHardDiskDrive -VM $VM)) {
    $passThrough = $null -ne $drive.DiskNumber
    $path = [string] $drive.Path
    $leaf = $path
    if (-not [System.IO.File]::Exists($path) -and [System.IO.File]::Exists("$path$Fenced")) { $leaf = "$path$Fenced" }
    [ordered]@{
      id = Get-DriveId $drive
      path = $path
      passThrough = $passThrough
      # From the leaf to the base.
      files = if ($passThrough -or $Status -eq $Busy) { $null } else { Read-List { Get-FileOfChain $leaf $Machine } }
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
    AffectedSystem = Get-System $VM $Machine
    SnapshotSettings = ConvertTo-EmbeddedText $settings
    SnapshotType = $Recovery
  }
  if ($result.ReturnValue -eq $NotNow) { return }
  $job = Wait-Method $result
  if ($job.failure) { Stop-Script 'checkpoint-failed' @{ vm = [string] $VM.Name; message = $job.failure } }
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
# Its merge goes on when this ends. Ends with checkpoint-not-removed.
function Remove-Round($VM, [string] $Id, $Machine) {
  $cim = $Machine.cim
  Enable-Merge $VM $Machine
  $of = @{ Namespace = $Virtualization; ClassName = 'Msvm_VirtualSystemSettingData'; Filter = "InstanceID = 'Microsoft:$($Id.ToUpperInvariant())'" }
  $settings = @(Get-CimInstance @cim @of)
  if ($settings.Count -eq 0) { return $true }
  $result = Invoke-Service 'Msvm_VirtualSystemSnapshotService' 'DestroySnapshot' $Machine @{ AffectedSnapshot = $settings[0] }
  if ($result.ReturnValue -eq $NotNow) { return $false }
  if ($result.ReturnValue -eq $NoSuchCheckpoint) { return $true }
  $job = Wait-Method $result
  if ($job.failure) { Stop-Script 'checkpoint-not-removed' @{ vm = [string] $VM.Name; message = $job.failure } }
  return $true
}

# After an export without storage no merge of this VM begins until this is on again (facts D.5).
function Enable-Merge($VM, $Machine) {
  $of = @{ InputObject = Get-System $VM $Machine; Association = 'Msvm_ElementSettingData'; ResultClassName = 'Msvm_DiskMergeSettingData' }
  $merge = @(Get-CimAssociatedInstance @of)
  if ($merge.Count -eq 0 -or $merge[0].EnabledState -ne 0) { return }
  $on = New-CimInstance -ClientOnly -Namespace $Virtualization -ClassName Msvm_DiskMergeSettingData -Property @{
    InstanceID = [string] $merge[0].InstanceID
    EnabledState = [uint32] 1
  }
  $result = Invoke-Service 'Msvm_VirtualSystemManagementService' 'ModifyDiskMergeSettings' $Machine @{ SettingData = ConvertTo-EmbeddedText $on }
  if ($result.ReturnValue -ne $Done) {
    $message = "ModifyDiskMergeSettings: $($result.ReturnValue)"
    Stop-Script 'checkpoint-not-removed' @{ vm = [string] $VM.Name; message = $message }
  }
}

function Get-System($VM, $Machine) {
  $cim = $Machine.cim
  $filter = "Name = '$(([string] $VM.Id).ToUpperInvariant())'"
  return @(Get-CimInstance @cim -Namespace $Virtualization -ClassName Msvm_ComputerSystem -Filter $filter)[0]
}

function Invoke-Service([string] $Class, [string] $Method, $Machine, $Arguments) {
  $cim = $Machine.cim
  $service = @(Get-CimInstance @cim -Namespace $Virtualization -ClassName $Class)[0]
  return Invoke-CimMethod -InputObject $service -MethodName $Method -Arguments $Arguments
}

# { job, failure }: what the method returned instead of a job is a failure too.
function Wait-Method($Result) {
  if ($Result.ReturnValue -ne $JobStarted) { return @{ job = $null; failure = "$($Result.ReturnValue)" } }
  $watch = [System.Diagnostics.Stopwatch]::StartNew()
  do {
    Start-Sleep -Milliseconds $JobPollMilliseconds
    $job = $Result.Job | Get-CimInstance
  } while ($job.JobState -lt $Over -and $watch.ElapsedMilliseconds -lt $JobMillisecondsMax)
  if ($job.JobState -in $Completed, $CompletedWithWarnings) { return @{ job = $job; failure = $null } }
  if ($job.JobState -lt $Over) { return @{ job = $job; failure = "JobState $($job.JobState) > $($JobMillisecondsMax / 1000) s" } }
  $failure = [string] $job.ErrorDescription
  if (-not $failure) { $failure = "JobState $($job.JobState), ErrorCode $($job.ErrorCode)" }
  return @{ job = $job; failure = $failure.Trim() }
}

# As WMI's methods take an instance.
function ConvertTo-EmbeddedText($Instance) {
  $serializer = [Microsoft.Management.Infrastructure.Serialization.CimSerializer]::Create()
  $none = [Microsoft.Management.Infrastructure.Serialization.InstanceSerializationOptions]::None
  return [System.Text.Encoding]::Unicode.GetString($serializer.Serialize($Instance, $none))
}

# Whether the list is the one that the caller decided by.
function Test-Unchanged($VM, $Ids) {
  $now = @(Get-VMSnapshot -VM $VM | ForEach-Object { ([string] $_.Id).ToLowerInvariant() } | Sort-Object)
  return "$now" -eq "$(@($Ids | Sort-Object))"
}

Export-ModuleMember -Function Get-RoundLook, New-Round, Set-RoundName, Remove-Round, Test-Unchanged
