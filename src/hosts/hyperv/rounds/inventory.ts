/** What an inventory cannot see by itself: whose a checkpoint without a name is, and a merge's other signs. */

import { Problem } from '../../../domain/problem.ts';
import type { VmFacts } from '../../../domain/vm.ts';
import type { HyperVOptions } from '../options.ts';
import { lookFrom } from './look.ts';
import { unnamed } from './marks.ts';
import { isMerging } from './merging.ts';
import { readNote } from './note.ts';

/** Where that cannot be asked, what was begun has not ended. */
export async function asTracked(options: HyperVOptions, vm: VmFacts): Promise<VmFacts> {
  try {
    const { creating, merging } = await readNote(options, vm.id);
    if (creating === undefined && merging === undefined) return vm;
    const look = await lookFrom({ options, vmId: vm.id });
    const own = unnamed(look.checkpoints, look.name, look.note)?.id;
    const checkpoints = vm.checkpoints.map((each) =>
      each.id === own ? { ...each, ours: true } : each,
    );
    return { ...vm, checkpoints, merging: vm.merging || (await isMerging(look)) };
  } catch (error) {
    if (error instanceof Problem) return { ...vm, merging: true };
    throw error;
  }
}
