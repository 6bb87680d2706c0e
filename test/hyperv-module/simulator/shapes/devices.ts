/** A VM's devices and settings as the module shows them: facts A.7. */

import type { LabCheckpoint, LabDisk } from '../../../../src/hosts/lab/state.ts';
import { snapshotDetails } from '../checkpoints/snapshots.ts';
import { guidOf } from '../defaults.ts';
import { enumValue } from '../enums.ts';
import type { SimVm } from '../kept.ts';
import type { ServiceName } from '../overlay.ts';
import { type DoubleObject, date } from '../wire.ts';
import type { World } from '../world.ts';

/** What every part of a VM says of it; the `$id` finds the part again: host, VM, part. */
export function partOf(vm: SimVm, $type: string, part: string) {
  const { id, name } = vm.lab;
  return {
    $type,
    $id: JSON.stringify([vm.host, id, part]),
    ComputerName: vm.host,
    VMId: id,
    VMName: name,
  };
}

/** The same of objects that do not name their VM. */
export const settingOf = (vm: SimVm, $type: string, part: string) => ({
  $type,
  $id: JSON.stringify([vm.host, vm.lab.id, part]),
  ComputerName: vm.host,
});

/** `SCSI 0:1` in its three parts. */
export function controllerOf(diskId: string) {
  const [, type = 'SCSI', number = '0', location = '0'] = /^(\w+) (\d+):(\d+)$/.exec(diskId) ?? [];
  return { type, number: Number(number), location: Number(location) };
}

export const hardDisks = (world: World, vm: SimVm): DoubleObject[] =>
  vm.lab.disks.map((disk) => hardDisk(world, vm, disk));

function hardDisk(world: World, vm: SimVm, disk: LabDisk): DoubleObject {
  const { type, number, location } = controllerOf(disk.id);
  const { shared = false, minimumIops = 0, maximumIops = 0 } = vm.overlay.disks[disk.id] ?? {};
  const isIde = type === 'IDE';
  return {
    ...partOf(vm, 'HardDiskDrive', disk.id),
    Name: `Hard Drive on ${type} controller number ${number} at location ${location}`,
    Id: `Microsoft:${vm.lab.id.toUpperCase()}\\${guidOf(disk.id).toUpperCase()}\\${number}\\${location}\\D`,
    // A pass-through disk has a device's text for a path (facts B10).
    Path: disk.passThrough ? `Disk 3 ${disk.virtualBytes} bytes` : world.shown(disk.path),
    DiskNumber: disk.passThrough ? 3 : null,
    ControllerType: enumValue('ControllerType', isIde ? 'IDE' : 'SCSI'),
    ControllerNumber: number,
    ControllerLocation: location,
    PoolName: 'Primordial',
    SupportPersistentReservations: shared,
    MinimumIOPS: minimumIops,
    MaximumIOPS: maximumIops,
    QoSPolicyID: '00000000-0000-0000-0000-000000000000',
    WriteHardeningMethod: 0,
    VMSnapshotId: '00000000-0000-0000-0000-000000000000',
  };
}

/** The files that a checkpoint froze, where they are attached. */
export const frozenDisks = (
  world: World,
  vm: SimVm,
  { id, frozen }: LabCheckpoint,
): DoubleObject[] =>
  vm.lab.disks.flatMap((disk) => {
    const path = frozen[disk.id];
    if (path === undefined) return [];
    return { ...hardDisk(world, vm, { ...disk, path }), VMSnapshotId: id };
  });

export const dvdDrives = (vm: SimVm): DoubleObject[] =>
  vm.overlay.dvdDrives.map(({ controller, location, media, path }) => ({
    ...partOf(vm, 'DvdDrive', `${controller}:${location}`),
    Name: `DVD Drive on SCSI controller number ${controller} at location ${location}`,
    Id: `Microsoft:${vm.lab.id.toUpperCase()}\\${controller}\\${location}`,
    DvdMediaType: enumValue('DvdMediaType', media),
    Path: media === 'None' ? null : path,
    ControllerType: enumValue('ControllerType', vm.lab.generation === 1 ? 'IDE' : 'SCSI'),
    ControllerNumber: controller,
    ControllerLocation: location,
    PoolName: 'Primordial',
  }));

export const processorOf = (vm: SimVm): DoubleObject => ({
  ...partOf(vm, 'VMProcessor', 'processor'),
  Name: 'Processor',
  Count: vm.lab.processors,
  CompatibilityForMigrationEnabled: vm.overlay.processor.compatibleForMigration,
  CompatibilityForOlderOperatingSystemsEnabled: false,
  ExposeVirtualizationExtensions: vm.overlay.processor.exposesVirtualization,
  HwThreadCountPerCore: 0,
  Reserve: 0,
  Maximum: 100,
  RelativeWeight: 100,
  MaximumCountPerNumaNode: vm.overlay.processor.countPerNumaNodeMax,
  MaximumCountPerNumaSocket: 1,
});

export const memoryOf = (vm: SimVm): DoubleObject => ({
  ...partOf(vm, 'VMMemory', 'memory'),
  Name: 'Memory',
  Startup: vm.lab.memoryStartupBytes,
  Minimum: vm.overlay.memory.minimumBytes,
  Maximum: vm.overlay.memory.maximumBytes,
  Buffer: vm.overlay.memory.buffer,
  Priority: 50,
  DynamicMemoryEnabled: vm.overlay.memory.dynamic,
  MaximumPerNumaNode: 16_384,
});

export const securityOf = (vm: SimVm): DoubleObject => ({
  ...settingOf(vm, 'VMSecurity', 'security'),
  TpmEnabled: vm.overlay.security.tpm,
  KsdEnabled: false,
  Shielded: vm.overlay.security.shielded,
  EncryptStateAndVmMigrationTraffic: vm.overlay.security.shielded,
  VirtualizationBasedSecurityOptOut: false,
  BindToHostTpm: false,
});

