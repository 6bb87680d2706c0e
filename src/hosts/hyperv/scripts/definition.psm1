# A VM's definition: exported without its disks, planned, imported and removed (facts D.5 to D.8). A module
# for the scripts that do it. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/wmi.psm1"))

$Exporting = 'ExportingVirtualMachine'
# What the methods return while the VM is busy with something else.
$NotNow = 32775
$NoSnapshots = [byte] 1
$PollMilliseconds = 200
$DestroySecondsMax = 60
# What is larger is nobody's placeholder.
$PlaceholderBytesMax = 16777216

# The files of the VM's definition, in a folder of their own. Ends with vm-busy, export-failed.
function Export-Definition($VM, [string] $Folder, [int] $Seconds, $Machine) {
  $system = Get-System $VM.Id $Machine
  $settings = @(Get-CimAssociatedInstance -InputObject $system -Association Msvm_SystemExportSettingData -ResultClassName Msvm_VirtualSystemExportSettingData)[0]
  $settings.CopySnapshotConfiguration = $NoSnapshots
  $settings.CopyVmRuntimeInformation = $false
  $settings.CopyVmStorage = $false
  $settings.CreateVmExportSubdirectory = $false
  # Since Windows 10 1709; where it is not said, Windows makes differencing disks for what is not copied.
  if ($settings.PSObject.Properties['DisableDifferentialOfIgnoredStorage']) { $settings.DisableDifferentialOfIgnoredStorage = $true }
  $result = Invoke-Service 'Msvm_VirtualSystemManagementService' 'ExportSystemDefinition' $Machine @{
    ComputerSystem = $system
    ExportDirectory = $Folder
    ExportSettingData = ConvertTo-EmbeddedText $settings
  }
  if ($result.ReturnValue -eq $NotNow) { Stop-Script 'vm-busy' @{ vm = [string] $VM.Name; seconds = 0 } }
  $failure = (Wait-Method $result $Seconds).failure
  if ($failure) { Stop-Script 'export-failed' @{ vm = [string] $VM.Name; message = $failure } }
  return Join-Path $Folder 'Virtual Machines'
}

# Lets the VM's checkpoints merge again. What a killed script began is waited for: it would turn merging off
# behind us. Ends with vm-busy, and as Enable-Merge.
function Enable-Merging($VM, [int] $WaitSeconds, $Machine) {
  $hyperv = $Machine.hyperv
  $watch = [System.Diagnostics.Stopwatch]::StartNew()
  while ([string] (Get-VM @hyperv -Id $VM.Id).SecondaryOperationalStatus -eq $Exporting) {
    if ($watch.Elapsed.TotalSeconds -gt $WaitSeconds) { Stop-Script 'vm-busy' @{ vm = [string] $VM.Name; seconds = $WaitSeconds } }
    Start-Sleep -Milliseconds $PollMilliseconds
  }
  Enable-Merge $VM $Machine
}

# Thumbprints that the VM's key protector names; none without a virtual TPM, and where this host has no
# command to read them: then the plan was accepted without.
function Get-Guardians($VM) {
  try {
    $security = Get-VMSecurity -VM $VM
    if ($security.TpmEnabled -or $security.Shielded) { Get-KeyGuardian $VM }
  }
  catch [System.Management.Automation.CommandNotFoundException] { Write-Warning $_.Exception.Message }
}

# Ends with guardian-missing where nobody whom the VM's key protector names is known (B52).
function Assert-Guardian($Wanted, [string] $VmName) {
  $wanted = @($Wanted | ForEach-Object { Get-Thumbprint $_ })
  if ($wanted.Count -eq 0) { return }
  try { $guardians = @(Get-HgsGuardian | Where-Object { $_.HasPrivateSigningKey }) }
  catch [System.Management.Automation.CommandNotFoundException] { Write-Warning $_.Exception.Message; return }
  $known = @($guardians | ForEach-Object {
      Get-Thumbprint $_.SigningCertificate.Thumbprint
      Get-Thumbprint $_.EncryptionCertificate.Thumbprint
    })
  if (@($wanted | Where-Object { $known -contains $_ }).Count -gt 0) { return }
  Stop-Script 'guardian-missing' @{ vm = $VmName; missing = $wanted }
}

# Windows shows them with and without spaces, in either case.
function Get-Thumbprint([string] $Text) { return $Text.Replace(' ', '').ToLowerInvariant() }

# Ends with switch-missing.
function Assert-Switch($Adapters, [string] $VmName) {
  $known = @(Get-VMSwitch | ForEach-Object { [string] $_.Name })
  foreach ($adapter in @($Adapters)) {
    if ($null -eq $adapter.switch -or $known -contains $adapter.switch) { continue }
    Stop-Script 'switch-missing' @{ vm = $VmName; switch = [string] $adapter.switch }
  }
}

