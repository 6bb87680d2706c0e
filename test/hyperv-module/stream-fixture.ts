/** What the streaming method asks of the simulated Windows, by plain HTTP. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, VM_ID } from './simulator-fixture.ts';

const POLL_MILLISECONDS = 15;
const POLLS_MAX = 2000;

type Properties = Readonly<Record<string, unknown>>;
type Instance = Readonly<Record<string, unknown>> & {
  readonly $type: string;
  readonly $id: string;
};

/** As CimSerializer writes it: each value with its CIM type. */
export function embedded(
  className: string,
  properties: Readonly<Record<string, [string, unknown]>>,
) {
  const written = Object.entries(properties).map(
    ([name, [type, value]]) =>
      `<PROPERTY NAME="${name}" TYPE="${type}"><VALUE>${value}</VALUE></PROPERTY>`,
  );
  return `<INSTANCE CLASSNAME="${className}">${written.join('')}</INSTANCE>`;
}

export const CRASH_CONSISTENT = embedded('Msvm_VirtualSystemSnapshotSettingData', {
  ConsistencyLevel: ['uint8', 2],
  IgnoreNonSnapshottableDisks: ['boolean', 'FALSE'],
});

/** Without disks and checkpoints. */
export const DEFINITION_ALONE = embedded('Msvm_VirtualSystemExportSettingData', {
  CopySnapshotConfiguration: ['uint8', 1],
  CopyVmRuntimeInformation: ['boolean', 'FALSE'],
  CopyVmStorage: ['boolean', 'FALSE'],
  CreateVmExportSubdirectory: ['boolean', 'TRUE'],
});

export const mergeSwitch = (state: 0 | 1, vmId = VM_ID) =>
  embedded('Msvm_DiskMergeSettingData', {
    InstanceID: ['string', `Microsoft:${vmId.toUpperCase()}`],
    EnabledState: ['uint32', state],
  });

export interface Cim {
  one(className: string, filter?: string): Promise<Instance>;
  /** What it returned; a job is waited for to its end. */
  invoke(service: string, method: string, given: object): Promise<Invoked>;
  associated(object: Instance, association: string): Promise<Instance[]>;
  /** Freezes all disks; the Id of the checkpoint. */
  freeze(): Promise<string>;
  /** Takes a checkpoint off; its merge goes on. */
  destroy(id: string): Promise<Invoked>;
}

export interface Invoked {
  readonly value: number;
  readonly job?: Instance;
}

export function cimOf(windows: Bench, host = 'hv-a'): Cim {
  const ask = async (cmdlet: string, parameters: Properties): Promise<Instance[]> => {
    const { output, errors } = await windows.ask(cmdlet, parameters, { host });
    if (errors[0]) throw new Error(`${cmdlet}: ${errors[0].message}`);
    return output as Instance[];
  };
  const first = async (cmdlet: string, parameters: Properties): Promise<Instance> => {
    const [found] = await ask(cmdlet, parameters);
    if (found) return found;
    throw new Error(`${cmdlet} ${JSON.stringify(parameters)} finds nothing`);
  };
  const one: Cim['one'] = (ClassName, Filter) =>
    first('Get-CimInstance', { ClassName, ...(Filter === undefined ? {} : { Filter }) });
  const ended = async (job: Instance): Promise<Instance> => {
    for (let poll = 0; poll < POLLS_MAX; poll++) {
      const now = await first('Get-CimInstance', { InputObject: reference(job) });
      if (Number(now.JobState) >= 7) return now;
      await sleep(POLL_MILLISECONDS);
    }
    throw new Error('The job does not end');
  };
  const invoke: Cim['invoke'] = async (service, MethodName, Arguments) => {
    const InputObject = reference(await one(service));
    const { ReturnValue, Job } = await first('Invoke-CimMethod', {
      InputObject,
      MethodName,
      Arguments,
    });
    const value = Number(ReturnValue);
    return value === 4096 ? { value, job: await ended(Job as Instance) } : { value };
  };
  const associated: Cim['associated'] = (object, Association) =>
    ask('Get-CimAssociatedInstance', { InputObject: reference(object), Association });
  return {
    one,
    invoke,
    associated,
    async freeze() {
      const system = await one('Msvm_ComputerSystem', `Name = '${VM_ID}'`);
      const { value, job } = await invoke('Msvm_VirtualSystemSnapshotService', 'CreateSnapshot', {
        AffectedSystem: reference(system),
        SnapshotSettings: CRASH_CONSISTENT,
        SnapshotType: 32_768,
      });
      if (job?.JobState !== 7) throw new Error(`CreateSnapshot: ${value} ${job?.ErrorDescription}`);
      const elements = await associated(job, 'Msvm_AffectedJobElement');
      const taken = elements.find(({ $type }) => $type === 'Msvm_VirtualSystemSettingData');
      return String(taken?.InstanceID).replace('Microsoft:', '').toLowerCase();
    },
    async destroy(id) {
      const filter = `InstanceID = 'Microsoft:${id.toUpperCase()}'`;
      const snapshot = await one('Msvm_VirtualSystemSettingData', filter);
      const given = { AffectedSnapshot: reference(snapshot) };
      return invoke('Msvm_VirtualSystemSnapshotService', 'DestroySnapshot', given);
    },
  };
}

export const reference = ({ $type, $id }: Instance) => ({ $type, $id });

/** Numbers of the merges' events, oldest first. */
export const mergeEvents = (windows: Bench, host = 'hv-a'): number[] =>
  windows.simulator.events(host).map(({ id }) => id);

/** A disk's chain as Get-VHD tells it, leaf first. */
export async function chainOf(windows: Bench, host = 'hv-a', disk = 0): Promise<string[]> {
  const { HardDrives } = await windows.one('Get-VM', { Id: VM_ID }, { host });
  const paths: string[] = [];
  let next = (HardDrives as readonly { readonly Path: string }[])[disk]?.Path ?? '';
  while (next !== '') {
    paths.push(next);
    next = String((await windows.one('Get-VHD', { Path: next }, { host })).ParentPath);
  }
  return paths;
}
