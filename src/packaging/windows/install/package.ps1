# The files of a version: checked against SHA256SUMS, and copied to versions\<version>.

$LinesMax = 100000

# Whether the folder that the zip was unpacked into holds all that it should; gives its version.
function Test-Package([string] $Root) {
  $list = [IO.Path]::Combine($Root, 'SHA256SUMS')
  if (-not [IO.File]::Exists($list)) { throw "SHA256SUMS is missing beside install-worker.ps1. Unpack the whole zip, and run the script from there." }
  $lines = [IO.File]::ReadAllLines($list)
  if ($lines.Length -gt $LinesMax) { throw "$list has more than $LinesMax lines." }
  $files = foreach ($line in $lines) {
    $sum, $name = $line -split '  ', 2
    if ($sum -notmatch '^[0-9a-f]{64}$' -or -not $name) { throw "A line of $list is damaged: $line" }
    if ($name -match '(^|/)\.\.(/|$)|^/|[\\:]') { throw "$list names a place outside of its folder: $name" }
    [pscustomobject]@{ Name = $name; Sum = $sum }
  }
  $package = [pscustomobject]@{ Root = $Root; Files = @($files); Id = (Read-Json ([IO.Path]::Combine($Root, 'version.json'))).id }
  foreach ($file in $package.Files) { [void] (Read-File $package $file) }
  return $package
}

# @throws when the file is not there, or is not as it was packed
function Read-File($Package, $File) {
  $path = [IO.Path]::Combine($Package.Root, $File.Name)
  if (-not [IO.File]::Exists($path)) { throw "The package lacks $($File.Name). Unpack the zip again." }
  $bytes = [IO.File]::ReadAllBytes($path)
  if ((Get-Sum $bytes) -ne $File.Sum) { throw "$($File.Name) is not as it was packed. Unpack the zip again, from a copy that you trust." }
  return , $bytes
}

function Get-Sum([byte[]] $Bytes) {
  $sha = [Security.Cryptography.SHA256]::Create()
  try { return [BitConverter]::ToString($sha.ComputeHash($Bytes)).Replace('-', '').ToLowerInvariant() }
  finally { $sha.Dispose() }
}

function Get-VersionFolder([string] $Folder, [string] $Id) { return [IO.Path]::Combine($Folder, 'versions', $Id) }

# Only what differs is written. Bytes are written, not files copied: so what a browser has marked as coming from elsewhere loses that mark.
function Copy-Package($Package, [string] $Folder) {
  $target = Get-VersionFolder $Folder $Package.Id
  $wrong = @($Package.Files | Where-Object { -not (Test-Copy ([IO.Path]::Combine($target, $_.Name)) $_.Sum) })
  if ($wrong.Count -eq 0) { return }
  Invoke-Change $target "copy $($wrong.Count) files of version $($Package.Id)" {
    foreach ($file in $wrong) {
      $path = [IO.Path]::Combine($target, $file.Name)
      [void] [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($path))
      [IO.File]::WriteAllBytes($path, (Read-File $Package $file))
    }
  }
}

function Test-Copy([string] $Path, [string] $Sum) {
  return [IO.File]::Exists($Path) -and (Get-Sum ([IO.File]::ReadAllBytes($Path))) -eq $Sum
}

# One version is kept beside the one that runs, for whoever wants to go back by hand.
function Remove-OldVersion([string] $Folder, [string[]] $Keep) {
  $versions = [IO.Path]::Combine($Folder, 'versions')
  if (-not [IO.Directory]::Exists($versions)) { return }
  foreach ($old in [IO.Directory]::GetDirectories($versions)) {
    if ([IO.Path]::GetFileName($old) -in $Keep) { continue }
    Invoke-Change $old 'delete this version' { [IO.Directory]::Delete($old, $true) }
  }
}

# A folder that somebody else has made may hold what they put there.
function Assert-OwnFolder([string] $Folder, $Installed) {
  if ($Installed -or -not [IO.Directory]::Exists($Folder)) { return }
  $ours = 'state', 'logs', 'run', 'versions', 'worker.env'
  $strange = @([IO.Directory]::GetFileSystemEntries($Folder) | Where-Object { [IO.Path]::GetFileName($_) -notin $ours })
  if ($strange.Count -gt 0) { throw "$Folder holds something that is not of a worker: $($strange[0]). Choose another folder with -Folder." }
}

function Remove-Files([string] $Folder, [bool] $WithState, [bool] $Installed) {
  if (-not [IO.Directory]::Exists($Folder)) { return }
  if (-not $Installed) { Assert-OwnFolder $Folder $null }
  $names = 'versions', 'run', 'installed.json'
  if ($WithState) { $names += 'state', 'logs', 'worker.env' }
  foreach ($name in $names) {
    $path = [IO.Path]::Combine($Folder, $name)
    if ([IO.Directory]::Exists($path)) { Invoke-Change $path 'delete' { [IO.Directory]::Delete($path, $true) } }
    elseif ([IO.File]::Exists($path)) { Invoke-Change $path 'delete' { [IO.File]::Delete($path) } }
  }
  if ([IO.Directory]::Exists($Folder) -and [IO.Directory]::GetFileSystemEntries($Folder).Length -eq 0) { [IO.Directory]::Delete($Folder) }
  if (-not $WithState) { Write-Output "Key, memory, settings and logs stay in $Folder. To delete them too: .\install-worker.ps1 -Remove -RemoveState" }
}
