/**
 * The fence: network off and leaves renamed, so that whoever tries cannot start the VM. Its checkpoints
 * cannot merge under such names: for that time one more drive, whose file is missing, keeps it from starting.
 */

import { z } from 'zod';
import { Problem } from '../../../domain/problem.ts';
import { fencedNetworkFile } from '../definition/fenced-network.ts';
import { placeholdersIn } from '../definition/placeholder.ts';
import { stateOf } from '../facts/vm.ts';
import { refuseFollowed } from '../followed.ts';
import { act, type HyperVOptions } from '../options.ts';
import { quiet, type RoundsCall, stopTracking } from '../rounds/rounds.ts';
import { noteClosed } from './closed.ts';
import { disksSchema, isFenced, lookAtFence } from './look.ts';

const FENCE_SECONDS_MAX = 120;
/** Somebody changed the VM's checkpoints between our look and our act, so often. */
const CHANGES_MAX = 10;

const fenceSchema = z.object({ did: z.enum(['done', 'changed']), disks: disksSchema });

/**
 * Waits until no merge runs: a file that merges must keep its name.
 * @throws Problem `vm-running`, `foreign-checkpoint`, `disk-missing`, `fence-name-taken`, `vm-busy`,
 * `merge-failed`, `merge-lasts`, `epoch-behind`
 */
export async function fence(options: HyperVOptions, call: RoundsCall): Promise<void> {
  const { vmId, token } = call;
  let vm = vmId;
  for (let changes = 0; changes < CHANGES_MAX; changes += 1) {
    await refuseFollowed(options, vmId, token);
    const look = await lookAtFence(options, vmId);
    if (stateOf(look.state) !== 'Off') {
      throw new Problem('vm-running', { host: options.name, vm: look.name });
    }
    vm = look.name;
    const { checkpoints } = await quiet(options, call);
    const given = {
      checkpoints: checkpoints.map(({ id }) => id),
      networkFile: fencedNetworkFile(options, vmId),
    };
    const effect = { schema: fenceSchema, timeoutSeconds: FENCE_SECONDS_MAX, vmId, token, given };
    const { did, disks } = await act(options, 'fence-vm', effect);
    if (did === 'done') return noteClosed(options, vmId, disks);
  }
  throw new Problem('vm-busy', { host: options.name, vm, seconds: 0 });
}

/** @throws Problem `disk-missing`, `fence-name-taken`, `switch-missing`, `epoch-behind` */
export async function unfence(
  options: HyperVOptions,
  { vmId, token }: Pick<RoundsCall, 'vmId' | 'token'>,
): Promise<void> {
  await act(options, 'unfence-vm', {
    schema: z.object({ unfenced: z.boolean() }),
    timeoutSeconds: FENCE_SECONDS_MAX,
    vmId,
    token,
    given: { networkFile: fencedNetworkFile(options, vmId) },
  });
}

/** A fenced VM stays fenced while its checkpoints merge. @throws as `stopTracking`, `fence` */
export async function stopTrackingFenced(options: HyperVOptions, call: RoundsCall): Promise<void> {
  const { vmId, token } = call;
  if (!(await isFenced(options, vmId))) return stopTracking(options, call);
  await act(options, 'guard-vm', {
    schema: z.object({ guarded: z.boolean() }),
    timeoutSeconds: FENCE_SECONDS_MAX,
    vmId,
    token,
    given: { placeholder: (await placeholdersIn(options.stateFolder)).vhdx },
  });
  await stopTracking(options, call);
  await fence(options, call);
}
