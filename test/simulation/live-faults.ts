/** What each fault of a live move does to the world. */

import type { Fault, LiveFault } from './schedule.ts';
import { canAsk, runningMove, switchOver } from './windows.ts';
import { meet, note, otherHost, type World } from './world.ts';

export const LIVE_KINDS: Readonly<Record<LiveFault['kind'], true>> = {
  'move lies': true,
  'move fails': true,
  'move lasts': true,
  'move begins late': true,
  'planned left': true,
  'cancel too late': true,
  'cancel in vain': true,
  'target unreadable': true,
  'person moves': true,
  'person turns off': true,
  objection: true,
};

export const isOfLive = (fault: Fault): fault is LiveFault => fault.kind in LIVE_KINDS;

/** False where it could not happen, or is counted when it does. */
export function applyLiveFault(world: World, fault: LiveFault): boolean {
  switch (fault.kind) {
    case 'move lies':
    case 'move fails':
    case 'move lasts':
    case 'move begins late':
    case 'planned left':
    case 'cancel too late':
    case 'cancel in vain':
    case 'objection':
      world.tricks.push(fault);
      return false;
    case 'target unreadable':
      return unreadable(world, fault.seconds);
    case 'person moves':
      return personMoves(world, fault.asPlanned);
    case 'person turns off':
      return personTurnsOff(world);
  }
}

function unreadable(world: World, seconds: number): boolean {
  const target = world.hosts['hv-b'];
  target.readable = false;
  world.clock.after(seconds * 1000, () => {
    target.readable = true;
  });
  return true;
}

/** Windows refuses a second move of a VM, and one to a host that it does not hear. */
function personMoves(world: World, asPlanned: boolean): boolean {
  const from = Object.values(world.hosts).find(({ vm, up }) => up && vm);
  if (!from?.vm || from.vm.stopping || from.vm.fenced || runningMove(world)) return false;
  const to = world.hosts[otherHost(from.name)];
  if (!canAsk(world, to.name) || to.vm || to.planned) return false;
  note(world, `a person moves the VM from ${from.name} by hand`);
  switchOver(world, from, { asPlanned });
  // Where it is from now on is that person's, until an operation acts again.
  world.lastActed = 'person';
  return true;
}

function personTurnsOff(world: World): boolean {
  const host = Object.values(world.hosts).find(({ vm, up }) => up && vm?.running);
  if (!host?.vm || host.vm.stopping) return false;
  note(world, `a person turns the VM off on ${host.name}`);
  host.vm.running = false;
  host.vm.turnedOffAt = world.clock.now();
  meet(world, 'person turns off');
  return false;
}
