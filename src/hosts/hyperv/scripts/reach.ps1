# Another host as this one sees it over the network: ReachFacts. Given: computerName; towards, with host,
# shortName, fullName and address (in the migration network).
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
foreach ($module in 'moving', 'carrying') {
  Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/$module.psm1"))
}

# A port that drops what comes would hold us for a minute.
$patienceSeconds = 8
# Each is a question of its own.
$mediaMax = 50
$towards = $Given.towards
$servedFromAfar = "$($Given.computerName) is served by another host's worker, which cannot look from there."
# There is no such name, or no address for it.
$noSuchName = '^(DNS_ERROR_RCODE_NAME_ERROR|DNS_INFO_NO_RECORDS)\b'

# All ports at once, each in a runspace of its own. No answer in time is a closed port.
function Test-Port([object[]] $Places) {
  $test = { param($Name, $Port) [bool] (Test-NetConnection -ComputerName $Name -Port $Port -InformationLevel Quiet -WarningAction SilentlyContinue -ErrorAction Stop) }
  $running = @(foreach ($place in $Places) {
      $shell = [powershell]::Create([initialsessionstate]::CreateDefault2()).AddScript($test).AddArgument($place.name).AddArgument($place.port)
      @{ shell = $shell; call = $shell.BeginInvoke() }
    })
  $deadline = [datetime]::UtcNow.AddSeconds($patienceSeconds)
  foreach ($one in $running) {
    $left = [math]::Max(0, [int] ($deadline - [datetime]::UtcNow).TotalMilliseconds)
    if (-not $one.call.AsyncWaitHandle.WaitOne($left)) {
      # Not waited for: it ends when Windows gives up.
      [void] $one.shell.BeginStop($null, $null)
      @{ value = $false }
      continue
    }
    Read-Fact { [bool] @($one.shell.EndInvoke($one.call))[0] }
    $one.shell.Dispose()
  }
}

function Get-Address([string] $Name) {
  try { Resolve-DnsName -Name $Name | ForEach-Object { Get-Property $_ 'IPAddress' } | Where-Object { $_ } | ForEach-Object { [string] $_ } | Select-Object -Unique }
  catch { if ($_.FullyQualifiedErrorId -notmatch $noSuchName) { throw } }
}

# The media in drives of VMs here that the other host has under the same path.
function Get-MediumThere {
  Use-HyperV $Given.computerName
  $vms = @(Get-VM)
  if ($vms.Count -eq 0) { return }
  $paths = @(Get-VMDvdDrive -VM $vms | Where-Object { Test-OwnMedium $_ } | ForEach-Object { [string] $_.Path } | Select-Object -Unique)
  if ($paths.Count -gt $mediaMax) { throw "More than $mediaMax media are in drives." }
  foreach ($path in $paths) { if (Test-FileAt $path $towards.fullName) { $path } }
}

if ($Given.computerName) {
  $unread = @{ unread = $servedFromAfar }
  return [ordered]@{
    host = $towards.host; migrationPort = $unread; smbPort = $unread; managementPort = $unread
    adminShare = $unread; shortName = $unread; fullName = $unread; media = $unread
  }
}

$ports = @(Test-Port @(
    @{ name = $towards.address; port = 6600 }
    @{ name = $towards.address; port = 445 }
    @{ name = $towards.fullName; port = 5985 }
    @{ name = $towards.fullName; port = 5986 }
    @{ name = $towards.fullName; port = 445 }
  ))
$isManaged = $ports[2].ContainsKey('value') -and $ports[2].value
# Where nothing serves files the share need not be tried, which takes long.
$isClosed = $ports[4].ContainsKey('value') -and -not $ports[4].value
[ordered]@{
  host = $towards.host
  migrationPort = $ports[0]
  smbPort = $ports[1]
  managementPort = if ($isManaged) { $ports[2] } else { $ports[3] }
  shortName = Read-List { Get-Address $towards.shortName }
  fullName = Read-List { Get-Address $towards.fullName }
  adminShare = if ($isClosed) { @{ value = $false } } else { Read-Fact { Test-Path -LiteralPath "\\$($towards.fullName)\admin$" } }
  media = Read-List { Get-MediumThere }
}
