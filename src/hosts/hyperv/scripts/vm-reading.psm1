# A VM as HyperVVmFacts and VmFacts name it, still in Windows' own terms: what they mean is decided in
# ../facts. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

# Integration services by Id: their names differ from language to language. Seen in many public scripts.
$Shutdown = '9F8233AC-BE49-4C79-8EE3-E7E1985B2077'
$Heartbeat = '84EAAE65-2F2E-45F5-9BB5-0E857DC8EB47'
# A VM without a key protector has one of these bytes alone.
$NoProtectorBytes = 4

function Get-VmFact($VMs, $Machine) {
  $vms = @($VMs)
  if ($vms.Count -eq 0) { return }
  $parts = Read-AllParts $vms
  # Parents may be shared, and each is a question of its own.
  $files = @{}
  $volumes = Read-List { Get-SharedVolume $Machine }
  foreach ($vm in $vms) {
    $of = @{}
    foreach ($name in $parts.Keys) { $of[$name] = $parts[$name][[string] $vm.Id] }
    [ordered]@{
      id = ([string] $vm.Id).ToLowerInvariant()
      name = [string] $vm.Name
      state = [string] $vm.State
      primaryStatus = [string] $vm.PrimaryOperationalStatus
      secondaryStatus = [string] $vm.SecondaryOperationalStatus
      # Before 2012 R2 there is only one.
      generation = Get-Property $vm 'Generation'
      version = Select-Fact (Read-Property $vm 'Version') { [string] $args[0] }
      processorCount = [int] $vm.ProcessorCount
      memory = [ordered]@{
        dynamic = [bool] $vm.DynamicMemoryEnabled
        startupBytes = $vm.MemoryStartup
        maximumBytes = $vm.MemoryMaximum
        assignedBytes = $vm.MemoryAssigned
      }
      startAction = [string] $vm.AutomaticStartAction
      stopAction = [string] $vm.AutomaticStopAction
      notes = [string] $vm.Notes
      heartbeat = [string] $vm.Heartbeat
      configurationPath = [string] $vm.Path
      disks = Select-Part $of.disks { Get-DiskFact $args[0] $files $volumes $Machine }
      adapters = Select-Part $of.adapters { Get-Adapter $args[0] }
      checkpoints = Select-Part $of.checkpoints { Get-Checkpoint $args[0] }
      dvdDrives = Select-Part $of.dvdDrives { Get-Dvd $args[0] }
      fibreChannelSans = Select-Part $of.fibreChannel { $args[0] | ForEach-Object { [string] $_.SanName } }
      processor = Select-Fact $of.processor { Get-Processor @($args[0])[0] }
      security = Read-Fact { Get-Security $vm }
      assignedDevices = Select-Part $of.devices { $args[0] | ForEach-Object { [string] $_.InstanceID } }
      gpuPartitions = Select-Part $of.gpus {
        $args[0] | ForEach-Object { @{ canLeave = Select-Fact (Read-Property $_ 'SupportsOutgoingLiveMigration') { [bool] $args[0] } } }
      }
      replication = Read-Fact { Get-Replication $vm }
      clusterRole = Read-Fact { Get-ClusterRole $vm $Machine }
      services = Select-Fact $of.services { Get-Services $args[0] }
    }
  }
}

# By the name of the part, then by the VM's Id.
function Read-AllParts($VMs) {
  return @{
    disks = Read-Part $VMs { Get-OwnDrive $args[0] }
    adapters = Read-Part $VMs { Get-VMNetworkAdapter -VM $args[0] }
    checkpoints = Read-Part $VMs { Get-VMSnapshot -VM $args[0] }
    dvdDrives = Read-Part $VMs { Get-VMDvdDrive -VM $args[0] }
    fibreChannel = Read-Part $VMs { Get-VMFibreChannelHba -VM $args[0] }
    processor = Read-Part $VMs { Get-VMProcessor -VM $args[0] }
    devices = Read-Part $VMs { Get-VMAssignableDevice -VM $args[0] }
    gpus = Read-Part $VMs { Get-VMGpuPartitionAdapter -VM $args[0] }
    services = Read-Part $VMs { Get-VMIntegrationService -VM $args[0] }
  }
}

# One question for all VMs, because each is slow; one for each VM only where that fails.
function Read-Part($VMs, [scriptblock] $Body) {
  $all = Read-List $Body $VMs
  $answers = @{}
  foreach ($vm in $VMs) {
    $id = [string] $vm.Id
    if ($all.ContainsKey('value')) { $answers[$id] = @{ value = @($all.value | Where-Object { [string] $_.VMId -eq $id }) } }
    elseif ($all.ContainsKey('lacks') -or $VMs.Count -eq 1) { $answers[$id] = $all }
    else { $answers[$id] = Read-List $Body @($vm) }
  }
  return $answers
}

# As Select-Fact, for a list.
function Select-Part($Read, [scriptblock] $Body) {
  if (-not $Read.ContainsKey('value')) { return $Read }
  return Read-List $Body $Read.value
}

