# How questions to Windows are asked: field by field, so that what cannot be read loses nothing else.
# An answer is { value }, { unread } with Windows' own words, or { lacks } where this release or this
# host has no such thing. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# As in invoke.ps1: a module does not see what its caller sets.
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

$Virtualization = 'root/virtualization/v2'
# JobState of Msvm_MigrationJob from which on it is over (facts A.12).
$Completed = 7
# WBEM_E_INVALID_NAMESPACE and WBEM_E_INVALID_CLASS, as CIM names its errors.
$NoSuchClass = '^HRESULT 0x(8004100e|80041010)\b'

# What the body gives, as one value.
function Read-Fact([scriptblock] $Body, $Given) {
  try { return @{ value = & $Body $Given } }
  catch { return Get-Unread $_ }
}

# All that the body gives, as a list.
function Read-List([scriptblock] $Body, $Given) {
  try { return @{ value = @(& $Body $Given) } }
  catch { return Get-Unread $_ }
}

# What the body makes of an answer; why there is none stays.
function Select-Fact($Read, [scriptblock] $Body) {
  if (-not $Read.ContainsKey('value')) { return $Read }
  return Read-Fact $Body $Read.value
}

function Get-Unread([System.Management.Automation.ErrorRecord] $Record) {
  $isMissing = $Record.Exception -is [System.Management.Automation.CommandNotFoundException] -or
    $Record.FullyQualifiedErrorId -like 'NamedParameterNotFound*' -or
    $Record.FullyQualifiedErrorId -match $NoSuchClass -or
    # Another machine's older release says it so.
    [string] $Record.CategoryInfo.Category -eq 'NotImplemented'
  if ($isMissing) { return @{ lacks = $true } }
  return @{ unread = (Get-ErrorFact $Record).message.Trim() }
}

# A property that not every release has; nothing where it is missing.
function Get-Property($Object, [string] $Name) {
  $property = $Object.PSObject.Properties[$Name]
  if ($null -ne $property) { return $property.Value }
}

function Read-Property($Object, [string] $Name) {
  $value = Get-Property $Object $Name
  if ($null -eq $value) { return @{ lacks = $true } }
  return @{ value = $value }
}

# The parameters with which commands reach the machine that is asked: none on that machine itself.
# Where it cannot run a worker of its own, `computerName` names it.
function Get-Machine($Given) {
  $name = $Given.computerName
  if (-not $name) {
    Use-HyperV
    return @{ hyperv = @{}; cim = @{}; cluster = @{}; clusterName = @{}; computer = @{}; isRemote = $false }
  }
  $cim = @{ CimSession = (New-CimSession -ComputerName $name) }
  Use-HyperV $name $cim
  return @{
    hyperv = @{ ComputerName = $name }
    cim = $cim
    cluster = @{ Cluster = $name }
    clusterName = @{ Name = $name }
    computer = @{ ComputerName = $name }
    isRemote = $true
  }
}

function Close-Machine($Machine) {
  if ($Machine.isRemote) { Remove-CimSession -CimSession $Machine.cim.CimSession -ErrorAction SilentlyContinue }
}

# The state of services is in English in every language.
function Test-Service($Machine, [string] $Name) {
  $cim = $Machine.cim
  $service = @(Get-CimInstance @cim -ClassName Win32_Service -Filter "Name='$Name'")
  return $service.Count -gt 0 -and [string] $service[0].State -eq 'Running'
}

# With a letter, or mounted on a folder; the volumes of a cluster are too.
function Get-VolumeFact($Machine) {
  $cim = $Machine.cim
  # Fixed disks.
  foreach ($volume in @(Get-CimInstance @cim -ClassName Win32_Volume -Filter 'DriveType=3')) {
    $path = [string] $volume.Name
    if ($path -like '\\*' -or $null -eq $volume.Capacity) { continue }
    [ordered]@{
      path = $path.TrimEnd('\')
      fileSystem = [string] $volume.FileSystem
      bytesTotal = $volume.Capacity
      bytesFree = $volume.FreeSpace
    }
  }
}

# The moves that run with this host as their source.
function Get-RunningMove($Machine) {
  $cim = $Machine.cim
  foreach ($job in @(Get-CimInstance @cim -Namespace $Virtualization -ClassName Msvm_MigrationJob)) {
    if ($job.JobState -ge $Completed) { continue }
    [ordered]@{
      instanceId = [string] $job.InstanceID
      vmId = ([string] $job.VirtualSystemName).ToLowerInvariant()
      migrationType = [int] $job.MigrationType
      jobState = [int] $job.JobState
      percent = [int] $job.PercentComplete
      cancellable = [bool] $job.Cancellable
    }
  }
}

# What Microsoft Defender leaves alone. Lists that only an administrator may read hold one text that says so.
function Get-Defender($Machine) {
  $cim = $Machine.cim
  $preference = Get-MpPreference @cim
  $extensions = @($preference.ExclusionExtension | Where-Object { $_ } | ForEach-Object { [string] $_ })
  $programs = @($preference.ExclusionProcess | Where-Object { $_ } | ForEach-Object { [string] $_ })
  if ("$extensions" -like 'N/A:*') { throw "$extensions" }
  [ordered]@{
    scansFilesInUse = -not $preference.DisableRealtimeMonitoring
    knowsRoles = (Get-Property $preference 'DisableAutoExclusions') -eq $false
    extensions = $extensions
    programs = $programs
  }
}

# SIDs of the worker's own token: names differ from language to language.
function Get-TokenSid([string] $Part) {
  $header = if ($Part -eq 'user') { 'name', 'sid' } else { 'name', 'type', 'sid', 'attributes' }
  $rows = @(whoami.exe "/$Part" /fo csv /nh | ConvertFrom-Csv -Header $header)
  if ($rows.Count -eq 0) { throw "whoami.exe /$Part says nothing." }
  $rows
}

Export-ModuleMember -Function Read-Fact, Read-List, Select-Fact, Get-Property, Read-Property, Get-Machine,
  Close-Machine, Test-Service, Get-VolumeFact, Get-RunningMove, Get-Defender, Get-TokenSid -Variable Virtualization
