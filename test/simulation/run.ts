/** One run from its schedule to its end, and what was wrong with it. */

import { type Entry, openedOf } from '../../src/domain/journal.ts';
import { isPastReturn } from '../../src/migration/how-far.ts';
import { nextAction, tasksOf } from '../../src/migration/next-action.ts';
import { stateOf } from '../../src/migration/state.ts';
import { stepsOf } from '../../src/migration/steps.ts';
import { openClock } from './clock.ts';
import { newLayer } from './disk-chain.ts';
import { applyFault } from './faults.ts';
import { heal } from './heal.ts';
import { checkWorld } from './invariants.ts';
import { checkCopies, newKept } from './kept.ts';
import { boot } from './machine-faults.ts';
import { newHost, newVm } from './machines.ts';
import { open } from './opening.ts';
import { startProcess } from './processes.ts';
import { RHYTHM } from './rhythm.ts';
import type { HostName, Schedule } from './schedule.ts';
import { openStore, storeTime } from './store.ts';
import { HOSTS, note, violated, type World } from './world.ts';

/** By then everything that can end without a person has ended. */
const MAIN_SECONDS = 2400;
/** Then all hosts return, the store is healed, and there is time once more. */
const AFTER_SECONDS = 2000;

export interface Result {
  readonly violations: readonly string[];
  readonly met: ReadonlyMap<string, number>;
  readonly trace: readonly string[];
  /** Of the first operation. */
  readonly outcome: string;
  readonly entries: readonly Entry[];
}

export async function simulate(schedule: Schedule): Promise<Result> {
  const world = newWorld(schedule);
  open(world);
  for (const name of ['hv-a', 'hv-b', 'bot'] as const) startProcess(world, name);
  await world.clock.run(MAIN_SECONDS * 1000, () => checkWorld(world) || isOver(world));
  if (world.violations.length === 0) checkEnd(world);
  if (world.violations.length === 0 && !isClosed(world)) {
    note(world, 'aftermath');
    for (const name of HOSTS) boot(world, name);
    heal(world);
    world.changes.lastAt = world.clock.now();
    const until = world.clock.now() + AFTER_SECONDS * 1000;
    await world.clock.run(until, () => checkWorld(world) || isOver(world));
    if (world.violations.length === 0) checkEnd(world);
  }
  const { violations, met, trace, store } = world;
  const entries = store.read('m1');
  return { violations, met, trace, entries, outcome: outcomeOf(world, 'm1') };
}

/** By a guest that is off when the run begins. */
const WRITTEN_BEFORE = 8;
const written = (1n << BigInt(WRITTEN_BEFORE)) - 1n;

function newWorld(schedule: Schedule): World {
  const clock = openClock(schedule.seed);
  const store = openStore(clock.now);
  const world: World = {
    schedule,
    clock,
    store,
    hosts: { 'hv-a': newHost('hv-a'), 'hv-b': newHost('hv-b') },
    kept: { 'hv-a': new Map(), 'hv-b': new Map(), bot: new Map() },
    actors: new Map(),
    halted: new Map(),
    pending: [...schedule.triggers],
    moves: [],
    tricks: [],
    met: new Map(),
    trace: [],
    acknowledged: schedule.vmIsOff ? WRITTEN_BEFORE : 0,
    linkUp: true,
    approved: new Set(),
    wantedBack: new Set(),
    settled: new Map(),
    violations: [],
    offSince: undefined,
    acting: new Set(),
    lastActed: undefined,
    changes: { count: 0, lastAt: 0, waiting: [] },
    apply: (fault, actor, late) => applyFault(world, { fault, actor, late }),
  };
  store.onChange = () => {
    world.changes.count += 1;
    world.changes.lastAt = clock.now();
    for (const wake of world.changes.waiting.splice(0)) wake();
  };
  const { startAction, list, vmIsOff } = schedule;
  if (list === 'delete@1') world.hosts['hv-b'].kept.push(...newKept());
  world.hosts['hv-a'].vm = vmIsOff
    ? newVm({ turnedOffAt: 0, ranHere: true, startAction, chain: [newLayer(written)] })
    : newVm({ running: true, ranHere: true, startAction });
  return world;
}

/** Longer than any fault lasts and any person thinks; what is late comes within the shorter time. */
const QUIET_SECONDS = { closed: 150, open: 600 };

