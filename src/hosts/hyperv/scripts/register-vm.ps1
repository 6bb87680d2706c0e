# Registers a VM with its own Id, by the definition that another host exported: off, fenced, without
# automatic start. Its disks have their fenced names before Windows knows the VM.
# Given: computerName, vmId, fence, name (of the VM), source (folder with the definition's files), folder
# (for them; that of the copy's disks), disks ({ disk, path }), adapters ({ name, switch }), guardians,
# placeholders ({ vhdx, vhd }: small disks), noteFile,
# networkFile (for the switches that the fence's end connects).
# Answers { registered }: whether it was done now. Ends with vm-running, vm-registered, vm-planned,
# guardian-missing, switch-missing, disk-missing, fence-name-taken, definition-refused, acl-not-set.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
foreach ($module in 'moving', 'definition', 'networks') {
  Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/$module.psm1"))
}

$vmId = [guid] $Given.vmId

# By where each is attached.
function Get-Places {
  $places = @{}
  foreach ($place in @($Given.disks)) { $places[$place.disk] = [string] $place.path }
  return $places
}

# Ends the script where a VM of the Id is here that is not what this run is to make.
function Assert-Same($VM, $Places) {
  if ([string] $VM.State -notlike 'Off*') { Stop-Script 'vm-running' @{ vm = $Given.name } }
  $drives = @(Get-VMHardDiskDrive -VM $VM)
  $same = $drives.Count -eq $Places.Count
  foreach ($drive in $drives) {
    $path = $Places[(Get-DriveName $drive)]
    $same = $same -and $path -and [string] $drive.Path -eq $path
  }
  if (-not $same) { Stop-Script 'vm-registered' @{ vm = $Given.name } }
}

# Every disk of the definition, also one whose old path happens to exist here.
function Set-Place($VM, $Places) {
  foreach ($drive in @(Get-VMHardDiskDrive -VM $VM)) {
    $path = $Places[(Get-DriveName $drive)]
    if (-not $path) { Stop-Script 'disk-missing' @{ file = Get-DriveName $drive } }
    $drive | Set-VMHardDiskDrive -Path $path
  }
}

function Import-Definition($Places) {
  $file = Join-Path (Join-Path $folder 'Virtual Machines') "$("$vmId".ToUpperInvariant()).vmcx"
  $report = Compare-VM -Path $file -Register
  # Nothing in it may start, or reach a network, from the moment on that it is registered.
  Set-VM -VM $report.VM -AutomaticStartAction Nothing
  Disconnect-Network $report.VM
  Set-Place $report.VM $Places
  foreach ($one in @($report.Incompatibilities)) {
    if ($null -ne $one -and $null -ne $one.Source -and $one.Source.GetType().Name -eq 'DvdDrive') { $one.Source | Set-VMDvdDrive -Path $null }
  }
  $left = Compare-VM -CompatibilityReport $report
  $objections = @($left.Incompatibilities | Where-Object { $null -ne $_ } | ForEach-Object { "$($_.Message) ($($_.MessageId))" })
  if ($objections.Count -gt 0) {
    Remove-PlannedVm $vmId $folder $Given.name $machine
    Stop-Script 'definition-refused' @{ vm = $Given.name; messages = $objections }
  }
  [void] (Import-VM -CompatibilityReport $left)
}

# As Windows exported them, under the only place where it looks for them.
function Copy-Definition {
  $target = Join-Path $folder 'Virtual Machines'
  [void] [System.IO.Directory]::CreateDirectory($target)
  foreach ($kind in 'vmcx', 'vmrs', 'vmgs') {
    $name = "$("$vmId".ToUpperInvariant()).$kind"
    $from = Join-Path $Given.source $name
    $to = Join-Path $target $name
    if ([System.IO.File]::Exists($from)) { [System.IO.File]::Copy($from, $to, $true) }
    elseif ([System.IO.File]::Exists($to)) { [System.IO.File]::Delete($to) }
  }
}

$fence = ConvertTo-Table $Given.fence
$machine = Get-Machine $Given
try {
  # Of a VM without disks where the host puts VMs.
  $folder = if ($Given.folder) { $Given.folder } else { Join-Path (Get-VMHost).VirtualMachinePath "$vmId" }
  Invoke-Fenced @fence -Body {
    $places = Get-Places
    $vm = Find-Vm $Given
    $isNew = $null -eq $vm
    if (-not $isNew) { Assert-Same $vm $places }
    else {
      Remove-PlannedVm $vmId $folder $Given.name $machine
      Assert-Guardian $Given.guardians $Given.name
      Assert-Switch $Given.adapters $Given.name
    }
    foreach ($path in $places.Values) {
      if (-not [System.IO.File]::Exists((Get-Leaf $path))) { Stop-Script 'disk-missing' @{ file = $path } }
    }
    # From here on unregister-vm.ps1 knows what to give back, whether or not Windows knows the VM.
    Write-JsonFile $Given.noteFile ([ordered]@{ folder = $folder; paths = @($places.Values) })
    if ($isNew) {
      $adapters = @($Given.adapters | ForEach-Object { [ordered]@{ name = $_.name; switch = [string] $_.switch } })
      Write-JsonFile $Given.networkFile ([ordered]@{ operation = $Given.fence.Operation; adapters = $adapters })
      foreach ($path in $places.Values) { Set-Placeholder $path (Get-FencedName $path) $Given.placeholders }
      Copy-Definition
      Import-Definition $places
      $vm = Find-Vm $Given
    }
    if ([string] $vm.AutomaticStartAction -ne 'Nothing') { Set-VM -VM $vm -AutomaticStartAction Nothing }
    Disconnect-Network $vm
    foreach ($path in $places.Values) {
      Remove-Placeholder $path $Given.placeholders
      Rename-Leaf $path (Get-FencedName $path)
      Grant-Access $vmId (Get-FencedName $path)
    }
    @{ registered = $isNew }
  }
}
finally { Close-Machine $machine }
