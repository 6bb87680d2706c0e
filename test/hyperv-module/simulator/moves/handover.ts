/** The moment of a move: the frozen guest ends here and goes on there, on the same bytes. */

import { mkdir, rm } from 'node:fs/promises';
import { type Place, vmFile, vmFolder } from '../../../../src/hosts/lab/layout.ts';
import { startVm } from '../../../../src/hosts/lab/machine.ts';
import { type LabVm, writeJson } from '../../../../src/hosts/lab/state.ts';
import { endFrozen } from './guest.ts';
import type { MovedFile } from './job.ts';

export interface Handover {
  readonly source: Place;
  readonly target: Place;
  /** As it is now, at the source. */
  readonly vm: LabVm;
  readonly files: readonly MovedFile[];
  /** Of the frozen guest; absent when the VM is off. */
  readonly pid?: number;
}

/**
 * Every acknowledged record is on the disks, so that a guest which goes on from them has lost none.
 * A start that fails at the target gives the VM back to the source.
 */
export async function handOver({ source, target, vm, files, pid }: Handover): Promise<void> {
  if (pid !== undefined) await endFrozen(pid, source);
  await mkdir(vmFolder(target), { recursive: true });
  // Both know it for a moment, with no process anywhere: never none.
  await writeJson(vmFile(target), relocated(vm, files));
  await rm(vmFile(source));
  if (pid === undefined) return;
  try {
    await startVm(target);
  } catch (error) {
    await writeJson(vmFile(source), vm);
    await rm(vmFile(target), { force: true });
    await startVm(source);
    throw error;
  }
}

/** The VM with its disks and checkpoints where the move has put them. */
function relocated(vm: LabVm, files: readonly MovedFile[]): LabVm {
  const placed = new Map(files.map(({ from, to }) => [from, to]));
  const at = (path: string): string => placed.get(path) ?? path;
  return {
    ...vm,
    disks: vm.disks.map((disk) => ({ ...disk, path: at(disk.path) })),
    checkpoints: vm.checkpoints.map((checkpoint) => ({
      ...checkpoint,
      frozen: Object.fromEntries(
        Object.entries(checkpoint.frozen).map(([disk, path]) => [disk, at(path)]),
      ),
    })),
  };
}
