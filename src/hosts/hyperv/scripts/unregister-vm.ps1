# Removes a VM's registration; its disks stay, and get the names back with which they were registered. First
# the VM is unknown, then they are renamed: there is no moment at which it could start.
# Given: computerName, vmId, fence, placeholders, noteFile (what an earlier run, or register-vm.ps1, has
# written there says what to give back), networkFile.
# Answers { unregistered }. Ends with vm-running, vm-planned, fence-name-taken.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
foreach ($module in 'moving', 'definition') {
  Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/$module.psm1"))
}

$vmId = [guid] $Given.vmId

# Which files get their names back, on disk before the VM is removed.
function Write-Paths($VM, $Note) {
  $paths = @(Get-OwnPath $VM)
  $folder = if ($null -ne $Note) { $Note.folder } else { '' }
  Write-JsonFile $Given.noteFile ([ordered]@{ folder = $folder; paths = $paths })
  return $paths
}

function Remove-Definition([string] $Folder) {
  foreach ($kind in 'vmcx', 'vmrs', 'vmgs') {
    $file = Join-Path (Join-Path $Folder 'Virtual Machines') "$("$vmId".ToUpperInvariant()).$kind"
    if ([System.IO.File]::Exists($file)) { [System.IO.File]::Delete($file) }
  }
}

$fence = ConvertTo-Table $Given.fence
$machine = Get-Machine $Given
try {
  Invoke-Fenced @fence -Body {
    $vm = Find-Vm $Given
    $note = $null
    if ([System.IO.File]::Exists($Given.noteFile)) { $note = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Given.noteFile)) }
    $paths = if ($null -ne $note) { @($note.paths) } else { @() }
    if ($null -ne $vm) {
      if ([string] $vm.State -notlike 'Off*') { Stop-Script 'vm-running' @{ vm = [string] $vm.Name } }
      $paths = @(Write-Paths $vm $note)
      Remove-VM -VM $vm -Force
    }
    if ($null -ne $note -and $note.folder) {
      Remove-PlannedVm $vmId $note.folder "$vmId" $machine
      Remove-Definition $note.folder
    }
    foreach ($path in $paths) {
      Remove-Placeholder $path $Given.placeholders
      if ((Get-Leaf $path) -ne $path -or [System.IO.File]::Exists($path)) { Rename-Leaf (Get-FencedName $path) $path }
    }
    foreach ($file in $Given.networkFile, $Given.noteFile) {
      if ([System.IO.File]::Exists($file)) { [System.IO.File]::Delete($file) }
    }
    @{ unregistered = $null -ne $vm }
  }
}
finally { Close-Machine $machine }
