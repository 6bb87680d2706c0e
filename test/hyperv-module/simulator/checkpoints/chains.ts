/** The files of a VM's disks, and which of them a merge would join. */

import { chainFiles } from '../../../../src/disks/chain.ts';
import { Problem } from '../../../../src/domain/problem.ts';
import { hasChain, realDisks } from '../../../../src/hosts/lab/checkpoints.ts';
import { leafFile } from '../../../../src/hosts/lab/layout.ts';
import type { LabVm } from '../../../../src/hosts/lab/state.ts';

export interface Joined {
  readonly parent: string;
  /** Vanishes into its parent. */
  readonly child: string;
  /** The child's own child, if it has one. */
  readonly above?: string;
}

/** Each disk's files, leaf first. @throws Problem for a chain that cannot be read */
export async function chainsOf(vm: LabVm): Promise<ReadonlyMap<string, readonly string[]>> {
  const chains = new Map<string, readonly string[]>();
  for (const disk of realDisks(vm.disks)) {
    if (!(await hasChain(disk))) continue;
    const files = await chainFiles(await leafFile(disk.path));
    chains.set(
      disk.id,
      files.map(({ identity }) => identity.path),
    );
  }
  return chains;
}

/** What no checkpoint needs any more; nothing for a chain that cannot be read just now. */
export async function toJoin(vm: LabVm): Promise<readonly Joined[]> {
  try {
    return joinedOf(vm, await chainsOf(vm));
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}

function joinedOf(vm: LabVm, chains: ReadonlyMap<string, readonly string[]>): Joined[] {
  const joined: Joined[] = [];
  for (const [disk, files] of chains) {
    const kept = new Set(vm.checkpoints.map(({ frozen }) => frozen[disk]));
    for (const [index, child] of files.entries()) {
      const parent = files[index + 1];
      if (parent === undefined || kept.has(parent)) continue;
      const above = files[index - 1];
      joined.push({ parent, child, ...(above === undefined ? {} : { above }) });
    }
  }
  return joined;
}
