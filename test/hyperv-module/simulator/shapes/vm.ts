/** `Get-VM`'s object: facts A.7. */

import { snapshotDetails } from '../checkpoints/snapshots.ts';
import { enumValue } from '../enums.ts';
import type { SimVm } from '../kept.ts';
import { type DoubleObject, date } from '../wire.ts';
import { jobOn } from '../wmi/concrete-job.ts';
import type { World } from '../world.ts';
import { dvdDrives, hardDisks, integrationServices } from './devices.ts';
import { networkAdapters } from './network.ts';

const CREATED = Date.UTC(2024, 0, 15, 8, 30);

export async function virtualMachine(world: World, vm: SimVm): Promise<DoubleObject> {
  const { lab, overlay, host } = vm;
  const state = await world.stateOf(vm);
  const isOn = /^(Running|Paused|Starting|Stopping)/.test(state);
  const [primary, secondary] = statusOf(world, vm);
  const parent = lab.checkpoints.at(-1);
  const services = integrationServices(world, vm, isOn);
  return {
    $type: 'VirtualMachine',
    $id: lab.id,
    ComputerName: host,
    Id: lab.id,
    Name: lab.name,
    State: enumValue('VMState', state),
    Status: statusText(world, vm),
    OperationalStatus: [primary, ...(secondary ? [secondary] : [])],
    PrimaryOperationalStatus: primary,
    SecondaryOperationalStatus: secondary,
    PrimaryStatusDescription: primary ? statusText(world, vm) : '',
    SecondaryStatusDescription: '',
    Generation: lab.generation,
    Version: overlay.version,
    Path: overlay.configurationPath,
    ConfigurationLocation: overlay.configurationPath,
    SnapshotFileLocation: overlay.snapshotPath,
    SmartPagingFilePath: overlay.pagingPath,
    SmartPagingFileInUse: false,
    MemoryAssigned: isOn ? lab.memoryStartupBytes : 0,
    MemoryDemand: isOn ? Math.floor(lab.memoryStartupBytes * 0.6) : 0,
    MemoryStartup: lab.memoryStartupBytes,
    MemoryMinimum: overlay.memory.dynamic ? overlay.memory.minimumBytes : lab.memoryStartupBytes,
    MemoryMaximum: overlay.memory.dynamic ? overlay.memory.maximumBytes : lab.memoryStartupBytes,
    MemoryStatus: '',
    DynamicMemoryEnabled: overlay.memory.dynamic,
    ProcessorCount: lab.processors,
    CPUUsage: isOn ? 3 : 0,
    CheckpointType: enumValue('CheckpointType', overlay.checkpointType),
    AutomaticCheckpointsEnabled: overlay.automaticCheckpoints,
    ParentSnapshotId: parent?.id ?? null,
    ParentSnapshotName: parent ? snapshotDetails(parent, overlay).name : null,
    AutomaticStartAction: enumValue('StartAction', lab.startAction),
    AutomaticStartDelay: overlay.startDelay,
    AutomaticStopAction: enumValue('StopAction', overlay.stopAction),
    AutomaticCriticalErrorAction: enumValue('CriticalErrorAction', 'Pause'),
    ReplicationState: enumValue('VMReplicationState', overlay.replication?.state ?? 'Disabled'),
    ReplicationMode: enumValue('VMReplicationMode', overlay.replication?.mode ?? 'None'),
    ReplicationHealth: enumValue(
      'VMReplicationHealthState',
      overlay.replication === null ? 'NotApplicable' : 'Normal',
    ),
    IsClustered: world.groupOf(lab.id) !== undefined,
    HardDrives: hardDisks(world, vm),
    NetworkAdapters: networkAdapters(vm, isOn),
    DVDDrives: dvdDrives(vm),
    FloppyDrive: null,
    FibreChannelHostBusAdapters: [],
    RemoteFxAdapter: null,
    ComPort1: null,
    ComPort2: null,
    VMIntegrationService: services,
    IntegrationServicesState: '',
    IntegrationServicesVersion: isOn ? '10.0' : '0.0',
    Heartbeat: heartbeat(vm, isOn),
    Notes: lab.notes,
    SizeOfSystemFiles: 51_200,
    VirtualMachineType: enumValue(
      'VirtualMachineType',
      vm.isPlanned ? 'PlannedVirtualMachine' : 'RealizedVirtualMachine',
    ),
    VirtualMachineSubType: enumValue('VirtualMachineSubType', `Generation${lab.generation}`),
    // A span, in seconds.
    Uptime: isOn ? 3600 : 0,
    CreationTime: date(CREATED),
    Groups: [],
    NumaAligned: null,
    NumaNodesCount: 1,
    NumaSocketCount: 1,
    GuestControlledCacheTypes: false,
    LowMemoryMappedIoSpace: 134_217_728,
    HighMemoryMappedIoSpace: 536_870_912,
    LockOnDisconnect: enumValue('OnOffState', 'Off'),
  };
}

