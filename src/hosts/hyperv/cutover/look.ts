/** What decides whether anything could start a VM. */

import { z } from 'zod';
import { chainFiles } from '../../../disks/chain.ts';
import { Problem } from '../../../domain/problem.ts';
import type { FrozenDisk, FrozenRound } from '../../../domain/round.ts';
import { exists, FENCED } from '../../files.ts';
import { stateOf } from '../facts/vm.ts';
import { ask, type HyperVOptions } from '../options.ts';

const LOOK_SECONDS_MAX = 60;

export const disksSchema = z.array(z.object({ disk: z.string(), path: z.string() }));

const lookSchema = z.object({
  name: z.string(),
  state: z.string(),
  /** An adapter is on a switch. */
  connected: z.boolean(),
  /** A drive without a file stands in for the leaves' names while they merge. */
  guarded: z.boolean(),
  disks: disksSchema,
});

export type FenceLook = z.infer<typeof lookSchema>;

/** @throws Problem `vm-unknown` */
export const lookAtFence = (options: HyperVOptions, vmId: string): Promise<FenceLook> =>
  ask(options, 'look-fence', {
    schema: lookSchema,
    timeoutSeconds: LOOK_SECONDS_MAX,
    given: { vmId },
  });

/** @throws Problem `vm-unknown` */
export const isFenced = async (options: HyperVOptions, vmId: string): Promise<boolean> =>
  holds(await lookAtFence(options, vmId));

export const isRegistered = (options: HyperVOptions, vmId: string): Promise<boolean> =>
  lookAtFence(options, vmId).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Problem && error.code === 'vm-unknown') return false;
      throw error;
    },
  );

async function holds({ connected, guarded, disks }: FenceLook): Promise<boolean> {
  if (connected) return false;
  return guarded || (await isRenamed(disks));
}

async function isRenamed(disks: FenceLook['disks']): Promise<boolean> {
  for (const { path } of disks) {
    if ((await exists(path)) || !(await exists(path + FENCED))) return false;
  }
  return true;
}

/**
 * The released leaves of a VM that is off and fenced.
 * @throws Problem `vm-not-fenced`, `vm-unknown`, and as `chainFiles`
 */
export async function lastRound(
  options: HyperVOptions,
  vmId: string,
  number: number,
): Promise<FrozenRound> {
  const look = await lookAtFence(options, vmId);
  const { name, state, guarded, connected } = look;
  const released = !guarded && !connected && (await isRenamed(look.disks));
  if (stateOf(state) !== 'Off' || !released) {
    throw new Problem('vm-not-fenced', { host: options.name, vm: name });
  }
  const disks: FrozenDisk[] = [];
  for (const { disk, path } of look.disks) {
    const [leaf] = await chainFiles(path + FENCED);
    if (leaf === undefined) throw new Error(`${path} is no file of a chain`);
    const { identity, parent, virtualBytes } = leaf;
    disks.push({ disk, virtualBytes, file: identity, ...(parent ? { parent } : {}) });
  }
  return { number, disks };
}
