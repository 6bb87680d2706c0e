# A VM's definition: exported without its disks, planned, imported and removed (facts D.5 to D.8). A module
# for the scripts that do it. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

$Virtualization = 'root/virtualization/v2'
$Exporting = 'ExportingVirtualMachine'
# What the methods return.
$Done = 0
$JobStarted = 4096
$NotNow = 32775
# JobState from which on it is over; the two that say well.
$Over = 7
$Well = 7, 32768
$NoSnapshots = [byte] 1
$MergingOn = [uint32] 1
$PollMilliseconds = 200
# A VM without a key protector has one of these bytes alone.
$NoProtectorBytes = 4
# What is larger is nobody's placeholder.
$PlaceholderBytesMax = 16777216

# The files of the VM's definition, in a folder of their own. Ends with vm-busy, export-failed.
function Export-Definition($VM, [string] $Folder, [int] $Seconds) {
  $system = Get-System ([string] $VM.Id)
  $settings = @(Get-CimAssociatedInstance -InputObject $system -Association Msvm_SystemExportSettingData -ResultClassName Msvm_VirtualSystemExportSettingData)[0]
  $settings.CopySnapshotConfiguration = $NoSnapshots
  $settings.CopyVmRuntimeInformation = $false
  $settings.CopyVmStorage = $false
  $settings.CreateVmExportSubdirectory = $false
  # Since Windows 10 1709; where it is not said, Windows makes differencing disks for what is not copied.
  if ($settings.PSObject.Properties['DisableDifferentialOfIgnoredStorage']) { $settings.DisableDifferentialOfIgnoredStorage = $true }
  $result = Invoke-Management 'ExportSystemDefinition' @{
    ComputerSystem = $system
    ExportDirectory = $Folder
    ExportSettingData = ConvertTo-EmbeddedText $settings
  }
  if ($result.ReturnValue -eq $NotNow) { Stop-Script 'vm-busy' @{ vm = [string] $VM.Name; seconds = 0 } }
  $failure = Wait-Job $result $Seconds
  if ($failure) { Stop-Script 'export-failed' @{ vm = [string] $VM.Name; message = $failure } }
  return Join-Path $Folder 'Virtual Machines'
}

# Nothing merges after an export without storage until this is done. What a killed script began is waited
# for: it would turn merging off behind us. Ends with vm-busy, merging-not-restored.
function Enable-Merging([guid] $VmId, [int] $WaitSeconds) {
  $watch = [System.Diagnostics.Stopwatch]::StartNew()
  while ([string] (Get-VM -Id $VmId).SecondaryOperationalStatus -eq $Exporting) {
    if ($watch.Elapsed.TotalSeconds -gt $WaitSeconds) { Stop-Script 'vm-busy' @{ vm = "$VmId"; seconds = $WaitSeconds } }
    Start-Sleep -Milliseconds $PollMilliseconds
  }
  $of = @{ InputObject = Get-System "$VmId"; Association = 'Msvm_ElementSettingData'; ResultClassName = 'Msvm_DiskMergeSettingData' }
  $merge = @(Get-CimAssociatedInstance @of)
  if ($merge.Count -eq 0 -or $merge[0].EnabledState -eq $MergingOn) { return }
  $on = New-CimInstance -ClientOnly -Namespace $Virtualization -ClassName Msvm_DiskMergeSettingData -Property @{
    InstanceID = [string] $merge[0].InstanceID
    EnabledState = $MergingOn
  }
  $result = Invoke-Management 'ModifyDiskMergeSettings' @{ SettingData = ConvertTo-EmbeddedText $on }
  if ($result.ReturnValue -ne $Done) { Stop-Script 'merging-not-restored' @{ vm = "$VmId"; result = [string] $result.ReturnValue } }
}

# Thumbprints that the VM's key protector names; none without a virtual TPM, and where this host has no
# command to read them: then the plan was accepted without.
function Get-Guardians($VM) {
  try { Read-Guardian $VM }
  catch [System.Management.Automation.CommandNotFoundException] { Write-Warning $_.Exception.Message }
}

