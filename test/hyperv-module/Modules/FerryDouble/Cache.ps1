# Each PowerShell of each test needs the same types and functions, and making them costs two seconds of
# processor time. What was made is kept in a file named by the digest of all that it was made from, so
# that it cannot be stale.

$CacheFolder = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "ferry-hyperv-double-$([Environment]::UserName)")

# The file made by `Make` (called with the path to write) from the bytes of `Files` and from `Text`.
function Get-Made([string[]] $Files, [string] $Text, [string] $Extension, [scriptblock] $Make) {
  $digest = [System.Security.Cryptography.IncrementalHash]::CreateHash('SHA256')
  foreach ($file in $Files) { $digest.AppendData([System.IO.File]::ReadAllBytes($file)) }
  $digest.AppendData([System.Text.Encoding]::UTF8.GetBytes("$($PSVersionTable.PSVersion) $Text"))
  $name = [System.Convert]::ToHexString($digest.GetHashAndReset()).Substring(0, 32)
  $path = [System.IO.Path]::Combine($CacheFolder, $name + $Extension)
  if ([System.IO.File]::Exists($path)) { return $path }
  [void] [System.IO.Directory]::CreateDirectory($CacheFolder)
  $mine = "$path.$PID"
  & $Make $mine
  # Whoever was first is as good.
  try { [System.IO.File]::Move($mine, $path) }
  catch [System.IO.IOException] { [System.IO.File]::Delete($mine) }
  return $path
}

function Get-DataFile([string] $Folder) {
  $files = [System.IO.Directory]::GetFiles("$DataFolder/$Folder", '*.json')
  [array]::Sort($files, [StringComparer]::Ordinal)
  return $files
}
