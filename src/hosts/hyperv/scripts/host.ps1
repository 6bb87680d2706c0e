# A Hyper-V host as it is: what HyperVHostFacts names, but for what Active Directory knows (directory.ps1).
# Given: computerName.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$machine = Get-Machine $Given
$hyperv = $machine.hyperv
$cim = $machine.cim
$cluster = $machine.cluster
$clusterName = $machine.clusterName
$computer = $machine.computer
$administrators = 'S-1-5-32-544'
$hyperVAdministrators = 'S-1-5-32-578'
# Interactive; the group Protected Users of any domain; integrity high and system.
$interactive = 'S-1-5-4'
$protectedUsers = '^S-1-5-21-.+-525$'
$elevated = 'S-1-16-12288', 'S-1-16-16384'
$fileSharing = '@FirewallAPI.dll,-28502'
$defaultRoutes = '0.0.0.0/0', '::/0'
# Of SecurityServicesRunning.
$credentialGuard = 1

$os = Read-Fact { Get-CimInstance @cim -ClassName Win32_OperatingSystem }
$system = Read-Fact { Get-CimInstance @cim -ClassName Win32_ComputerSystem }
$vmHost = Read-Fact { Get-VMHost @hyperv }
$cards = Read-List { Get-NetAdapter @cim }
$switches = Read-List { Get-VMSwitch @hyperv }

function Get-Migration($VMHost) {
  [ordered]@{
    enabled = [bool] $VMHost.VirtualMachineMigrationEnabled
    authentication = [string] $VMHost.VirtualMachineMigrationAuthenticationType
    performance = Select-Fact (Read-Property $VMHost 'VirtualMachineMigrationPerformanceOption') { [string] $args[0] }
    movesMax = [long] $VMHost.MaximumVirtualMachineMigrations
    storageMovesMax = [long] $VMHost.MaximumStorageMigrations
    useAnyNetwork = [bool] $VMHost.UseAnyNetworkForMigration
    networks = @(Get-VMMigrationNetwork @hyperv | ForEach-Object { [ordered]@{ subnet = [string] $_.Subnet; priority = $_.Priority } })
  }
}

function Get-Numa($VMHost) {
  [ordered]@{
    spanning = [bool] $VMHost.NumaSpanningEnabled
    # In MiB.
    nodes = @(Get-VMHostNumaNode @hyperv | ForEach-Object {
        [ordered]@{ processors = @($_.ProcessorsAvailability).Count; memoryBytes = [long] $_.MemoryTotal * 1MB }
      })
  }
}

# Cards, addresses and bindings come in one question each, not one for each card. A card that cannot be
# read is unknown, and loses no other.
function Get-Card {
  $addresses = @(Get-NetIPAddress @cim)
  $gateways = @(Get-NetRoute @cim | Where-Object { $defaultRoutes -contains $_.DestinationPrefix })
  $bindings = Read-List { Get-NetAdapterBinding @cim -ComponentID ms_msclient, ms_server }
  $internal = Read-List { Get-VMNetworkAdapter @hyperv -ManagementOS }
  foreach ($card in $cards.value) {
    [ordered]@{
      name = [string] $card.Name
      card = Read-Fact {
        $index = $card.InterfaceIndex
        $up = [string] $card.Status -eq 'Up'
        [ordered]@{
          up = $up
          # The speed of a card that is down says nothing.
          bitsPerSecond = if ($up) { $card.Speed } else { 0 }
          addresses = @($addresses | Where-Object { $_.InterfaceIndex -eq $index } | ForEach-Object { "$($_.IPAddress)/$($_.PrefixLength)" })
          hasDefaultGateway = @($gateways | Where-Object { $_.InterfaceIndex -eq $index }).Count -gt 0
          msClient = Select-Fact $bindings { Test-Bound $args[0] $card.Name 'ms_msclient' }
          msServer = Select-Fact $bindings { Test-Bound $args[0] $card.Name 'ms_server' }
          switch = Get-SwitchOf $card $internal
        }
      }
    }
  }
}

function Test-Bound($Bindings, [string] $Card, [string] $Component) {
  $bound = @($Bindings | Where-Object { $_.Name -eq $Card -and $_.ComponentID -eq $Component -and $_.Enabled })
  return $bound.Count -gt 0
}