function Read-Guardian($VM) {
  $security = Get-VMSecurity -VM $VM
  if (-not ($security.TpmEnabled -or $security.Shielded)) { return }
  $bytes = @(Get-VMKeyProtector -VM $VM | ForEach-Object { $_ })
  if ($bytes.Count -le $NoProtectorBytes) { return }
  $protector = ConvertTo-HgsKeyProtector -Bytes ([byte[]] $bytes)
  @($protector.Owner) + @($protector.Guardians) | Where-Object { $_ } | ForEach-Object {
    [string] $_.SigningCertificate.Thumbprint
    [string] $_.EncryptionCertificate.Thumbprint
  } | Where-Object { $_ } | Select-Object -Unique
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

function Get-System([string] $VmId) {
  $filter = "Name = '$($VmId.ToUpperInvariant())'"
  return @(Get-CimInstance -Namespace $Virtualization -ClassName Msvm_ComputerSystem -Filter $filter)[0]
}

# What a script that died, or a report with objections, has left planned. Ends with vm-planned for one that
# does not lie in the folder, which is somebody else's.
function Remove-PlannedVm([guid] $VmId, [string] $Folder, [string] $VmName) {
  $id = "$VmId".ToUpperInvariant()
  $planned = @(Get-CimInstance -Namespace $Virtualization -ClassName Msvm_PlannedComputerSystem -Filter "Name = '$id'")
  if ($planned.Count -eq 0) { return }
  $filter = "VirtualSystemIdentifier = '$id' AND VirtualSystemType = 'Microsoft:Hyper-V:System:Planned'"
  $settings = @(Get-CimInstance -Namespace $Virtualization -ClassName Msvm_VirtualSystemSettingData -Filter $filter)
  $lies = @($settings | ForEach-Object { [string] $_.ConfigurationDataRoot })
  if (-not $Folder -or $lies.Count -eq 0 -or @($lies | Where-Object { -not (Test-SamePath $_ $Folder) }).Count -gt 0) {
    Stop-Script 'vm-planned' @{ vm = $VmName; folder = if ($lies.Count -gt 0) { $lies[0] } else { '' } }
  }
  $result = Invoke-Management 'DestroySystem' @{ AffectedSystem = $planned[0] }
  $failure = Wait-Job $result 60
  if ($failure) { Stop-Script 'vm-planned' @{ vm = $VmName; folder = $Folder } }
}

function Test-SamePath([string] $One, [string] $Other) {
  $ends = [char[]] '\/'
  return [string]::Equals($One.TrimEnd($ends), $Other.TrimEnd($ends), [System.StringComparison]::OrdinalIgnoreCase)
}

function Invoke-Management([string] $Method, $Arguments) {
  $service = @(Get-CimInstance -Namespace $Virtualization -ClassName Msvm_VirtualSystemManagementService)[0]
  return Invoke-CimMethod -InputObject $service -MethodName $Method -Arguments $Arguments
}

# Nothing when it ended well, else why it did not.
function Wait-Job($Result, [int] $Seconds) {
  if ($Result.ReturnValue -eq $Done) { return }
  if ($Result.ReturnValue -ne $JobStarted) { return "ReturnValue $($Result.ReturnValue)" }
  $watch = [System.Diagnostics.Stopwatch]::StartNew()
  do {
    Start-Sleep -Milliseconds $PollMilliseconds
    $job = $Result.Job | Get-CimInstance
  } while ($job.JobState -lt $Over -and $watch.Elapsed.TotalSeconds -lt $Seconds)
  if ($job.JobState -in $Well) { return }
  if ($job.ErrorDescription) { return ([string] $job.ErrorDescription).Trim() }
  return "JobState $($job.JobState), ErrorCode $($job.ErrorCode)"
}

# As WMI's methods take an instance.
function ConvertTo-EmbeddedText($Instance) {
  $serializer = [Microsoft.Management.Infrastructure.Serialization.CimSerializer]::Create()
  $none = [Microsoft.Management.Infrastructure.Serialization.InstanceSerializationOptions]::None
  return [System.Text.Encoding]::Unicode.GetString($serializer.Serialize($Instance, $none))
}

# The leaf gets its fenced name, and the placeholder stands under its own: Windows imports nothing whose
# disks are missing, and what starts in between finds an empty disk. Ends with disk-missing, fence-name-taken.
function Set-Placeholder([string] $Path, [string] $Fenced, [string] $Placeholder) {
  if (Test-Placeholder $Path $Placeholder) {
    if (-not [System.IO.File]::Exists($Fenced)) { Stop-Script 'disk-missing' @{ file = $Fenced } }
    return
  }
  if ([System.IO.File]::Exists($Path)) {
    if ([System.IO.File]::Exists($Fenced)) { Stop-Script 'fence-name-taken' @{ file = $Fenced } }
    [System.IO.File]::Move($Path, $Fenced)
  }
  elseif (-not [System.IO.File]::Exists($Fenced)) { Stop-Script 'disk-missing' @{ file = $Path } }
  # Never seen in part: whether a file is the placeholder is told by its content.
  [System.IO.File]::Copy($Placeholder, "$Path.tmp.vhdx", $true)
  [System.IO.File]::Move("$Path.tmp.vhdx", $Path)
}

function Remove-Placeholder([string] $Path, [string] $Placeholder) {
  if ([System.IO.File]::Exists("$Path.tmp.vhdx")) { [System.IO.File]::Delete("$Path.tmp.vhdx") }
  if (Test-Placeholder $Path $Placeholder) { [System.IO.File]::Delete($Path) }
}

# Whether the file is the placeholder, byte by byte.
function Test-Placeholder([string] $Path, [string] $Placeholder) {
  if (-not ([System.IO.File]::Exists($Path) -and [System.IO.File]::Exists($Placeholder))) { return $false }
  $length = (New-Object System.IO.FileInfo $Path).Length
  if ($length -ne (New-Object System.IO.FileInfo $Placeholder).Length -or $length -gt $PlaceholderBytesMax) { return $false }
  return (Get-Sha256 $Path) -eq (Get-Sha256 $Placeholder)
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