function Get-Adapter($Adapters) {
  foreach ($adapter in $Adapters) {
    $bandwidth = Read-Fact { $adapter.BandwidthSetting }
    [ordered]@{
      name = [string] $adapter.Name
      id = [string] $adapter.Id
      mac = [string] $adapter.MacAddress
      dynamicMac = [bool] $adapter.DynamicMacAddressEnabled
      switch = if ($adapter.Connected) { [string] $adapter.SwitchName } else { $null }
      addresses = @($adapter.IPAddresses | ForEach-Object { [string] $_ })
      vlan = Read-Fact { Get-Vlan $adapter.VlanSetting }
      extendedAcls = Read-Fact { @($adapter.ExtendedAclList).Count }
      bandwidthMinimum = Select-Fact $bandwidth { Get-Amount $args[0] 'MinimumBandwidthAbsolute' }
      bandwidthMaximum = Select-Fact $bandwidth { Get-Amount $args[0] 'MaximumBandwidth' }
      iovWeight = [int] (Get-Property $adapter 'IovWeight')
    }
  }
}

function Get-Amount($Setting, [string] $Name) {
  if ($null -eq $Setting) { return 0 }
  return [long] (Get-Property $Setting $Name)
}

function Get-Vlan($Setting) {
  $vlan = [ordered]@{ mode = [string] $Setting.OperationMode }
  switch ($vlan.mode) {
    'Access' { $vlan.access = [int] $Setting.AccessVlanId }
    'Trunk' {
      $vlan.native = [int] $Setting.NativeVlanId
      $vlan.allowed = [string] $Setting.AllowedVlanIdListString
    }
  }
  return $vlan
}

function Get-Checkpoint($Checkpoints) {
  foreach ($checkpoint in $Checkpoints) {
    [ordered]@{
      id = ([string] $checkpoint.Id).ToLowerInvariant()
      name = [string] $checkpoint.Name
      type = [string] $checkpoint.SnapshotType
      automatic = [bool] (Get-Property $checkpoint 'IsAutomaticCheckpoint')
    }
  }
}

function Get-Dvd($Drives) {
  foreach ($drive in $Drives) {
    [ordered]@{ id = Get-DriveId $drive; media = [string] $drive.DvdMediaType; path = [string] $drive.Path }
  }
}

function Get-Processor($Processor) {
  [ordered]@{
    compatibleForMigration = [bool] $Processor.CompatibilityForMigrationEnabled
    exposesVirtualization = [bool] (Get-Property $Processor 'ExposeVirtualizationExtensions')
    countPerNumaNodeMax = [int] $Processor.MaximumCountPerNumaNode
  }
}

function Get-Security($VM) {
  $security = Get-VMSecurity -VM $VM
  [ordered]@{
    tpm = [bool] $security.TpmEnabled
    shielded = [bool] $security.Shielded
    guardians = Read-List { Get-KeyGuardian $VM }
  }
}

# Thumbprints of the guardians that the VM's key protector names.
function Get-KeyGuardian($VM) {
  $bytes = @(Get-VMKeyProtector -VM $VM | ForEach-Object { $_ })
  if ($bytes.Count -le $NoProtectorBytes) { return }
  $protector = ConvertTo-HgsKeyProtector -Bytes ([byte[]] $bytes)
  @($protector.Owner) + @($protector.Guardians) | Where-Object { $_ } | ForEach-Object {
    [string] $_.SigningCertificate.Thumbprint
    [string] $_.EncryptionCertificate.Thumbprint
  } | Where-Object { $_ } | Select-Object -Unique
}

# Asked only where there is one: for others the command is an error.
function Get-Replication($VM) {
  if ([string] $VM.ReplicationMode -eq 'None') { return $null }
  $replication = @(Get-VMReplication -VM $VM)[0]
  [ordered]@{
    mode = [string] $replication.Mode
    state = [string] $replication.State
    primaryServer = [string] $replication.PrimaryServerName
    replicaServer = [string] $replication.ReplicaServerName
  }
}

function Get-ClusterRole($VM, $Machine) {
  if (-not $VM.IsClustered) { return $null }
  $cluster = $Machine.cluster
  $group = @(Get-ClusterGroup @cluster -VMId $VM.Id)[0]
  $resource = @(Get-ClusterResource @cluster -VMId $VM.Id)[0]
  [ordered]@{
    group = [string] $group.Name
    ownerNode = [string] $group.OwnerNode
    possibleOwners = @($resource | Get-ClusterOwnerNode | ForEach-Object { $_.OwnerNodes } | ForEach-Object { [string] $_ })
  }
}

function Get-Services($Services) {
  [ordered]@{ shutdown = Test-Answers $Services $Shutdown; heartbeat = Test-Answers $Services $Heartbeat }
}

function Test-Answers($Services, [string] $Id) {
  $answering = @($Services | Where-Object {
      ([string] $_.Id).EndsWith($Id, [System.StringComparison]::OrdinalIgnoreCase) -and
      $_.Enabled -and [string] $_.PrimaryOperationalStatus -eq 'Ok'
    })
  return $answering.Count -gt 0
}

Export-ModuleMember -Function Get-VmFact, Get-KeyGuardian