# The switch that a card carries, or that it hangs on as the host's own card.
function Get-SwitchOf($Card, $Internal) {
  if ($switches.ContainsKey('value')) {
    foreach ($one in $switches.value) { if (Test-Uplink $one $Card) { return [string] $one.Name } }
  }
  if (-not $Internal.ContainsKey('value')) { return $null }
  foreach ($adapter in $Internal.value) {
    $device = Get-Property $adapter 'DeviceId'
    if ($device -and $Card.InterfaceGuid -and [guid] $device -eq [guid] $Card.InterfaceGuid) { return [string] $adapter.SwitchName }
  }
}

function Test-Uplink($Switch, $Card) {
  $guids = @($Switch.NetAdapterInterfaceGuid | Where-Object { $_ } | ForEach-Object { [guid] $_ })
  return $Card.InterfaceGuid -and $guids -contains [guid] $Card.InterfaceGuid
}

function Get-Switch {
  foreach ($one in $switches.value) {
    [ordered]@{
      name = [string] $one.Name
      id = [string] $one.Id
      type = [string] $one.SwitchType
      uplinkUp = Select-Fact $cards {
        @($args[0] | Where-Object { (Test-Uplink $one $_) -and [string] $_.Status -eq 'Up' }).Count -gt 0
      }
      extensions = Read-List {
        $one.Extensions | ForEach-Object { [ordered]@{ name = [string] $_.Name; enabled = [bool] $_.Enabled } }
      }
      bandwidthMode = Select-Fact (Read-Property $one 'BandwidthReservationMode') { [string] $args[0] }
    }
  }
}

function Get-FileServer {
  $rules = @(Get-NetFirewallRule @cim -Group $fileSharing | Where-Object { [string] $_.Direction -eq 'Inbound' -and [string] $_.Action -eq 'Allow' -and [string] $_.Enabled -eq 'True' })
  [ordered]@{ serviceRunning = Test-Service $machine 'LanmanServer'; firewallOpen = $rules.Count -gt 0 }
}

function Get-Role {
  $running = Test-Service $machine 'vmms'
  # Client releases have no such command.
  $hasFeatures = $null -ne (Get-Command -Name Get-WindowsFeature -ErrorAction SilentlyContinue)
  $installed = if ($hasFeatures) { [bool] (Get-WindowsFeature @computer -Name Hyper-V).Installed } else { $running }
  [ordered]@{ installed = $installed; serviceRunning = $running }
}

# Of another machine's groups the token here says nothing; Hyper-V there has answered, or nothing would.
function Get-Account {
  $user = @(Get-TokenSid 'user')[0]
  $groups = @(Get-TokenSid 'groups' | ForEach-Object { $_.sid })
  $isElevated = @($groups | Where-Object { $elevated -contains $_ }).Count -gt 0
  [ordered]@{
    name = [string] $user.name
    isAdministrator = $isElevated -and $groups -contains $administrators -and -not $machine.isRemote
    isHyperVAdministrator = $groups -contains $hyperVAdministrators -or ($machine.isRemote -and $vmHost.ContainsKey('value'))
    cannotBeDelegated = @($groups | Where-Object { $_ -match $protectedUsers }).Count -gt 0
    isService = $groups -notcontains $interactive
  }
}

# What a host's own store of guardians can open: TPMs that name one of them.
function Get-Guardian {
  Get-HgsGuardian | Where-Object { $_.HasPrivateSigningKey } | ForEach-Object {
    [string] $_.SigningCertificate.Thumbprint
    [string] $_.EncryptionCertificate.Thumbprint
  } | Select-Object -Unique
}

function Get-ClusterFact {
  try { $found = Get-Cluster @clusterName }
  catch {
    # No cluster where its service does not run; else it is one that does not answer.
    if (-not (Test-Service $machine 'ClusSvc')) { return $null }
    if ($_.Exception -is [System.Management.Automation.CommandNotFoundException]) {
      throw 'The PowerShell module FailoverClusters is missing: install RSAT-Clustering-PowerShell.'
    }
    throw
  }
  [ordered]@{
    name = [string] $found.Name
    node = [string] $system.value.Name
    nodes = @(Get-ClusterNode @cluster | ForEach-Object { [ordered]@{ name = [string] $_.Name; state = [string] $_.State } })
    sharedVolumes = @(Get-ClusterSharedVolume @cluster | ForEach-Object { $_.SharedVolumeInfo } | ForEach-Object { [string] $_.FriendlyVolumeName })
    migrationNetworks = Read-List { Get-ClusterMigrationNetwork }
  }
}

