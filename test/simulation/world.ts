/** Everything that exists in one run, as plain data, and the calls through which all of it is done. */

import type { Entry } from '../../src/domain/journal.ts';
import type { Carried } from '../../src/domain/live.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { StartAction } from '../../src/domain/vm.ts';
import type { Intent, Notes } from '../../src/migration/ports.ts';
import type { Clock } from './clock.ts';
import type { Layer } from './disk-chain.ts';
import type { Fault, HostName, LiveFault, Schedule, Trigger } from './schedule.ts';
import type { FakeStore } from './store.ts';

export type ProcessName = HostName | 'bot';

/** One life of a process: after its end nothing that it had begun goes on. */
export interface Actor {
  readonly name: ProcessName;
  alive: boolean;
  /** What it is at, as triggers name it, and how many calls it has made since. */
  during: string;
  calls: number;
  readonly stopping: AbortController;
}

export interface FakeVm {
  running: boolean;
  /** The guest shuts down and will be off shortly. */
  stopping: boolean;
  wasRunning: boolean;
  fenced: boolean;
  startAction: StartAction;
  readonly chain: Layer[];
  /** Made by `register`, and whether it has run since. */
  registered: boolean;
  ranHere: boolean;
  bootedAt: number;
  processors: number;
  /** Since when it is off by a person's hand, on whichever host, milliseconds of the clock. */
  turnedOffAt: number | undefined;
  /** In its drive, unless it was taken out. */
  medium: boolean;
  /** What does not travel with it; bare at the other end of a move. */
  adapter: 'as set' | 'disconnected' | 'bare';
  /** In the folders of the plan. */
  placed: boolean;
}

/** A copy that an earlier operation left. */
export interface FakeKept {
  readonly folder: string;
  committedAt: number;
  /** When somebody last did something to it, milliseconds of the clock. */
  changedAt: number;
  usedBy: string | undefined;
}

/** A job of the hypervisor: it goes on, whoever asked for it. */
export interface MoveJob {
  readonly from: HostName;
  readonly to: HostName;
  state: 'running' | 'completed' | 'failed' | 'cancelled';
  cancellable: boolean;
  /** It obeys, and ends shortly. */
  cancelling: boolean;
}

export interface FakeCopy {
  bits: bigint;
  round: number;
  linkage: string;
  receiving: boolean;
  defined: boolean;
  epoch: number;
}

export interface FakeHost {
  readonly name: HostName;
  up: boolean;
  boots: number;
  vm: FakeVm | undefined;
  /** What unregistered disks hold. */
  leftOver: bigint;
  readonly epochs: Map<string, number>;
  readonly copies: Map<string, FakeCopy>;
  readonly kept: FakeKept[];
  readonly beliefs: Map<string, Map<number, bigint>>;
  readonly notes: Map<string, Notes>;
  readonly reserved: Set<string>;
  /** Operations whose rounds it sends slowly. */
  readonly limited: Set<string>;
  /** By operation, what was taken out of the VM here: on the host's own disk until it is put back. */
  readonly carried: Map<string, Carried>;
  /** A VM that a move prepares here. */
  planned: boolean;
  /** It says to other hosts what it has. */
  readable: boolean;
  failStarts: number;
  stubborn: boolean;
}

/** What a process keeps on its own disk of each operation. */
export interface Kept {
  seen: Entry[];
  readonly intents: Intent[];
}