# What a script that died, or a report with objections, has left planned. Ends with vm-planned for one that
# does not lie in the folder, which is somebody else's.
function Remove-PlannedVm([guid] $VmId, [string] $Folder, [string] $VmName, $Machine) {
  $cim = $Machine.cim
  $id = "$VmId".ToUpperInvariant()
  $planned = @(Get-CimInstance @cim -Namespace $Virtualization -ClassName Msvm_PlannedComputerSystem -Filter "Name = '$id'")
  if ($planned.Count -eq 0) { return }
  $filter = "VirtualSystemIdentifier = '$id' AND VirtualSystemType = 'Microsoft:Hyper-V:System:Planned'"
  $settings = @(Get-CimInstance @cim -Namespace $Virtualization -ClassName Msvm_VirtualSystemSettingData -Filter $filter)
  $lies = @($settings | ForEach-Object { [string] $_.ConfigurationDataRoot })
  if (-not $Folder -or $lies.Count -eq 0 -or @($lies | Where-Object { -not (Test-SamePath $_ $Folder) }).Count -gt 0) {
    Stop-Script 'vm-planned' @{ vm = $VmName; folder = if ($lies.Count -gt 0) { $lies[0] } else { '' } }
  }
  $result = Invoke-Service 'Msvm_VirtualSystemManagementService' 'DestroySystem' $Machine @{ AffectedSystem = $planned[0] }
  $failure = (Wait-Method $result $DestroySecondsMax).failure
  if ($failure) { Stop-Script 'vm-planned' @{ vm = $VmName; folder = $Folder } }
}

function Test-SamePath([string] $One, [string] $Other) {
  $ends = [char[]] '\/'
  return [string]::Equals($One.TrimEnd($ends), $Other.TrimEnd($ends), [System.StringComparison]::OrdinalIgnoreCase)
}

# The leaf gets its fenced name, and the placeholder stands under its own: Windows imports nothing whose
# disks are missing, and what starts in between finds an empty disk. Ends with disk-missing, fence-name-taken.
function Set-Placeholder([string] $Path, [string] $Fenced, $Placeholders) {
  if (Test-Placeholder $Path $Placeholders) {
    if (-not [System.IO.File]::Exists($Fenced)) { Stop-Script 'disk-missing' @{ file = $Fenced } }
    return
  }
  if ([System.IO.File]::Exists($Path)) {
    if ([System.IO.File]::Exists($Fenced)) { Stop-Script 'fence-name-taken' @{ file = $Fenced } }
    [System.IO.File]::Move($Path, $Fenced)
  }
  elseif (-not [System.IO.File]::Exists($Fenced)) { Stop-Script 'disk-missing' @{ file = $Path } }
  # Never seen in part: whether a file is the placeholder is told by its content.
  [System.IO.File]::Copy((Get-Placeholder $Path $Placeholders), "$Path.tmp.vhdx", $true)
  [System.IO.File]::Move("$Path.tmp.vhdx", $Path)
}

function Remove-Placeholder([string] $Path, $Placeholders) {
  if ([System.IO.File]::Exists("$Path.tmp.vhdx")) { [System.IO.File]::Delete("$Path.tmp.vhdx") }
  if (Test-Placeholder $Path $Placeholders) { [System.IO.File]::Delete($Path) }
}

# Of the format that the name says: Windows goes by it.
function Get-Placeholder([string] $Path, $Placeholders) {
  if ($Path -like '*.vhd') { return [string] $Placeholders.vhd }
  return [string] $Placeholders.vhdx
}

# Whether the file is the placeholder, byte by byte.
function Test-Placeholder([string] $Path, $Placeholders) {
  $placeholder = Get-Placeholder $Path $Placeholders
  if (-not ([System.IO.File]::Exists($Path) -and [System.IO.File]::Exists($placeholder))) { return $false }
  $length = (New-Object System.IO.FileInfo $Path).Length
  if ($length -ne (New-Object System.IO.FileInfo $placeholder).Length -or $length -gt $PlaceholderBytesMax) { return $false }
  return (Get-Sha256 $Path) -eq (Get-Sha256 $placeholder)
}

function Get-Sha256([string] $Path) {
  $sha = [System.Security.Cryptography.SHA256]::Create()
  $stream = New-Object System.IO.FileStream $Path, 'Open', 'Read', 'ReadWrite'
  try { return [System.BitConverter]::ToString($sha.ComputeHash($stream)) }
  finally { $stream.Dispose(); $sha.Dispose() }
}

# The VM's own account, by its SID: S-1-5-83-1 and the 16 bytes of the Id, as Windows keeps a GUID in memory.
# A name would have to be known already. Ends with acl-not-set.
function Grant-Access([guid] $VmId, [string] $Path) {
  $bytes = $VmId.ToByteArray()
  $numbers = @(0, 4, 8, 12 | ForEach-Object { [System.BitConverter]::ToUInt32($bytes, $_) })
  $output = @(icacls.exe $Path /grant "*S-1-5-83-1-$($numbers -join '-'):(F)" 2>&1 | ForEach-Object { [string] $_ })
  if ($LASTEXITCODE -ne 0) { Stop-Script 'acl-not-set' @{ file = $Path; message = ($output -join ' ').Trim() } }
}

Export-ModuleMember -Function Export-Definition, Enable-Merging, Get-Guardians, Assert-Guardian, Assert-Switch,
  Remove-PlannedVm, Set-Placeholder, Remove-Placeholder, Test-Placeholder, Grant-Access
