/** `Msvm_VirtualSystemSnapshotService`: facts D.2; the pages of its methods. */

import type { Call } from '../call.ts';
import { removeSnapshots, takeSnapshot } from '../checkpoints/snapshots.ts';
import type { SimVm } from '../kept.ts';
import type { GivenObject } from '../parameters.ts';
import { jobOn } from './concrete-job.ts';
import { type EmbeddedFault, readEmbedded } from './embedded.ts';
import { keyOfInstance } from './instances.ts';
import { jobFailure, type Method, type Methods, RETURNED, started } from './method.ts';
import { idOf, settingId } from './setting-data.ts';

/** The service's own codes; the vendor's are those of `RETURNED`. */
const OWN = { invalidParameter: 4, invalidType: 6 } as const;
const RECOVERY = 32_768;
const TYPES: Readonly<Record<number, 'Standard' | 'Recovery'>> = {
  2: 'Standard',
  3: 'Standard',
  [RECOVERY]: 'Recovery',
};
/** Before 2016 the class of the settings is not there. */
const BUILD_MIN = 14_393;
const CRASH_CONSISTENT = 2;
const NOT_SUPPORTED = 0x80070032;

const createSnapshot: Method = {
  takes: {
    AffectedSystem: 'ref',
    SnapshotSettings: 'string',
    SnapshotType: 'uint16',
    ResultingSnapshot: 'ref',
  },
  async act({ call, given }) {
    const vm = await vmOf(call, given.AffectedSystem);
    const type = TYPES[Number(given.SnapshotType)];
    if (vm === undefined || type === undefined) return OWN.invalidParameter;
    const settings = settingsOf(call, String(given.SnapshotSettings ?? ''), type);
    if (typeof settings === 'number') return settings;
    if (await isBusy(call, vm)) return RETURNED.invalidState;
    const caption = 'Creating Checkpoint';
    return started(call, { vmId: vm.lab.id, caption }, async () => {
      refuseUnfit(call, vm, settings);
      const id = await takeSnapshot(call.world, vm, { type });
      return [{ className: 'Msvm_VirtualSystemSettingData', key: settingId(id) }];
    });
  },
};

interface Settings {
  readonly isConsistent: boolean;
  readonly ignoresOthers: boolean;
}

function settingsOf(call: Call, text: string, type: string): Settings | number {
  if (type !== 'Recovery') return { isConsistent: false, ignoresOthers: false };
  // Empty means the defaults: consistent for applications, and no disk may be left out.
  if (text === '') return { isConsistent: true, ignoresOthers: false };
  if (call.host.profile.build < BUILD_MIN) return OWN.invalidParameter;
  const read = readEmbedded(text, 'Msvm_VirtualSystemSnapshotSettingData');
  if (typeof read === 'string') return codeOf(read);
  return {
    isConsistent: read.properties.get('ConsistencyLevel') !== CRASH_CONSISTENT,
    ignoresOthers: read.properties.get('IgnoreNonSnapshottableDisks') === true,
  };
}

const codeOf = (fault: EmbeddedFault): number =>
  fault === 'wrong type' ? OWN.invalidType : OWN.invalidParameter;

/** @throws WindowsError for a VM that cannot be frozen so */
function refuseUnfit(call: Call, vm: SimVm, { isConsistent, ignoresOthers }: Settings): void {
  const { lab, overlay } = vm;
  const ordered = call.world.faults.take('checkpoint-fails', {
    vm: [lab.id, lab.name],
    host: vm.host,
  });
  const isUnfit =
    lab.disks.some(({ id, passThrough }) => passThrough || overlay.disks[id]?.shared) ||
    overlay.sans.length > 0;
  const code =
    ordered?.hresult ??
    (isUnfit && !ignoresOthers ? NOT_SUPPORTED : undefined) ??
    (isConsistent && !overlay.services.vss ? 0x800423f2 : undefined);
  if (code !== undefined) throw jobFailure(call, 'checkpoint-failed', { vm: lab.name, code });
}

const destroySnapshot: Method = {
  takes: { AffectedSnapshot: 'ref' },
  async act({ call, given }) {
    const id = idOf(keyOfInstance((given.AffectedSnapshot ?? {}) as GivenObject));
    const vms = await call.world.vms(call.host.name);
    const vm = vms.find(({ lab }) => lab.checkpoints.some((each) => each.id === id));
    if (vm === undefined) return OWN.invalidParameter;
    if (jobOn(call.world, vm.host, vm.lab.id) !== undefined) return RETURNED.invalidState;
    const caption = 'Deleting Checkpoint';
    return started(call, { vmId: vm.lab.id, caption }, async () => {
      const now = (await call.world.vm(vm.host, vm.place.vmId)) ?? vm;
      await removeSnapshots(call.world, now, [id]);
      return [];
    });
  },
};

export const snapshotMethods: Methods = {
  CreateSnapshot: createSnapshot,
  DestroySnapshot: destroySnapshot,
};

/** The VM that a reference names; its key is its Id. */
export const vmOf = (call: Call, reference: unknown): Promise<SimVm | undefined> =>
  call.world.vm(call.host.name, keyOfInstance((reference ?? {}) as GivenObject));

/** While something else works on it, and in states in which nothing can be frozen. */
export async function isBusy(call: Call, vm: SimVm): Promise<boolean> {
  const { world } = call;
  return (
    world.moveOf(vm.lab.id) !== undefined ||
    jobOn(world, vm.host, vm.lab.id) !== undefined ||
    vm.lab.merging ||
    !['Running', 'Off', 'Paused'].includes(await world.stateOf(vm))
  );
}