# Names; those that the cluster leaves out of migrations are kept by their Ids.
function Get-ClusterMigrationNetwork {
  $type = Get-ClusterResourceType @cluster -Name 'Virtual Machine'
  $excluded = @(([string] ($type | Get-ClusterParameter -Name MigrationExcludeNetworks).Value).Split(';'))
  Get-ClusterNetwork @cluster | Where-Object { $excluded -notcontains [string] $_.Id } | ForEach-Object { [string] $_.Name }
}

try {
  $isJoined = -not $system.ContainsKey('value') -or [bool] $system.value.PartOfDomain
  $netbios = if ($system.ContainsKey('value')) { [string] $system.value.Name } else { "$env:COMPUTERNAME" }
  $shortName = if ($system.ContainsKey('value')) { [string] $system.value.DNSHostName } else { $netbios }
  $fullName = $shortName
  if ($system.ContainsKey('value') -and $isJoined) { $fullName = "$shortName.$($system.value.Domain)" }
  [ordered]@{
    computerName = $shortName
    fullName = $fullName
    build = Select-Fact $os { [int] $args[0].BuildNumber }
    language = Select-Fact $os { [string] @($args[0].MUILanguages)[0] }
    memory = Select-Fact $os {
      # In KiB.
      @{ bytesTotal = [long] $args[0].TotalVisibleMemorySize * 1KB; bytesFree = [long] $args[0].FreePhysicalMemory * 1KB }
    }
    volumes = Read-List { Get-VolumeFact $machine }
    vmFolder = Select-Fact $vmHost { [string] $args[0].VirtualMachinePath }
    role = Read-Fact { Get-Role }
    domain = Select-Fact $system { @{ joined = $isJoined; name = [string] $args[0].Domain } }
    processor = Read-Fact {
      $first = @(Get-CimInstance @cim -ClassName Win32_Processor)[0]
      [ordered]@{ manufacturer = [string] $first.Manufacturer; name = ([string] $first.Name).Trim(); family = [int] $first.Family; revision = [int] $first.Revision }
    }
    logicalProcessors = Select-Fact $vmHost { [int] $args[0].LogicalProcessorCount }
    numa = Select-Fact $vmHost { Get-Numa $args[0] }
    migration = Select-Fact $vmHost { Get-Migration $args[0] }
    activeMoves = Read-Fact {
      $service = @(Get-CimInstance @cim -Namespace $Virtualization -ClassName Msvm_VirtualSystemMigrationService)[0]
      @{ moves = [int] $service.ActiveVirtualSystemMigrationCount; storageMoves = [int] $service.ActiveStorageMigrationCount }
    }
    credentialGuard = Read-Fact {
      $guard = @(Get-CimInstance @cim -Namespace root/Microsoft/Windows/DeviceGuard -ClassName Win32_DeviceGuard)[0]
      @($guard.SecurityServicesRunning) -contains $credentialGuard
    }
    account = Read-Fact { Get-Account }
    adapters = if ($cards.ContainsKey('value')) { Read-List { Get-Card } } else { $cards }
    switches = if ($switches.ContainsKey('value')) { Read-List { Get-Switch } } else { $switches }
    fileServer = Read-Fact { Get-FileServer }
    supportedVersions = Read-List { Get-VMHostSupportedVersion @hyperv | ForEach-Object { [string] $_.Version } }
    fibreChannelSans = Read-List { Get-VMSan @hyperv | ForEach-Object { [string] $_.Name } }
    guardians = if ($machine.isRemote) { @{ lacks = $true } } else { Read-List { Get-Guardian } }
    partitionableGpus = Read-List { Get-VMHostPartitionableGpu @hyperv | ForEach-Object { [string] $_.Name } }
    plannedVms = Read-List {
      Get-CimInstance @cim -Namespace $Virtualization -ClassName Msvm_PlannedComputerSystem | ForEach-Object { ([string] $_.Name).ToLowerInvariant() }
    }
    cluster = Read-Fact { Get-ClusterFact }
    defender = Read-Fact { Get-Defender $machine }
    dnsServers = Read-List { Get-DnsClientServerAddress @cim | ForEach-Object { $_.ServerAddresses } | Select-Object -Unique }
    gateways = Read-List {
      Get-NetRoute @cim | Where-Object { $defaultRoutes -contains $_.DestinationPrefix } | ForEach-Object { [string] $_.NextHop } | Select-Object -Unique
    }
    moves = Read-List { Get-RunningMove $machine }
  }
}
finally { Close-Machine $machine }