export const firmwareOf = (vm: SimVm): DoubleObject => ({
  ...partOf(vm, 'VMFirmware', 'firmware'),
  BootOrder: [],
  SecureBoot: enumValue('OnOffState', 'On'),
  SecureBootTemplate: 'MicrosoftWindows',
  SecureBootTemplateId: '1734c6e8-3154-4dda-ba5f-a874cc483422',
  PauseAfterBootFailure: enumValue('OnOffState', 'Off'),
});

export const fibreChannelOf = (vm: SimVm): DoubleObject[] =>
  vm.overlay.sans.map((san, index) => ({
    ...partOf(vm, 'VMFibreChannelHba', `hba ${index}`),
    Name: 'Fibre Channel Adapter',
    SanName: san,
    WorldWideNodeNameSetA: 'C003FF0000FFFF00',
    WorldWidePortNameSetA: `C003FF5778E500${index}0`,
    WorldWideNodeNameSetB: 'C003FF0000FFFF00',
    WorldWidePortNameSetB: `C003FF5778E500${index}2`,
  }));

export const assignedDevicesOf = (vm: SimVm): DoubleObject[] =>
  vm.overlay.assignedDevices.map((path) => ({
    ...partOf(vm, 'VMAssignedDevice', path),
    Name: 'PCI Express Port',
    InstanceID: `PCIP\\${guidOf(path)}`,
    LocationPath: path,
    ResourcePoolName: 'Primordial',
    VirtualFunction: 0,
  }));

export const gpuPartitionsOf = (vm: SimVm): DoubleObject[] =>
  vm.overlay.gpuPartitions.map(({ canLeave }, index) => ({
    ...partOf(vm, 'VMGpuPartitionAdapter', `gpu ${index}`),
    Name: 'GPU Partition Adapter',
    MinPartitionVRAM: 1,
    MaxPartitionVRAM: 1_000_000_000,
    OptimalPartitionVRAM: 1_000_000_000,
    SupportsOutgoingLiveMigration: canLeave,
  }));

export const snapshotsOf = (world: World, vm: SimVm): DoubleObject[] =>
  [...world.late.checkpoints(vm), ...vm.lab.checkpoints].map((checkpoint, index, all) => {
    const { id } = checkpoint;
    const { name, type, automatic, createdAt } = snapshotDetails(checkpoint, vm.overlay);
    const parent = all[index - 1];
    return {
      ...partOf(vm, 'VMSnapshot', id),
      $id: JSON.stringify([vm.host, vm.lab.id, id]),
      Id: id,
      Name: name,
      SnapshotType: enumValue('SnapshotType', type),
      IsAutomaticCheckpoint: automatic,
      ParentSnapshotId: parent?.id ?? null,
      ParentSnapshotName: parent ? snapshotDetails(parent, vm.overlay).name : null,
      Path: vm.overlay.snapshotPath,
      HardDrives: frozenDisks(world, vm, checkpoint),
      CreationTime: date(createdAt ?? Date.UTC(2024, 5, 1, 0, index)),
      State: enumValue('VMState', 'Off'),
      Version: vm.overlay.version,
    };
  });

export function replicationOf(vm: SimVm): DoubleObject | undefined {
  const { replication } = vm.overlay;
  if (replication === null) return undefined;
  return {
    ...partOf(vm, 'VMReplication', 'replication'),
    ReplicationMode: enumValue('VMReplicationMode', replication.mode),
    ReplicationState: enumValue('VMReplicationState', replication.state),
    ReplicationHealth: enumValue('VMReplicationHealthState', 'Normal'),
    PrimaryServerName: replication.primaryServer,
    ReplicaServerName: replication.replicaServer,
    CurrentReplicaServerName: replication.replicaServer,
    ReplicaServerPort: 80,
    ReplicationFrequencySec: 300,
    LastReplicationTime: date(Date.UTC(2024, 5, 1)),
    ReplicationRelationshipType: enumValue('VMReplicationRelationshipType', 'Simple'),
  };
}

/** Ids are the same in every language; names are not (facts A.7). */
const SERVICES: readonly {
  readonly id: string;
  readonly name: ServiceName;
  readonly words: Readonly<Record<'en-US' | 'it-IT', string>>;
}[] = [
  {
    id: '84EAAE65-2F2E-45F5-9BB5-0E857DC8EB47',
    name: 'heartbeat',
    words: { 'en-US': 'Heartbeat', 'it-IT': 'Heartbeat' },
  },
  {
    id: '9F8233AC-BE49-4C79-8EE3-E7E1985B2077',
    name: 'shutdown',
    words: { 'en-US': 'Shutdown', 'it-IT': 'Arresto' },
  },
  {
    id: '5CED1297-4598-4915-A5FC-AD21BB4D02A4',
    name: 'vss',
    words: { 'en-US': 'VSS', 'it-IT': 'Servizio Copia Shadow del volume' },
  },
];

export function integrationServices(world: World, vm: SimVm, isOn: boolean): DoubleObject[] {
  const { language } = world.overlayOf(vm.host);
  return SERVICES.map(({ id, name, words }) => {
    const status = isOn && vm.overlay.services[name] ? 'Ok' : 'NoContact';
    return {
      ...partOf(vm, 'VMIntegrationComponent', id),
      Id: `Microsoft:${vm.lab.id.toUpperCase()}\\${id}`,
      Name: words[language],
      Enabled: vm.overlay.services[name],
      PrimaryOperationalStatus: enumValue('VMIntegrationComponentOperationalStatus', status),
      PrimaryStatusDescription: status === 'Ok' ? 'OK' : '',
    };
  });
}
