/** Msvm_ classes of a VM's settings, checkpoints and jobs: facts A.12, D.2 and D.5. */

import type { Call } from '../call.ts';
import { snapshotDetails } from '../checkpoints/snapshots.ts';
import type { SimVm } from '../kept.ts';
import { JOB_STATE, type MoveJob } from '../moves/job.ts';
import { controllerOf } from '../shapes/devices.ts';
import { date } from '../wire.ts';
import type { ConcreteJob } from './concrete-job.ts';

/** Without the wire's own fields, but for `$id`: the key of the instance. */
export type Instance = Readonly<Record<string, unknown>>;

/** Windows writes Ids of VMs and checkpoints in capitals there. */
export const settingId = (id: string): string => `Microsoft:${id.toUpperCase()}`;

/** `Microsoft:GUID` and what may follow it: the Id in small letters. */
export const idOf = (instanceId: string): string =>
  /^Microsoft:([\da-f-]{36})/i.exec(instanceId)?.[1]?.toLowerCase() ?? '';

const START_ACTIONS: Readonly<Record<string, number>> = { Nothing: 2, StartIfRunning: 3, Start: 4 };
const STOP_ACTIONS: Readonly<Record<string, number>> = { TurnOff: 2, Save: 3, ShutDown: 4 };
const CHECKPOINT_TYPES: Readonly<Record<string, number>> = {
  Disabled: 2,
  Production: 3,
  ProductionOnly: 4,
  Standard: 5,
};

function common({ lab, overlay }: SimVm): Instance {
  return {
    Description: 'Virtual Machine Settings',
    VirtualSystemIdentifier: lab.id.toUpperCase(),
    VirtualSystemSubType: `Microsoft:Hyper-V:SubType:${lab.generation}`,
    Notes: lab.notes === '' ? [] : [lab.notes],
    ConfigurationDataRoot: overlay.configurationPath,
    SnapshotDataRoot: overlay.snapshotPath,
    SwapFileDataRoot: overlay.pagingPath,
    AutomaticStartupAction: START_ACTIONS[lab.startAction],
    AutomaticShutdownAction: STOP_ACTIONS[overlay.stopAction],
    AutomaticSnapshotsEnabled: overlay.automaticCheckpoints,
    UserSnapshotType: CHECKPOINT_TYPES[overlay.checkpointType],
    IncrementalBackupEnabled: false,
    Version: overlay.version,
    SecureBootEnabled: lab.generation === 2,
  };
}

export function systemSettings(vm: SimVm): Instance {
  const id = settingId(vm.lab.id);
  return {
    ...common(vm),
    $id: id,
    InstanceID: id,
    Caption: 'Virtual Machine Settings',
    ElementName: vm.lab.name,
    VirtualSystemType: `Microsoft:Hyper-V:System:${vm.isPlanned ? 'Planned' : 'Realized'}`,
    ConfigurationID: vm.lab.id.toUpperCase(),
    ConfigurationFile: `Virtual Machines\\${vm.lab.id.toUpperCase()}.vmcx`,
    IsAutomaticSnapshot: false,
    IsSaved: vm.overlay.state === 'Saved',
  };
}

const SNAPSHOT_TYPES: Readonly<Record<string, string>> = {
  Standard: 'Realized',
  Recovery: 'Recovery',
  Planned: 'Planned',
};

/** Oldest first, those included that are only listed late. */
export function snapshotSettings(call: Call, vm: SimVm): Instance[] {
  const { checkpoints } = vm.lab;
  const all = [...call.world.late.checkpoints(vm), ...checkpoints];
  return all.map((checkpoint, index) => {
    const { id } = checkpoint;
    const { name, type, automatic, createdAt } = snapshotDetails(checkpoint, vm.overlay);
    return {
      ...common(vm),
      $id: settingId(id),
      InstanceID: settingId(id),
      Caption: 'Virtual Machine Settings',
      ElementName: name,
      VirtualSystemType: `Microsoft:Hyper-V:Snapshot:${SNAPSHOT_TYPES[type] ?? type}`,
      ConfigurationID: id.toUpperCase(),
      ConfigurationFile: `Snapshots\\${id.toUpperCase()}.vmcx`,
      CreationTime: date(createdAt ?? Date.UTC(2024, 5, 1, 0, index)),
      IsAutomaticSnapshot: automatic,
      IsSaved: false,
    };
  });
}

