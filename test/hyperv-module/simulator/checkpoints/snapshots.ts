/** Taking a checkpoint, and taking one off the list: facts A.8 and D.2. What follows is the merge's. */

import { randomUUID } from 'node:crypto';
import { runJob } from '../../../../src/hosts/lab/control.ts';
import type { LabCheckpoint } from '../../../../src/hosts/lab/state.ts';
import type { SimVm } from '../kept.ts';
import type { CheckpointOverlay, VmOverlay } from '../overlay.ts';
import type { World } from '../world.ts';

export interface NewSnapshot {
  readonly type: 'Standard' | 'Recovery';
  /** Nothing: as Windows names them. */
  readonly name?: string;
  readonly automatic?: boolean;
}

/** All disks at once; the Id of what was taken. */
export async function takeSnapshot(
  world: World,
  vm: SimVm,
  { type, name, automatic = false }: NewSnapshot,
): Promise<string> {
  // The lab knows checkpoints by their names, and Windows does not mind two alike.
  const mark = `${type} ${randomUUID()}`;
  await runJob(vm.place, { command: 'freeze', name: mark });
  const now = await world.vm(vm.host, vm.place.vmId);
  const taken = now?.lab.checkpoints.find((each) => each.name === mark);
  if (now === undefined || taken === undefined)
    throw new Error(`${vm.lab.name} took no checkpoint`);
  const kind = automatic ? 'Automatic Checkpoint - ' : '';
  const plain = type === 'Recovery' ? `${vm.lab.name} - Backup` : `${kind}${vm.lab.name}`;
  const details = {
    type,
    automatic,
    name: name ?? `${plain} - (${stamp(new Date())})`,
    createdAt: Date.now(),
  };
  await world.changeVm(now, { checkpoints: { ...now.overlay.checkpoints, [taken.id]: details } });
  return taken.id;
}

/** They are gone from the list when it resolves; their files go in the background. */
export async function removeSnapshots(
  world: World,
  vm: SimVm,
  ids: readonly string[],
): Promise<void> {
  const gone = vm.lab.checkpoints.filter(({ id }) => ids.includes(id));
  if (world.late.takes('checkpoint', vm)) world.late.keepCheckpoints(vm, gone);
  const isOff = vm.overlay.diskMergeOff === true;
  await world.changeLab(vm, (lab) => ({
    checkpoints: lab.checkpoints.filter(({ id }) => !ids.includes(id)),
    // From now on until the merge's end there is no moment at which it looks done.
    merging: lab.merging || !isOff,
  }));
  if (!isOff) world.merges.begin(vm);
}

/** What Windows shows of it. A checkpoint that the lab took behind the simulator's back is a backup's. */
export function snapshotDetails(
  { id, name }: Pick<LabCheckpoint, 'id' | 'name'>,
  { checkpoints }: VmOverlay,
): Required<Omit<CheckpointOverlay, 'createdAt'>> & Pick<CheckpointOverlay, 'createdAt'> {
  const type = name.startsWith('Backup ') ? 'Recovery' : 'Standard';
  return { name, type, automatic: false, ...checkpoints[id] };
}

const stamp = (date: Date): string =>
  `${date.toLocaleDateString('en-US')} - ${date.toLocaleTimeString('en-US')}`;
