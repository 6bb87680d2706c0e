# The files that a VM's disks are in. A fenced leaf has another name, so that nothing can start the VM; while
# its checkpoints merge, Windows needs the leaves' own names, and a guard stands in for them: one more drive
# whose file is missing. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

# What their names end with; ../../files.ts says the same.
$Fenced = '.ferry-fenced'
$Guard = '.ferry-guard.vhdx'

function Get-FencedName([string] $Path) { return "$Path$Fenced" }

# Where the disk's leaf lies now.
function Get-Leaf([string] $Path) {
  if (-not [System.IO.File]::Exists($Path) -and [System.IO.File]::Exists("$Path$Fenced")) { return "$Path$Fenced" }
  return $Path
}

# A VM's own drives, of one VM or of several.
function Get-OwnDrive($VM) { @(Get-VMHardDiskDrive -VM $VM) | Where-Object { -not (Test-Guard $_) } }

function Get-GuardDrive($VM) { @(Get-VMHardDiskDrive -VM $VM) | Where-Object { Test-Guard $_ } }

# Those of them that are files.
function Get-OwnPath($VM) { Get-OwnDrive $VM | Where-Object { $null -eq $_.DiskNumber } | ForEach-Object { [string] $_.Path } }

function Test-Guard($Drive) { return ([string] $Drive.Path).EndsWith($Guard, [System.StringComparison]::OrdinalIgnoreCase) }

# Whether it has its name already is looked at first. Ends with disk-missing, fence-name-taken.
function Rename-Leaf([string] $From, [string] $To) {
  $isThere = [System.IO.File]::Exists($To)
  if (-not [System.IO.File]::Exists($From)) {
    if ($isThere) { return }
    Stop-Script 'disk-missing' @{ file = $From }
  }
  if ($isThere) { Stop-Script 'fence-name-taken' @{ file = $To } }
  [System.IO.File]::Move($From, $To)
}

# From here on the VM cannot start, whatever its leaves are called. The placeholder is a small disk: Windows
# takes no drive whose file is not there.
function Add-Guard($VM, [string] $Placeholder) {
  if (@(Get-GuardDrive $VM).Count -eq 0) {
    $beside = [System.IO.Path]::GetDirectoryName(@(Get-OwnPath $VM)[0])
    $file = Join-Path $beside "$([string] $VM.Id)$Guard"
    [System.IO.File]::Copy($Placeholder, $file, $true)
    Add-VMHardDiskDrive -VM $VM -Path $file
  }
  foreach ($drive in @(Get-GuardDrive $VM)) { [System.IO.File]::Delete([string] $drive.Path) }
}

function Remove-Guard($VM) {
  foreach ($drive in @(Get-GuardDrive $VM)) {
    [System.IO.File]::Delete([string] $drive.Path)
    $drive | Remove-VMHardDiskDrive
  }
}

Export-ModuleMember -Function Get-FencedName, Get-Leaf, Get-OwnDrive, Get-GuardDrive, Get-OwnPath, Rename-Leaf, Add-Guard, Remove-Guard