/** One for each disk of a VM, or of what a checkpoint froze. */
export function storageSettings(call: Call, vm: SimVm, snapshotId?: string): Instance[] {
  const checkpoint = vm.lab.checkpoints.find(({ id }) => id === snapshotId);
  const owner = settingId(snapshotId ?? vm.lab.id);
  return vm.lab.disks
    .filter((disk) => !disk.passThrough)
    .map((disk) => {
      const { number, location } = controllerOf(disk.id);
      const path = checkpoint?.frozen[disk.id] ?? disk.path;
      const InstanceID = `${owner}\\${number}\\${location}\\D`;
      return {
        $id: InstanceID,
        InstanceID,
        ElementName: 'Hard Disk Image',
        ResourceType: 31,
        ResourceSubType: 'Microsoft:Hyper-V:Virtual Hard Disk',
        PoolID: '',
        HostResource: [call.world.shown(path)],
        AddressOnParent: String(location),
      };
    });
}

export const exportSettings = ({ lab }: SimVm): Instance => ({
  $id: settingId(lab.id),
  InstanceID: settingId(lab.id),
  Caption: 'Virtual System Export Setting Data',
  Description: 'Microsoft Virtual System Export Setting Data',
  ElementName: 'Virtual System Export Setting Data',
  CaptureLiveState: 1,
  CopySnapshotConfiguration: 0,
  CopyVmRuntimeInformation: true,
  CopyVmStorage: true,
  CreateVmExportSubdirectory: true,
  BackupIntent: 0,
  ExportForLiveMigration: false,
  DisableDifferentialOfIgnoredStorage: false,
  ExcludedVirtualHardDisks: [],
});

/** `Microsoft:GUID` of the VM, as seen in a public dump of a host's instances. */
export const diskMergeSettings = ({ lab, overlay }: SimVm): Instance => ({
  $id: settingId(lab.id),
  InstanceID: settingId(lab.id),
  Caption: 'Disk Merge Setting Data',
  Description: 'Microsoft Disk Merge Setting Data',
  ElementName: 'Disk Merge Setting Data',
  EnabledState: overlay.diskMergeOff === true ? 0 : 1,
});

/** What jobs of either kind tell of their course. */
export const courseOf = (job: ConcreteJob | MoveJob): Instance => ({
  ErrorDescription: job.error?.message ?? '',
  ErrorSummaryDescription: job.error?.message ?? '',
  StartTime: date(job.startedAt),
  TimeOfLastStateChange: date(job.changedAt),
  // Spans, in seconds.
  ElapsedTime: ((job.isOver ? job.changedAt : Date.now()) - job.startedAt) / 1000,
  TimeBeforeRemoval: 300,
});

export const concreteJob = (job: ConcreteJob): Instance => ({
  $id: job.instanceId,
  InstanceID: job.instanceId,
  Name: 'Msvm_ConcreteJob',
  Caption: job.caption,
  Description: job.caption,
  ElementName: job.caption,
  JobState: job.state,
  JobStatus: job.error?.message ?? (job.isOver ? 'Job completed successfully' : 'Job is running'),
  PercentComplete: job.state === JOB_STATE.completed ? 100 : job.isOver ? 99 : 0,
  Cancellable: false,
  DeleteOnCompletion: false,
  ErrorCode: job.error === undefined ? 0 : 32_768,
  ...courseOf(job),
  OperationalStatus: job.error === undefined ? [2] : [6],
});
