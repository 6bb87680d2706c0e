/**
 * Which files a VM may open: facts D.6. A file has the access of the VM that it is attached to, unless
 * a test says that whoever attached it forgot; then `icacls` gives it.
 */

import { stat } from 'node:fs/promises';
import { Problem } from '../../../src/domain/problem.ts';
import { chainsOf } from './checkpoints/chains.ts';
import type { SimVm } from './kept.ts';
import type { World } from './world.ts';

export class Attachments {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A cmdlet has attached a file, by its real path. */
  async attach(vm: SimVm, path: string): Promise<void> {
    const names = [vm.lab.id, vm.lab.name];
    if (!this.#world.faults.take('acl-not-set', { vm: names, host: vm.host })) return;
    this.#world.kept.foreignFiles.push(await this.#mark(path, vm.lab.id));
    await this.#world.save();
  }

  async grant(vmId: string, path: string): Promise<void> {
    const mark = await this.#mark(path, vmId);
    this.#world.kept.foreignFiles = this.#world.kept.foreignFiles.filter((each) => each !== mark);
    await this.#world.save();
  }

  async mayOpen(vmId: string, path: string): Promise<boolean> {
    return !this.#world.kept.foreignFiles.includes(await this.#mark(path, vmId));
  }

  /** The first file of its disks that it may not open. */
  async closedTo(vm: SimVm): Promise<string | undefined> {
    if (this.#world.kept.foreignFiles.length === 0) return undefined;
    for (const file of await filesOf(vm)) {
      if (!(await this.mayOpen(vm.lab.id, file))) return file;
    }
    return undefined;
  }

  /** A file keeps its access when it is renamed, and a copy does not have it. */
  async #mark(path: string, vmId: string): Promise<string> {
    const { dev, ino, birthtimeMs } = await stat(path);
    return `${dev}:${ino}:${birthtimeMs} ${vmId}`;
  }
}

/** Nothing where a chain cannot be read: then something else keeps the VM from starting. */
async function filesOf(vm: SimVm): Promise<string[]> {
  try {
    return [...(await chainsOf(vm.lab)).values()].flat();
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}
