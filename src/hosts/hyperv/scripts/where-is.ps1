# What one host knows of a VM around a move: the six queries of facts C. Asked of both hosts.
# Given: vmId, computerName, files (paths that a move would make there), role (ask the cluster too).
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/moving.psm1"))

$on = Get-On $Given.computerName
$vmId = [guid] $Given.vmId

# Not there, rather than there and unreadable.
function Test-Missing($Failure) {
  $missing = $Failure.CategoryInfo.Category -eq 'ObjectNotFound' -or $Failure.FullyQualifiedErrorId -like 'ObjectNotFound*'
  return $missing -or "$($Failure.Exception.Message)" -match '0x8007000[23]'
}

Use-HyperV $Given.computerName
$vm = Read-Part {
  $found = Get-RegisteredVm $vmId $on
  if ($null -eq $found) { return $null }
  [ordered]@{
    state = [string] $found.State
    disks = @(Get-VMHardDiskDrive -VM $found | ForEach-Object { [string] $_.Path })
  }
}
$disks = @()
if ($vm.Contains('value') -and $null -ne $vm.value) { $disks = @($vm.value.disks) }

[ordered]@{
  vm = $vm
  planned = Read-Part { Test-Planned $vmId $on }
  jobs = Read-Part { , @(Get-MoveJob $vmId $on | ForEach-Object { Get-JobFact $_ }) }
  # Its own disks that do not open.
  unreadable = Read-Part {
    , @(foreach ($path in $disks) {
        try { [void] (Get-VHD -Path $path @on) } catch { $path }
      })
  }
  files = Read-Part {
    , @(foreach ($path in @($Given.files)) {
        try { [void] (Get-VHD -Path $path @on); $path }
        catch { if (-not (Test-Missing $_)) { throw } }
      })
  }
  role = if ($Given.role) { Read-Part { Get-RoleFact $vmId $Given.computerName } } else { [ordered]@{ lacks = $true } }
}
