# What the scripts of a live move share. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$Virtualization = 'root/virtualization/v2'
# JobState from which on a job is over (facts A.12).
$JobOver = 7

# A table for splatting, of an object that came with the request.
function ConvertTo-Table($Object) {
  $table = @{}
  foreach ($property in $Object.PSObject.Properties) { $table[$property.Name] = $property.Value }
  return $table
}

# Which host is asked: this machine without a name.
function Get-On([string] $ComputerName) {
  if ($ComputerName) { return @{ ComputerName = $ComputerName } }
  return @{}
}

# An answer as src/domain/hyperv.ts has it: one part that cannot be read never loses the others.
function Read-Part([scriptblock] $Question) {
  try { return [ordered]@{ value = & $Question } }
  catch { return [ordered]@{ unread = $_.Exception.Message } }
}

# Registered here, by its Id: CIM answers with nothing where there is none, and fails where it cannot
# be asked. Get-VM says both with an error, and may show a VM that is only planned.
function Test-Registered([guid] $VmId, $On) {
  $query = @{ Namespace = $Virtualization; ClassName = 'Msvm_ComputerSystem'; Filter = "Name = '$VmId'" }
  return @(Get-CimInstance @query @On).Count -gt 0
}

function Test-Planned([guid] $VmId, $On) {
  $query = @{ Namespace = $Virtualization; ClassName = 'Msvm_PlannedComputerSystem'; Filter = "Name = '$VmId'" }
  return @(Get-CimInstance @query @On).Count -gt 0
}

# Nothing where it is not registered.
function Get-RegisteredVm([guid] $VmId, $On) {
  if (Test-Registered $VmId $On) { return Get-VM -Id $VmId @On }
}

# The VM's own moves that this host knows, ended ones of the last minutes too.
function Get-MoveJob([guid] $VmId, $On) {
  foreach ($job in @(Get-CimInstance -Namespace $Virtualization -ClassName Msvm_MigrationJob @On)) {
    if ([string] $job.VirtualSystemName -eq "$VmId") { $job }
  }
}

function Test-JobRunning($Job) { return [int] $Job.JobState -lt $JobOver }

function Get-JobFact($Job) {
  return [ordered]@{
    instanceId = [string] $Job.InstanceID
    target = [string] $Job.DestinationHost
    migrationType = [int] $Job.MigrationType
    jobType = [int] $Job.JobType
    jobState = [int] $Job.JobState
    percent = [int] $Job.PercentComplete
    cancellable = [bool] $Job.Cancellable
    errorCode = [long] $Job.ErrorCode
    error = [string] $Job.ErrorDescription
  }
}

# How Move-VM and Compare-VM are told where the VM goes. One folder and places disk by disk are
# different parameter sets, and where only memory moves there is no path at all (facts A.5).
function Get-MoveParameter($Given) {
  # Said where nothing goes along too: with a VM object and a host alone two sets fit, and neither is the default.
  $parameters = @{ DestinationHost = $Given.target; IncludeStorage = $false }
  if ($Given.placement.kind -eq 'one folder') {
    $parameters.IncludeStorage = $true
    $parameters.DestinationStoragePath = $Given.placement.folder
  }
  elseif ($Given.placement.kind -eq 'disk by disk') {
    $parameters.Remove('IncludeStorage')
    foreach ($name in 'VirtualMachinePath', 'SnapshotFilePath', 'SmartPagingFilePath') {
      $parameters[$name] = $Given.placement.folder
    }
    $parameters.Vhds = @(foreach ($disk in $Given.placement.disks) {
        @{ SourceFilePath = $disk.sourcePath; DestinationFilePath = $disk.targetPath }
      })
  }
  return $parameters
}

# Where the cluster is asked: on this machine without a name.
function Get-OnCluster([string] $ComputerName) {
  if ($ComputerName) { return @{ Cluster = $ComputerName } }
  return @{}
}

# 0 none, 1 setup, 2 data transfer, 3 moving, 4 cancelled, 5 failed; the last two stay until the next move.
function Get-RoleFact([guid] $VmId, [string] $ComputerName) {
  $on = Get-OnCluster $ComputerName
  $group = Get-ClusterGroup -VMId $VmId @on
  $resource = Get-ClusterResource -VMId $VmId @on | Where-Object { "$($_.ResourceType)" -eq 'Virtual Machine' } | Select-Object -First 1
  $state = $resource | Get-ClusterParameter -Name MigrationState
  return [ordered]@{
    owner = "$($group.OwnerNode)"
    state = [string] $group.State
    migrationState = [int] $state.Value
  }
}

# Where a drive is attached: 'IDE 1:0'.
function Get-DriveName($Drive) {
  return "$($Drive.ControllerType) $($Drive.ControllerNumber):$($Drive.ControllerLocation)"
}

# As Hyper-V writes it, without separators.
function Get-PlainMac([string] $Mac) { return ($Mac -replace '[^0-9A-Fa-f]', '').ToUpperInvariant() }

Export-ModuleMember -Function ConvertTo-Table, Get-On, Read-Part, Test-Registered, Test-Planned,
  Get-RegisteredVm, Get-MoveJob, Test-JobRunning, Get-JobFact, Get-MoveParameter, Get-OnCluster, Get-RoleFact,
  Get-DriveName, Get-PlainMac
