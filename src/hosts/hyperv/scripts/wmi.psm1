# Hyper-V's WMI classes: one VM's system, the services' methods and their jobs. A module for the modules that
# act by them; `$Machine` is what Get-Machine gives. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

# What the methods return.
$Done = 0
$JobStarted = 4096
# JobState from which on it is over; the two that say well.
$Over = 7
$Well = 7, 32768
$JobPollMilliseconds = 100
$MergingOn = [uint32] 1
$MergingSecondsMax = 60

function Get-System($VmId, $Machine) {
  $cim = $Machine.cim
  $filter = "Name = '$("$VmId".ToUpperInvariant())'"
  return @(Get-CimInstance @cim -Namespace $Virtualization -ClassName Msvm_ComputerSystem -Filter $filter)[0]
}

function Invoke-Service([string] $Class, [string] $Method, $Machine, $Arguments) {
  $cim = $Machine.cim
  $service = @(Get-CimInstance @cim -Namespace $Virtualization -ClassName $Class)[0]
  return Invoke-CimMethod -InputObject $service -MethodName $Method -Arguments $Arguments
}

# { job, failure }: no job where the method was done at once, no failure where it ended well.
function Wait-Method($Result, [int] $SecondsMax) {
  if ($Result.ReturnValue -eq $Done) { return @{ job = $null; failure = $null } }
  if ($Result.ReturnValue -ne $JobStarted) { return @{ job = $null; failure = "ReturnValue $($Result.ReturnValue)" } }
  $watch = [System.Diagnostics.Stopwatch]::StartNew()
  do {
    Start-Sleep -Milliseconds $JobPollMilliseconds
    $job = $Result.Job | Get-CimInstance
  } while ($job.JobState -lt $Over -and $watch.Elapsed.TotalSeconds -lt $SecondsMax)
  if ($job.JobState -in $Well) { return @{ job = $job; failure = $null } }
  if ($job.JobState -lt $Over) { return @{ job = $job; failure = "JobState $($job.JobState) > $SecondsMax s" } }
  $failure = [string] $job.ErrorDescription
  if (-not $failure) { $failure = "JobState $($job.JobState), ErrorCode $($job.ErrorCode)" }
  return @{ job = $job; failure = $failure.Trim() }
}

# As WMI's methods take an instance.
function ConvertTo-EmbeddedText($Instance) {
  $serializer = [Microsoft.Management.Infrastructure.Serialization.CimSerializer]::Create()
  $none = [Microsoft.Management.Infrastructure.Serialization.InstanceSerializationOptions]::None
  return [System.Text.Encoding]::Unicode.GetString($serializer.Serialize($Instance, $none))
}

# After an export without storage no merge of this VM begins until this is on again (facts D.5). Ends with
# merging-not-restored.
function Enable-Merge($VM, $Machine) {
  $of = @{ InputObject = Get-System $VM.Id $Machine; Association = 'Msvm_ElementSettingData'; ResultClassName = 'Msvm_DiskMergeSettingData' }
  $merge = @(Get-CimAssociatedInstance @of)
  if ($merge.Count -eq 0 -or $merge[0].EnabledState -eq $MergingOn) { return }
  $on = New-CimInstance -ClientOnly -Namespace $Virtualization -ClassName Msvm_DiskMergeSettingData -Property @{
    InstanceID = [string] $merge[0].InstanceID
    EnabledState = $MergingOn
  }
  $result = Invoke-Service 'Msvm_VirtualSystemManagementService' 'ModifyDiskMergeSettings' $Machine @{ SettingData = ConvertTo-EmbeddedText $on }
  $failure = (Wait-Method $result $MergingSecondsMax).failure
  if ($failure) { Stop-Script 'merging-not-restored' @{ vm = [string] $VM.Name; result = $failure } }
}

Export-ModuleMember -Function Get-System, Invoke-Service, Wait-Method, ConvertTo-EmbeddedText, Enable-Merge