/** Nothing was written for so long that nothing will be. */
function isOver(world: World): boolean {
  const seconds = isClosed(world) ? QUIET_SECONDS.closed : QUIET_SECONDS.open;
  const { cutoverSeconds, startSeconds } = world.schedule;
  const waits = Math.max(cutoverSeconds ?? 0, startSeconds ?? 0) * 1000;
  return world.clock.now() - Math.max(world.changes.lastAt, waits) > seconds * 1000;
}

const isClosed = (world: World): boolean =>
  [...world.kept.bot.keys()].every(
    (operation) => world.store.read(operation).at(-1)?.body.kind === 'closed',
  );

export function outcomeOf(world: World, operation: string): string {
  const entries = world.store.read(operation);
  if (entries.length === 0) return 'lost';
  const steps = stepsOf(openedOf(entries));
  const next = nextAction(steps, entries, storeTime(world.clock.now()), RHYTHM);
  if (next.kind === 'finished') return next.cleanUp ? `${next.outcome}, pending` : next.outcome;
  return next.kind;
}

/** With everything up and no person needed, every operation has ended. */
function checkEnd(world: World): void {
  checkCopies(world);
  for (const operation of world.kept.bot.keys()) {
    const reason = whyOpen(world, operation);
    note(world, `${operation}: ${outcomeOf(world, operation)}, ${reason ?? 'without a reason'}`);
    if (reason === undefined) {
      violated(world, `${operation} did not end: ${outcomeOf(world, operation)}`);
    }
  }
}

const STORE_LOST = ['journal-behind', 'journal-diverged', 'journal-forged', 'journal-not-opened'];

function whyOpen(world: World, operation: string): string | undefined {
  const entries = world.store.read(operation);
  const halts = [...world.halted].filter(([key]) => key.endsWith(` ${operation}`));
  if (halts.some(([, { code }]) => STORE_LOST.includes(code))) return 'the store lost it';
  if (entries.length === 0) return undefined;
  const opened = openedOf(entries);
  const steps = stepsOf(opened);
  const state = stateOf(steps, entries);
  if (state.closed) return 'closed';
  const { plan } = opened;
  const up = (host: string) => world.hosts[host as HostName].up;
  const next = nextAction(steps, entries, storeTime(world.clock.now()), RHYTHM);
  const person = next.kind === 'needs a person';
  // The VM comes back at once, whatever the target does.
  if (state.rollingBack && up(plan.source) && !state.settled && !person) return undefined;
  if (person) return isFair(world, next.problem.code) ? `person: ${next.problem.code}` : undefined;
  const hosts = tasksOf(next).map(({ on }) => (on === 'source' ? plan.source : plan.target));
  if (hosts.some((host) => !up(host))) return 'a host is down';
  if (tasksOf(next).some(({ step }) => BY_HAND.includes(step)) && isByHand(world)) {
    return 'somebody had it in his hands';
  }
  return isPastReturn(steps, state) && !up(plan.source) ? 'the source is down' : undefined;
}

/** What only a person can know: who runs where, when hosts do not answer and the store changed. */
function isFair(world: World, code: string): boolean {
  const met = (kind: string) => world.met.has(kind);
  switch (code) {
    case 'target-silent':
    case 'source-silent':
      return world.store.identity > 1;
    case 'start-failed':
      return met('start fails');
    case 'target-may-run':
    case 'source-not-fenced':
    case 'source-took-back':
      return met('store set back') || met('store gone');
    case 'copy-in-use':
      return met('copy used');
    case 'copy-changed':
      return met('copy renewed');
    case 'vm-gone':
      return met('person moves');
    case 'move-unknown':
      return UNCLEAR.some(met) && (world.schedule.answer === 'nothing' || !isClear(world));
    default:
      return false;
  }
}

/** Without these a move always becomes clear. */
const UNCLEAR = [
  'reboot',
  'never returns',
  'link down',
  'target unreadable',
  'planned left',
  'person moves',
  'person turns off',
];

/** Whoever answers gets to the end, unless what he asks about is not to be had. */
const isClear = (world: World): boolean =>
  !world.met.has('never returns') &&
  !isByHand(world) &&
  Object.values(world.hosts).every(
    ({ planned, readable, vm }) => !planned && readable && vm?.placed !== false,
  );

/** Off where it was moved, or elsewhere: what a person does by hand, a person ends. */
const isByHand = (world: World): boolean =>
  world.lastActed === 'person' ||
  HOSTS.some((name) => world.hosts[name].vm?.turnedOffAt !== undefined);
/** What goes on looking until it is as it should be. */
const BY_HAND = ['confirmMove', 'carryIn'];
