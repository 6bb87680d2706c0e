/** Instances of CIM classes, as Get-CimInstance and the associations give them. */

import type { Call } from '../call.ts';
import { isOfClass } from '../enums.ts';
import { matches } from '../handlers/where.ts';
import { type CimClasses, WIN32_CLASSES } from '../handlers/win32.ts';
import type { GivenObject } from '../parameters.ts';
import type { DoubleObject } from '../wire.ts';
import { MOVE_CLASSES } from './move-classes.ts';
import {
  concreteJob,
  diskMergeSettings,
  exportSettings,
  type Instance,
  idOf,
  snapshotSettings,
  storageSettings,
  systemSettings,
} from './setting-data.ts';

const service = (name: string) => (call: Call) => [
  { Name: 'vmms', ElementName: name, SystemName: call.host.name, Started: true },
];

const CLASSES: CimClasses = {
  ...WIN32_CLASSES,
  ...MOVE_CLASSES,
  Msvm_PlannedComputerSystem: ({ world, host }) => {
    const imports = world.kept.imports.filter((each) => each.host === host.name);
    const planned = [
      ...world.plannedOn(host.name).map(({ vmId, name }) => ({ vmId, name })),
      ...imports.map(({ lab }) => ({ vmId: lab.id, name: lab.name })),
    ];
    return planned.map(({ vmId, name }) => ({
      $id: vmId,
      Name: vmId.toUpperCase(),
      ElementName: name,
      Caption: 'Planned Virtual Machine',
    }));
  },
  Msvm_ComputerSystem: async ({ world, host }) =>
    (await world.vms(host.name)).map(({ lab }) => ({
      $id: lab.id,
      Name: lab.id.toUpperCase(),
      ElementName: lab.name,
      Caption: 'Virtual Machine',
    })),
  Msvm_VirtualSystemManagementService: service('Hyper-V Virtual System Management Service'),
  Msvm_VirtualSystemSnapshotService: service('Hyper-V Virtual System Snapshot Service'),
  Msvm_VirtualSystemSettingData: async (call) => {
    const vms = await call.world.vms(call.host.name);
    const planned = call.world.kept.imports
      .filter(({ host }) => host === call.host.name)
      .flatMap(({ lab }) => call.world.importOf(call.host.name, lab.id) ?? []);
    return [
      ...[...vms, ...planned].map(systemSettings),
      ...vms.flatMap((vm) => snapshotSettings(call, vm)),
    ];
  },
  Msvm_VirtualSystemExportSettingData: async ({ world, host }) =>
    (await world.vms(host.name)).map(exportSettings),
  Msvm_DiskMergeSettingData: async ({ world, host }) =>
    (await world.vms(host.name)).map(diskMergeSettings),
  Msvm_StorageAllocationSettingData: async (call) =>
    (await call.world.vms(call.host.name)).flatMap((vm) => [
      ...storageSettings(call, vm),
      ...vm.lab.checkpoints.flatMap(({ id }) => storageSettings(call, vm, id)),
    ]),
  Msvm_ConcreteJob: ({ world, host }) =>
    world.jobs.filter((job) => job.host === host.name && !job.isDropped).map(concreteJob),
};

/** As it is written in the data; `undefined` for a class that this Windows has not. */
export const classNamed = (wanted: string): string | undefined =>
  Object.keys(CLASSES).find((each) => each.toLowerCase() === wanted.toLowerCase());

export async function instancesOf(
  call: Call,
  className: string,
  filter = '',
): Promise<DoubleObject[]> {
  const found = (await CLASSES[className]?.(call, filter)) ?? [];
  return found.map((each) => wired(call, className, each)).filter((each) => matches(each, filter));
}

const wired = (call: Call, className: string, instance: Instance): DoubleObject => ({
  $type: className,
  ...instance,
  $id: JSON.stringify([call.host.name, className, instance.$id ?? '']),
  $computer: call.host.name === call.runsOn ? null : call.host.name,
});

