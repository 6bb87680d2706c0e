# A VM's disks: where each is attached, where it lies, and all files of its chain.
# Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

# Files of one disk: Hyper-V ends at 50 checkpoints.
$ChainMax = 100

function Get-DiskFact($Drives, $Files, $Volumes, $Machine) {
  foreach ($drive in $Drives) {
    $passThrough = $null -ne $drive.DiskNumber
    $path = [string] $drive.Path
    [ordered]@{
      id = Get-DriveId $drive
      path = $path
      passThrough = $passThrough
      shared = [bool] (Get-Property $drive 'SupportPersistentReservations')
      place = Get-DiskPlace $path $Volumes
      # From the leaf to the base.
      files = if ($passThrough) { @{ value = @() } } else { Read-List { Get-Chain (Get-Leaf $path) $Files $Machine } }
    }
  }
}

function Get-DriveId($Drive) {
  return "$([string] $Drive.ControllerType) $($Drive.ControllerNumber):$($Drive.ControllerLocation)"
}

function Get-DiskPlace([string] $Path, $Volumes) {
  if ($Path.StartsWith('\\')) { return 'share' }
  if ($Volumes.ContainsKey('value')) {
    foreach ($root in $Volumes.value) {
      if ($Path.StartsWith($root.TrimEnd('\') + '\', [System.StringComparison]::OrdinalIgnoreCase)) { return 'cluster' }
    }
  }
  return 'local'
}

# Folders of a cluster's volumes; without a cluster this fails, and then there are none.
function Get-SharedVolume($Machine) {
  $cluster = $Machine.cluster
  Get-ClusterSharedVolume @cluster | ForEach-Object { $_.SharedVolumeInfo } | ForEach-Object { [string] $_.FriendlyVolumeName }
}

function Get-Chain([string] $Path, $Files, $Machine) {
  $hyperv = $Machine.hyperv
  $next = $Path
  for ($length = 0; $next; $length++) {
    if ($length -ge $ChainMax) { throw "The chain of $Path has more than $ChainMax files." }
    if (-not $Files.ContainsKey($next)) {
      $vhd = Get-VHD @hyperv -Path $next
      $Files[$next] = [ordered]@{
        path = $next
        format = [string] $vhd.VhdFormat
        virtualBytes = $vhd.Size
        fileBytes = $vhd.FileSize
        parent = [string] $vhd.ParentPath
      }
    }
    $Files[$next]
    $next = $Files[$next].parent
  }
}

Export-ModuleMember -Function Get-Chain, Get-DiskFact, Get-DriveId, Get-SharedVolume
