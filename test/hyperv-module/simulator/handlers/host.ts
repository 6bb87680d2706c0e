/** A host's own cmdlets: facts A.2, A.3, A.7 and A.11. */

import { join } from 'node:path';
import { runningMemoryBytes } from '../../../../src/hosts/lab/facts.ts';
import { hostFolder } from '../../../../src/hosts/lab/layout.ts';
import { type Call, failure, type Handler, type Handlers } from '../call.ts';
import { enumValue } from '../enums.ts';
import type { SimHost } from '../kept.ts';
import type { DoubleObject } from '../wire.ts';
import { hresult } from '../wire.ts';

function vmHost(dir: string, { name, lab, overlay, profile }: SimHost): DoubleObject {
  const { migration } = overlay;
  const folder = join(hostFolder(dir, name), lab.vmVolume);
  return {
    $type: 'VMHost',
    $id: name,
    Name: name.toUpperCase(),
    ComputerName: name,
    FullyQualifiedDomainName: overlay.domain.joined ? overlay.domain.name : '',
    LogicalProcessorCount: lab.processors,
    MemoryCapacity: lab.memoryBytesTotal,
    VirtualMachineMigrationEnabled: migration.enabled,
    VirtualMachineMigrationAuthenticationType: enumValue(
      'MigrationAuthenticationType',
      migration.authentication,
    ),
    VirtualMachineMigrationPerformanceOption: enumValue(
      'VMMigrationPerformance',
      migration.performance,
    ),
    MaximumVirtualMachineMigrations: migration.movesMax,
    MaximumStorageMigrations: migration.storageMovesMax,
    UseAnyNetworkForMigration: migration.useAnyNetwork,
    VirtualHardDiskPath: folder,
    VirtualMachinePath: folder,
    MacAddressMinimum: '00155D010A00',
    MacAddressMaximum: '00155D010AFF',
    NumaSpanningEnabled: overlay.numaSpanning,
    SupportedVmVersions: profile.versions,
    SecureBootTemplates: [],
    FibreChannelWwnn: 'C003FF0000FFFF00',
    IovSupport: false,
    IovSupportReasons: [],
    EnableEnhancedSessionMode: false,
  };
}

const setHost: Handler = async (call) => {
  const { parameters, world, host } = call;
  const { migration } = host.overlay;
  const authentication = parameters.member(
    'VirtualMachineMigrationAuthenticationType',
    'MigrationAuthenticationType',
  );
  const spanning = parameters.bool('NumaSpanningEnabled');
  await world.changeHost(host.name, {
    ...(spanning === undefined ? {} : { numaSpanning: spanning }),
    migration: {
      ...migration,
      movesMax: parameters.number('MaximumVirtualMachineMigrations') ?? migration.movesMax,
      storageMovesMax: parameters.number('MaximumStorageMigrations') ?? migration.storageMovesMax,
      useAnyNetwork: parameters.bool('UseAnyNetworkForMigration') ?? migration.useAnyNetwork,
      authentication:
        authentication === 'CredSSP'
          ? 'CredSSP'
          : authentication === undefined
            ? migration.authentication
            : 'Kerberos',
      performance:
        parameters.member('VirtualMachineMigrationPerformanceOption', 'VMMigrationPerformance') ??
        migration.performance,
    },
  });
  return passthru(call);
};

const passthru = async (call: Call): Promise<DoubleObject | undefined> =>
  call.parameters.flag('Passthru')
    ? vmHost(call.world.dir, await call.world.host(call.host.name))
    : undefined;

const setEnabled =
  (enabled: boolean): Handler =>
  async (call) => {
    const { world, host } = call;
    // Needs a domain: facts A.2.
    if (enabled && !host.overlay.domain.joined)
      throw failure(call, 'not-supported', {
        facts: { host: host.name },
        hresult: hresult(0x80070005),
        category: 'PermissionDenied',
      });
    await world.changeHost(host.name, { migration: { ...host.overlay.migration, enabled } });
    return passthru(call);
  };