/** What a move or a check keeps at the target: only some releases' faults list it. */
export const plannedMachine = (host: string, vmId: string, name: string): DoubleObject => ({
  $type: 'VirtualMachine',
  $id: vmId,
  ComputerName: host,
  Id: vmId,
  Name: name,
  State: enumValue('VMState', 'Off'),
  Status: '',
  OperationalStatus: [],
  PrimaryOperationalStatus: enumValue('VMOperationalStatus', 'Ok'),
  SecondaryOperationalStatus: null,
  Generation: 2,
  IsClustered: false,
  HardDrives: [],
  NetworkAdapters: [],
  VirtualMachineType: enumValue('VirtualMachineType', 'PlannedVirtualMachine'),
});

/** What the VM says of itself while such a job works on it. */
const SNAPSHOT_JOBS: Readonly<Record<string, string>> = {
  'Creating Checkpoint': 'CreatingSnapshot',
  'Deleting Checkpoint': 'DeletingSnapshot',
  'Exporting virtual machine': 'ExportingVirtualMachine',
};

function statusOf(world: World, vm: SimVm) {
  const { lab, overlay } = vm;
  const job = world.moveOf(lab.id);
  if (job !== undefined) {
    const detail = {
      copying: 'StorageMigrationPhaseOne',
      mirroring: 'StorageMigrationPhaseTwo',
      memory: 'MigratingVirtualMachine',
      switching: 'MigratingVirtualMachine',
    } as const;
    return statusPair('InService', detail[job.request.way === 'storage' ? job.phase : 'memory']);
  }
  const doing = SNAPSHOT_JOBS[jobOn(world, vm.host, lab.id)?.caption ?? ''];
  if (doing !== undefined) return statusPair('InService', doing);
  const isMerging = lab.merging || world.late.status(vm);
  if (isMerging && overlay.secondaryStatus === undefined)
    return statusPair('InService', 'MergingDisks');
  return statusPair(overlay.primaryStatus, overlay.secondaryStatus);
}

const statusPair = (primary: string, secondary?: string) =>
  [
    enumValue('VMOperationalStatus', primary),
    secondary === undefined ? null : enumValue('VMOperationalStatus', secondary),
  ] as const;

/** Localised on purpose: nobody may parse it (facts A.12). */
function statusText(world: World, { lab, host }: SimVm): string {
  const job = world.moveOf(lab.id);
  const isItalian = world.overlayOf(host).language === 'it-IT';
  if (job === undefined) return isItalian ? 'Funzionamento normale' : 'Operating normally';
  const percent = Math.floor(job.percent);
  return isItalian ? `Spostamento (${percent}%)` : `Moving virtual machine (${percent}%)`;
}

function heartbeat({ overlay }: SimVm, isOn: boolean) {
  const name = !isOn
    ? 'NoContact'
    : overlay.services.heartbeat
      ? 'OkApplicationsHealthy'
      : 'NoContact';
  return enumValue('VMHeartbeatStatus', name);
}
