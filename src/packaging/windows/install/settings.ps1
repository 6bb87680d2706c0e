# worker.env: the settings that the worker reads at its start (src/config.ts has them all).

$Needed = 'STORE_URL', 'FERRY_HOST', 'FERRY_LISTEN', 'FERRY_BOT'
$SettingLine = '^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$'

function Get-SettingsPath([string] $Folder) { return [IO.Path]::Combine($Folder, 'worker.env') }

function Get-SettingsText([string] $Folder) {
  $path = Get-SettingsPath $Folder
  if ([IO.File]::Exists($path)) { return [IO.File]::ReadAllText($path) }
  return ''
}

# Of the file that was given, else of the installed one; single settings stand above it.
function Read-Settings {
  if ($EnvFile) {
    $path = $Caller.GetUnresolvedProviderPathFromPSPath($EnvFile)
    if (-not [IO.File]::Exists($path)) { throw "There is no file $path. Give the worker's settings with -EnvFile; .env.example shows them." }
    $text = [IO.File]::ReadAllText($path)
  }
  else { $text = Get-SettingsText $Folder }
  foreach ($name in @($Settings.Keys) | Sort-Object) { $text = Set-Setting $text $name "$($Settings[$name])" }
  $place = Get-Setting $text 'FERRY_LISTEN'
  if ($ListenPort -gt 0 -and $place) { $text = Set-Setting $text 'FERRY_LISTEN' "$($place -replace ':\d+$', ''):$ListenPort" }
  if (-not (Get-Setting $text 'FERRY_STATE')) { $text = Set-Setting $text 'FERRY_STATE' ([IO.Path]::Combine($Folder, 'state')) }
  return Get-Found $text
}

function Read-InstalledSettings([string] $Folder) { return Get-Found (Get-SettingsText $Folder) }

# What the installer itself needs to know of them. Everything else is the worker's to check, at its start.
function Get-Found([string] $Text) {
  $missing = @($Needed | Where-Object { -not (Get-Setting $Text $_) })
  if ($missing.Count -gt 0) { throw "The settings lack $($missing -join ', '). Add them to the file that you give with -EnvFile, or give them with -Settings." }
  if (Get-Setting $Text 'FERRY_LAB') { throw 'The settings name a lab (FERRY_LAB), which this package has not. Delete that line.' }
  $name = Get-Setting $Text 'FERRY_HOST'
  if ($name -notmatch '^[A-Za-z0-9][A-Za-z0-9-]{0,62}$') { throw "FERRY_HOST must be a host name, and is $name." }
  $place = Get-Setting $Text 'FERRY_LISTEN'
  if ($place -notmatch '^(.+):(\d{1,5})$' -or [int] $Matches[2] -gt 65535) { throw "FERRY_LISTEN must be ADDRESS:PORT, and is $place." }
  $address = $Matches[1].Trim('[', ']')
  $port = [int] $Matches[2]
  return [pscustomobject]@{
    Text = $Text
    Host = $name
    Address = $address
    Port = $port
    # A relative one is meant from the folder, where the worker is started.
    State = [IO.Path]::GetFullPath([IO.Path]::Combine($Folder, (Get-Setting $Text 'FERRY_STATE')))
  }
}

# As Node reads such a file: the last line of a name counts, and `#` ends a value that has no quotes.
function Get-Setting([string] $Text, [string] $Name) {
  $found = $null
  foreach ($line in $Text -split "`r?`n") {
    if ($line -notmatch $SettingLine -or $Matches[1] -ne $Name) { continue }
    $value = $Matches[2]
    if ($value -match '^(["''`])(.*?)\1') { $found = $Matches[2] } else { $found = ($value -split '#', 2)[0].Trim() }
  }
  return $found
}

# A line with a name that is there is replaced.
function Set-Setting([string] $Text, [string] $Name, [string] $Value) {
  if ($Value -match "[`r`n]") { throw "The value of $Name has more than one line." }
  $quote = ''
  if ($Value -match '[\s#"''`]') {
    $quote = @("'", '"', '`' | Where-Object { -not $Value.Contains($_) })[0]
    if (-not $quote) { throw "The value of $Name has every kind of quote in it, which no settings file can hold." }
  }
  $lines = @($Text -split "`r?`n" | Where-Object { $_ -notmatch $SettingLine -or $Matches[1] -ne $Name })
  while ($lines.Count -gt 0 -and $lines[-1] -eq '') { $lines = @($lines | Select-Object -SkipLast 1) }
  return (@($lines) + "$Name=$quote$Value$quote" + '') -join [Environment]::NewLine
}

# Whether something changed.
function Write-Settings([string] $Folder, $Found) {
  if ((Get-SettingsText $Folder) -ceq $Found.Text) { return $false }
  $path = Get-SettingsPath $Folder
  Invoke-Change $path 'write the settings' { Write-Text $path $Found.Text }
  return $true
}

function Restore-SettingsText([string] $Folder, [string] $Text) {
  if ((Get-SettingsText $Folder) -cne $Text) { Write-Text (Get-SettingsPath $Folder) $Text }
}