export interface World {
  readonly schedule: Schedule;
  readonly clock: Clock;
  readonly store: FakeStore;
  readonly hosts: Readonly<Record<HostName, FakeHost>>;
  readonly kept: Readonly<Record<ProcessName, Map<string, Kept>>>;
  readonly actors: Map<ProcessName, Actor>;
  /** Why a process refuses to go on with an operation. */
  readonly halted: Map<string, Problem>;
  readonly pending: Trigger[];
  /** All moves of the hypervisor, oldest first. */
  readonly moves: MoveJob[];
  /** What the next move will meet. */
  readonly tricks: LiveFault[];
  /** How often each kind of fault was met. */
  readonly met: Map<string, number>;
  readonly trace: string[];
  /** The number of writes that a guest was promised are kept. */
  acknowledged: number;
  linkUp: boolean;
  /** Operations, each with the hash of a plan of it that a person approved. */
  readonly approved: Set<string>;
  /** Operations that a person wanted back. */
  readonly wantedBack: Set<string>;
  /** Operations whose home the bot has settled. */
  readonly settled: Map<string, 'source' | 'target'>;
  readonly violations: string[];
  offSince: number | undefined;
  /** Operations that had an effect, and the newest of them whose home was open then. */
  readonly acting: Set<string>;
  lastActed: string | undefined;
  /** How often the store changed, when it last did, and who waits for the next time. */
  readonly changes: { count: number; lastAt: number; waiting: (() => void)[] };
  apply(fault: Fault, actor: Actor, late?: () => void): 'go on' | 'fail' | number;
}

export const HOSTS: readonly HostName[] = ['hv-a', 'hv-b'];
export const otherHost = (name: HostName): HostName => (name === 'hv-a' ? 'hv-b' : 'hv-a');

const never = <T>(): Promise<T> => new Promise<T>(() => {});
/** Each call takes 1 to 25 ms. */
const CALL_MILLISECONDS_MAX = 25;

export function note(world: World, text: string): void {
  world.trace.push(`${(world.clock.now() / 1000).toFixed(3).padStart(9)} ${text}`);
}

/** Counts a fault when it has its effect, not when it is planned. */
export function meet(world: World, kind: Fault['kind']): void {
  world.met.set(kind, (world.met.get(kind) ?? 0) + 1);
}

export function violated(world: World, text: string): void {
  note(world, `VIOLATION ${text}`);
  world.violations.push(text);
}

/**
 * Every call to the outside: a fault may come before and after it. What has begun and has a `late`
 * form may happen after the caller's death.
 */
export async function call<T>(
  world: World,
  { actor, what, late }: { actor: Actor; what: string; late?: (() => void) | undefined },
  act: () => T | Promise<T>,
): Promise<T> {
  await point(world, actor, what, late);
  const result = await act();
  await point(world, actor, what);
  return result;
}

/** Virtual time passes, for those who live. */
export function pass(world: World, actor: Actor, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    world.clock.after(milliseconds, () => {
      if (actor.alive) resolve();
    });
  });
}

function point(world: World, actor: Actor, what: string, late?: () => void): Promise<void> {
  if (!actor.alive) return never();
  const trigger = takeTrigger(world, actor, late !== undefined);
  let outcome: ReturnType<World['apply']> = 'go on';
  if (trigger) {
    note(world, `${actor.name} ${actor.during} ${what}: ${JSON.stringify(trigger.fault)}`);
    outcome = world.apply(trigger.fault, actor, late);
  }
  const delay = typeof outcome === 'number' ? outcome * 1000 : 0;
  return new Promise((resolve, reject) => {
    world.clock.after(1 + world.clock.random(CALL_MILLISECONDS_MAX) + delay, () => {
      if (!actor.alive) return;
      if (outcome === 'fail') reject(failureOf(what));
      else resolve();
    });
  });
}

function failureOf(what: string): Problem {
  const [area] = what.split('.');
  const code = area === 'peer' || area === 'store' ? `${area}-unreachable` : 'simulated-failure';
  return new Problem(code, { what });
}

/** A late effect waits for a call that has one. */
function takeTrigger(world: World, actor: Actor, hasLate: boolean): Trigger | undefined {
  const isDue = ({ during, nth, fault }: Trigger): boolean => {
    if (during !== actor.during || nth > actor.calls) return false;
    return fault.kind === 'late effect' ? hasLate : nth === actor.calls;
  };
  const index = world.pending.findIndex(isDue);
  actor.calls += 1;
  return index < 0 ? undefined : world.pending.splice(index, 1)[0];
}