const networkObject = (host: SimHost, subnet: string, priority?: number): DoubleObject => ({
  $type: 'VMMigrationNetwork',
  $id: JSON.stringify([host.name, subnet]),
  ComputerName: host.name,
  Subnet: subnet,
  Priority: priority ?? null,
});

const changeNetworks: Handler = async (call) => {
  const { parameters, world, host, cmdlet } = call;
  const subnet = parameters.text('Subnet') ?? '';
  const { migration } = host.overlay;
  const others = migration.networks.filter((each) => each.subnet !== subnet);
  const before = migration.networks.find((each) => each.subnet === subnet);
  const isAdded = cmdlet.startsWith('Add');
  if (isAdded === (before !== undefined))
    throw failure(call, 'parameter-wrong', {
      facts: { detail: subnet },
      errorId: 'InvalidParameter',
      category: 'InvalidArgument',
      hresult: hresult(0x80070057),
    });
  const priority =
    parameters.number('NewPriority') ?? parameters.number('Priority') ?? before?.priority;
  const network = {
    subnet: parameters.text('NewSubnet') ?? subnet,
    ...(priority === undefined ? {} : { priority }),
  };
  const networks = cmdlet.startsWith('Remove') ? others : [...others, network];
  await world.changeHost(host.name, { migration: { ...migration, networks } });
  return parameters.flag('Passthru')
    ? networkObject(host, network.subnet, network.priority)
    : undefined;
};

const numaNodes: Handler = async ({ world, host: { name, lab, overlay } }) => {
  const free = lab.memoryBytesTotal - (await runningMemoryBytes(world.dir, name));
  const mebibytes = (bytes: number) => Math.floor(bytes / overlay.numaNodes / 1024 ** 2);
  return Array.from({ length: overlay.numaNodes }, (_, NodeId) => ({
    $type: 'VMHostNumaNode',
    ComputerName: name,
    NodeId,
    MemoryAvailable: mebibytes(free),
    MemoryTotal: mebibytes(lab.memoryBytesTotal),
    ProcessorsAvailability: Array.from(
      { length: Math.floor(lab.processors / overlay.numaNodes) },
      () => 100,
    ),
  }));
};

const gpus: Handler = ({ host }) =>
  host.overlay.partitionableGpus.map((Name) => ({
    $type: 'VMPartitionableGpu',
    ComputerName: host.name,
    Name,
    PartitionCount: 4,
  }));

export const hostHandlers: Handlers = {
  'Get-VMHost': ({ world, host }) => vmHost(world.dir, host),
  'Set-VMHost': setHost,
  'Enable-VMMigration': setEnabled(true),
  'Disable-VMMigration': setEnabled(false),
  'Get-VMMigrationNetwork': ({ host, parameters }) =>
    host.overlay.migration.networks
      .filter(
        ({ subnet }) => !parameters.has('Subnet') || parameters.texts('Subnet').includes(subnet),
      )
      .map(({ subnet, priority }) => networkObject(host, subnet, priority)),
  'Add-VMMigrationNetwork': changeNetworks,
  'Set-VMMigrationNetwork': changeNetworks,
  'Remove-VMMigrationNetwork': changeNetworks,
  'Get-VMHostSupportedVersion': ({ host: { name, profile }, parameters }) =>
    profile.versions
      .filter((version) => !parameters.flag('Default') || version === profile.defaultVersion)
      .map((version) => ({
        $type: 'VMHostSupportedVersion',
        ComputerName: name,
        Name: `Version ${version}`,
        Version: version,
        IsDefault: version === profile.defaultVersion,
      })),
  'Get-VMHostNumaNode': numaNodes,
  'Get-VMSan': ({ host }) =>
    host.overlay.sans.map((Name) => ({ $type: 'VMSan', ComputerName: host.name, Name, Note: '' })),
  'Get-VMHostPartitionableGpu': gpus,
  'Get-VMPartitionableGpu': gpus,
};
