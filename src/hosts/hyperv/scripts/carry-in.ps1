# Puts media back into their drives, and gives the adapters what did not travel with them; what is
# already so stays as it is. At the source, where carry-out.ps1 has left its record, everything must
# come back as it was. At the target a medium may be missing: then its drive stays empty.
# Given: vmId, computerName, fence, file (of the record), carried.
# Answers { media, adapters }: paths of media that are not back in their drives, and names of adapters
# that are not there any more.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
foreach ($module in 'moving', 'carrying') {
  Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/$module.psm1"))
}

$fence = ConvertTo-Table $Given.fence
$vmId = [guid] $Given.vmId
Use-HyperV $Given.computerName
Invoke-Fenced @fence -Body {
  param($Fence)
  $vm = Get-RegisteredVm $vmId (Get-On $Given.computerName)
  if ($null -eq $vm) { Stop-Script 'vm-unknown' @{ vm = "$vmId" } }
  $record = Read-Carried $Given.file $Given.fence.Operation
  $isSource = $null -ne $record
  $carried = if ($isSource) { $record } else { $Given.carried }
  $drives = @(Get-VMDvdDrive -VM $vm)
  $media = @(foreach ($medium in @($carried.dvdDrives)) {
      $drive = $drives | Where-Object { (Get-DriveName $_) -eq $medium.drive } | Select-Object -First 1
      # Somebody has taken the drive away, or put a medium in.
      if ($null -eq $drive) { [string] $medium.path; continue }
      if ($drive.Path) { continue }
      try { Set-VMDvdDrive -VMDvdDrive $drive -Path $medium.path }
      catch {
        if ($isSource) { throw }
        Write-Warning "$($medium.path) is not put back into $($medium.drive): $($_.Exception.Message)"
        [string] $medium.path
      }
    })
  $adapters = @(Get-VMNetworkAdapter -VM $vm)
  $gone = @(foreach ($one in @($carried.adapters)) {
      $adapter = Select-Adapter $adapters $one.mac $one.settings.name
      if ($null -eq $adapter) { [string] $one.settings.name; continue }
      Restore-Adapter $adapter $one.settings $isSource
    })
  if ($isSource) { [System.IO.File]::Delete($Given.file) }
  [ordered]@{ media = $media; adapters = $gone }
}
