/** A host that reboots: what its VMs' stop and start actions make of it. */

import { crashHost } from '../../../src/hosts/lab/power.ts';
import type { SimVm } from './kept.ts';
import { settle, shutDown, startMachine, turnOff } from './machine.ts';
import { WindowsError } from './wire.ts';
import type { World } from './world.ts';

export interface Booted {
  readonly vm: string;
  /** Why it did not start; absent when it runs. */
  readonly error?: WindowsError;
}

/** In order, or as after a power cut. Merges go on; the VMs that should run now, with what came of each. */
export async function rebootHost(
  world: World,
  host: string,
  { inOrder }: { inOrder: boolean },
): Promise<Booted[]> {
  if (inOrder) for (const vm of await world.vms(host)) await endForHost(world, vm);
  else await crashHost(world.dir, host);
  const booted: Booted[] = [];
  for (const vm of await world.vms(host)) {
    if (vm.lab.merging) world.merges.begin(vm);
    const { startAction, running, name } = vm.lab;
    if (startAction === 'Start' || (startAction === 'StartIfRunning' && running))
      booted.push({ vm: name, ...(await startedOrNot(world, vm)) });
    else await world.changeLab(vm, () => ({ running: false }));
  }
  return booted;
}

/** The host remembers that it ran. */
async function endForHost(world: World, vm: SimVm): Promise<void> {
  if ((await world.stateOf(vm)) !== 'Running') return;
  const { stopAction } = vm.overlay;
  const isSaved = stopAction === 'Save';
  const isDown =
    stopAction !== 'TurnOff' &&
    (await shutDown(world, vm, { byHost: true, ...(isSaved ? { state: 'Saved' } : {}) }));
  if (isDown) return;
  await turnOff(world, vm);
  await world.changeLab(vm, () => ({ running: true }));
  await settle(world, vm);
}

async function startedOrNot(world: World, vm: SimVm): Promise<{ error?: WindowsError }> {
  try {
    await startMachine(world, vm);
    return {};
  } catch (error) {
    if (error instanceof WindowsError) return { error };
    throw error;
  }
}