/** A reference: CIM fills nothing but the key. */
export const referenceTo = (call: Call, className: string, key: string): DoubleObject =>
  wired(call, className, { $id: key, InstanceID: key });

/** What tells an instance from others of its class. */
export function keyOfInstance({ $id = '' }: GivenObject): string {
  const parts: unknown = $id.startsWith('[') ? JSON.parse($id) : undefined;
  return Array.isArray(parts) ? String(parts[2] ?? '') : '';
}

/** What the object is associated with. Associations that this Windows has not give nothing. */
export async function associatedWith(
  call: Call,
  object: GivenObject,
  { association, resultClass }: { association?: string; resultClass?: string },
): Promise<DoubleObject[]> {
  const found: DoubleObject[] = [];
  for (const { name, className, keys } of await linksOf(call, object)) {
    if (association !== undefined && association.toLowerCase() !== name.toLowerCase()) continue;
    if (resultClass !== undefined && !isOfClass(className, resultClass)) continue;
    const all = await instancesOf(call, className);
    for (const each of all) {
      if (keys.includes(keyOfInstance(each as GivenObject))) found.push(each);
    }
  }
  return found;
}

interface Link {
  readonly name: string;
  readonly className: string;
  readonly keys: readonly string[];
}

async function linksOf(call: Call, object: GivenObject): Promise<Link[]> {
  const key = keyOfInstance(object);
  if (object.$type === 'Msvm_ConcreteJob') {
    const job = call.world.jobs.find(
      ({ instanceId, isDropped }) => instanceId === key && !isDropped,
    );
    return (job?.affected ?? []).map((each) => ({
      name: 'Msvm_AffectedJobElement',
      className: each.className,
      keys: [each.key],
    }));
  }
  if (object.$type === 'Msvm_ComputerSystem') return linksOfSystem(call, key);
  if (object.$type === 'Msvm_VirtualSystemSettingData') return linksOfSettings(call, idOf(key));
  return [];
}

async function linksOfSystem(call: Call, vmId: string): Promise<Link[]> {
  const vm = await call.world.vm(call.host.name, vmId);
  if (vm === undefined) return [];
  const own = [`Microsoft:${vmId.toUpperCase()}`];
  const snapshots = snapshotSettings(call, vm).map(({ InstanceID }) => String(InstanceID));
  const settings = 'Msvm_VirtualSystemSettingData';
  return [
    { name: 'Msvm_SettingsDefineState', className: settings, keys: own },
    { name: 'Msvm_SnapshotOfVirtualSystem', className: settings, keys: snapshots },
    { name: 'Msvm_MostCurrentSnapshotInBranch', className: settings, keys: snapshots.slice(-1) },
    {
      name: 'Msvm_SystemExportSettingData',
      className: 'Msvm_VirtualSystemExportSettingData',
      keys: own,
    },
    { name: 'Msvm_ElementSettingData', className: 'Msvm_DiskMergeSettingData', keys: own },
  ];
}

/** Of a VM or of one of its checkpoints. */
async function linksOfSettings(call: Call, id: string): Promise<Link[]> {
  const vms = await call.world.vms(call.host.name);
  const owner = vms.find(
    ({ lab }) => lab.id === id || lab.checkpoints.some((one) => one.id === id),
  );
  if (owner === undefined) return [];
  const isVm = owner.lab.id === id;
  const keys = storageSettings(call, owner, isVm ? undefined : id).map(({ $id }) => String($id));
  const systems = { className: 'Msvm_ComputerSystem', keys: [owner.lab.id] };
  return [
    {
      name: 'Msvm_VirtualSystemSettingDataComponent',
      className: 'Msvm_StorageAllocationSettingData',
      keys,
    },
    { name: isVm ? 'Msvm_SettingsDefineState' : 'Msvm_SnapshotOfVirtualSystem', ...systems },
  ];
}
