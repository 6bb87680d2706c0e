/** What tests order and look at around the streaming method: merges, checkpoints of others, reboots. */

import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hostFolder } from '../../../src/hosts/lab/layout.ts';
import { removeSnapshots, snapshotDetails, takeSnapshot } from './checkpoints/snapshots.ts';
import { firstTpmState } from './definitions/definition-file.ts';
import type { LoggedEvent, SimVm } from './kept.ts';
import { type Booted, rebootHost } from './reboot.ts';
import { convertToVhd, type VhdOptions } from './with-vhd.ts';
import type { World } from './world.ts';

export interface Checkpoint {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Real paths, by disk. */
  readonly frozen: Readonly<Record<string, string>>;
}

export interface StreamControls {
  /** Merges wait before their first byte. */
  holdMerges(): void;
  releaseMerges(): void;
  /** Resolves when no merge of the VM runs: it ended, failed, or never began. */
  mergesEnded(vm: string): Promise<void>;
  /** All late signs of merges come now. */
  releaseSigns(): Promise<void>;
  /** What the VM's host has in its list of this VM, oldest first, however late it is told. */
  checkpoints(vm: string): Promise<Checkpoint[]>;
  /** Of a host's management service, oldest first. */
  events(host: string): readonly LoggedEvent[];

  /** A backup takes a recovery checkpoint of its own; its Id. */
  backupBegins(vm: string): Promise<string>;
  backupEnds(vm: string, id: string): Promise<void>;
  /** A person takes a checkpoint, or Windows does at a start; its Id. */
  personTakesCheckpoint(
    vm: string,
    options?: { name?: string; automatic?: boolean },
  ): Promise<string>;
  /** A person deletes a checkpoint: without an Id the newest of Ferry's. */
  personDeletesCheckpoint(vm: string, id?: string): Promise<void>;

  /** In order (stop actions), or as after a power cut; then start actions. */
  rebootHost(host: string, options?: { inOrder?: boolean }): Promise<readonly Booted[]>;
  /** BIOS, and the first two disks on the IDE controllers. Only of a VM that is off. */
  makeGeneration1(vm: string): Promise<void>;
  /** VHDs instead of VHDX, of a VM that is off; generation 1, as Hyper-V has them there alone. */
  withVhd(vm: string, options?: VhdOptions): Promise<void>;
  /** Every other disk of a VM that is off on the host's other volume. */
  spreadDisks(vm: string): Promise<void>;
  /** What the VM's virtual TPM holds on this host; `empty` when its file did not come along. */
  tpmState(host: string, vm: string): Promise<string>;
}

export function streamControls(world: World): StreamControls {
  return {
    holdMerges: () => world.merges.hold(),
    releaseMerges: () => world.merges.release(),
    mergesEnded: async (vm) => world.merges.ended(await world.anyVm(vm)),
    releaseSigns: () => world.late.releaseAll(),
    checkpoints: async (vm) => listed(await world.anyVm(vm)),
    events: (host) => world.log.of(host),
    backupBegins: async (vm) => takeSnapshot(world, await world.anyVm(vm), { type: 'Recovery' }),
    backupEnds: async (vm, id) => removeSnapshots(world, await world.anyVm(vm), [id]),
    personTakesCheckpoint: async (vm, { name, automatic = false } = {}) => {
      const named = name === undefined ? {} : { name };
      return takeSnapshot(world, await world.anyVm(vm), { type: 'Standard', automatic, ...named });
    },
    personDeletesCheckpoint: async (vm, id) => {
      const found = await world.anyVm(vm);
      const ours = listed(found).findLast(({ name }) => name.startsWith('ferry '));
      await removeSnapshots(world, found, [id ?? ours?.id ?? none(vm)]);
    },
    rebootHost: (host, { inOrder = true } = {}) => rebootHost(world, host, { inOrder }),
    makeGeneration1: async (vm) => makeGeneration1(world, await world.anyVm(vm)),
    withVhd: async (vm, options = {}) => {
      await makeGeneration1(world, await world.anyVm(vm));
      await convertToVhd(world, await world.anyVm(vm), options);
    },
    spreadDisks: async (vm) => spreadDisks(world, await world.anyVm(vm)),
    tpmState: async (host, vm) => {
      const { lab, overlay } =
        (await world.vms(host)).find(({ lab: { name } }) => name === vm) ?? none(vm);
      return overlay.tpmState ?? firstTpmState(lab.id);
    },
  };
}

const none = (vm: string): never => {
  throw new Error(`There is no VM ${vm}`);
};

const listed = ({ lab, overlay }: SimVm): Checkpoint[] =>
  lab.checkpoints.map((checkpoint) => {
    const { name, type } = snapshotDetails(checkpoint, overlay);
    return { id: checkpoint.id, name, type, frozen: checkpoint.frozen };
  });

const IDE = ['IDE 0:0', 'IDE 0:1'] as const;

const makeGeneration1 = (world: World, vm: SimVm): Promise<void> =>
  world.changeLab(vm, ({ disks }) => ({
    generation: 1,
    disks: disks.map((disk, index) => ({
      ...disk,
      id: IDE[index] ?? `SCSI 0:${index - IDE.length}`,
    })),
  }));

async function spreadDisks(world: World, vm: SimVm): Promise<void> {
  const folder = join(hostFolder(world.dir, vm.host), 'more-disks', vm.lab.name);
  await mkdir(folder, { recursive: true });
  const moved = vm.lab.disks.map((disk, index) =>
    index % 2 === 0 ? disk : { ...disk, path: join(folder, basename(disk.path)) },
  );
  for (const [index, { path }] of vm.lab.disks.entries())
    await rename(path, moved[index]?.path ?? path);
  await world.changeLab(vm, () => ({ disks: moved }));
}

/** Merges that an earlier simulator of this folder did not come to. */
export async function resumeMerges(world: World): Promise<void> {
  for (const host of world.hostNames()) {
    for (const vm of await world.vms(host)) if (vm.lab.merging) world.merges.begin(vm);
  }
}
