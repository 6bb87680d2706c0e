/**
 * The hypervisor's own moves. A move is a job of the hosts: it goes on whoever dies, its switch-over is
 * atomic, so that a VM never runs twice by it, and it is as unfriendly as Windows can be.
 */

import { Problem } from '../../src/domain/problem.ts';
import type { HostName, LiveFault } from './schedule.ts';
import {
  type FakeHost,
  type FakeVm,
  type MoveJob,
  meet,
  note,
  otherHost,
  type World,
} from './world.ts';

const MOVE_SECONDS = 8;
/** Before the end it cannot be cancelled any more. */
const LAST_SECONDS = 1;
const CANCEL_SECONDS = 2;
/** A planned VM vanishes a while after its move. */
const PLANNED_SECONDS = 5;

export const runningMove = (world: World): MoveJob | undefined =>
  world.moves.find(({ state }) => state === 'running');

/** Whether one host's hypervisor gets an answer of the other's. */
export const canAsk = (world: World, name: HostName): boolean =>
  world.linkUp && world.hosts[name].up && world.hosts[name].readable;

/** Asked of the source's hypervisor. @throws Problem where it refuses at once */
export function askToMove(world: World, from: FakeHost): void {
  const late = take(world, 'move begins late');
  if (!late) {
    begin(world, from);
    return;
  }
  const { boots } = from;
  world.clock.after(late.seconds * 1000, () => {
    if (from.boots !== boots) return;
    try {
      begin(world, from);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      note(world, `${from.name} the late move is refused: ${error.code}`);
    }
  });
}

function begin(world: World, from: FakeHost): void {
  const to = world.hosts[otherHost(from.name)];
  const { vm } = from;
  const facts = { host: from.name };
  if (!vm) throw new Problem('vm-unknown', facts);
  if (runningMove(world)) throw new Problem('vm-busy', facts);
  if (!canAsk(world, to.name)) throw new Problem('target-unreachable', facts);
  if (to.planned || to.vm) throw new Problem('move-refused', facts);
  to.planned = true;
  const job: MoveJob = {
    from: from.name,
    to: to.name,
    state: 'running',
    cancellable: true,
    cancelling: false,
  };
  world.moves.push(job);
  note(world, `${from.name} a move begins`);
  const seconds = take(world, 'move lasts')?.seconds ?? MOVE_SECONDS;
  world.clock.after((seconds - LAST_SECONDS) * 1000, () => {
    job.cancellable = false;
  });
  const wasRunning = vm.running;
  world.clock.after(seconds * 1000, () => {
    if (job.state === 'running' && !job.cancelling) finish(world, job, { vm, wasRunning });
  });
}

function finish(
  world: World,
  job: MoveJob,
  { vm, wasRunning }: { vm: FakeVm; wasRunning: boolean },
): void {
  const lies = take(world, 'move lies') !== undefined;
  const fails = !lies && (take(world, 'move fails') !== undefined || vm.running !== wasRunning);
  if (!lies && !fails) {
    vm.adapter = 'bare';
    switchOver(world, world.hosts[job.from], { asPlanned: true });
  }
  end(world, job, fails ? 'failed' : 'completed');
}

/** All at once: there, and here no more. */
export function switchOver(
  world: World,
  from: FakeHost,
  { asPlanned }: { asPlanned: boolean },
): void {
  const { vm } = from;
  if (!vm) throw new Error('Nothing to switch over');
  const to = world.hosts[otherHost(from.name)];
  from.vm = undefined;
  to.vm = vm;
  vm.placed = asPlanned;
  note(world, `${to.name} has the VM`);
}

function end(world: World, job: MoveJob, state: MoveJob['state']): void {
  job.state = state;
  note(world, `${job.from} the move ends: ${state}`);
  const to = world.hosts[job.to];
  const clear = (): void => {
    if (!runningMove(world)) to.planned = false;
  };
  if (to.vm) {
    clear();
    return;
  }
  const left = take(world, 'planned left');
  if (left?.seconds === null) return;
  world.clock.after((left?.seconds ?? PLANNED_SECONDS) * 1000, clear);
}

/** Whether it is accepted; what becomes of it is another matter. */
export function cancelMove(world: World, job: MoveJob): boolean {
  if (job.cancellable && take(world, 'cancel too late')) job.cancellable = false;
  if (!job.cancellable || job.state !== 'running') return false;
  if (take(world, 'cancel in vain')) return true;
  job.cancelling = true;
  world.clock.after(CANCEL_SECONDS * 1000, () => {
    if (job.state === 'running') end(world, job, 'cancelled');
  });
  return true;
}

/** A host went away, or they do not hear each other any more. */
export function breakMoves(world: World): void {
  const job = runningMove(world);
  if (job) end(world, job, 'failed');
}

type Trick<Kind> = Extract<LiveFault, { kind: Kind }>;

/** What was prepared for the next move, once. */
function take<Kind extends LiveFault['kind']>(world: World, kind: Kind): Trick<Kind> | undefined {
  const isIt = (trick: LiveFault): trick is Trick<Kind> => trick.kind === kind;
  const found = world.tricks.find(isIt);
  if (!found) return undefined;
  world.tricks.splice(world.tricks.indexOf(found), 1);
  meet(world, kind);
  return found;
}

export const takeObjection = (world: World): boolean => take(world, 'objection') !== undefined;
