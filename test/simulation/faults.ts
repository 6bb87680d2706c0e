/** What each fault does to the world. */

import { type Opened, openedOf, type SignedEntry } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import { isReadyToAsk } from '../../src/migration/how-far.ts';
import { stateOf } from '../../src/migration/state.ts';
import { stepsOf } from '../../src/migration/steps.ts';
import { approval, write, writeOtherPlan } from './bot.ts';
import { freeze, isForeign, merge, roundOf } from './disk-chain.ts';
import { heal } from './heal.ts';
import { power } from './host.ts';
import { keptOf, nextEntry } from './journals.ts';
import { applyCopyFault, isOfCopies } from './kept.ts';
import { applyLiveFault, isOfLive } from './live-faults.ts';
import { crash, reboot, stop } from './machine-faults.ts';
import { open } from './opening.ts';
import { openingOf } from './processes.ts';
import type { Fault, Forged, HostName } from './schedule.ts';
import { storeTime } from './store.ts';
import { breakMoves } from './windows.ts';
import { type Actor, meet, note, type World } from './world.ts';

const FIRST = 'm1';
const TRIES_SECONDS = [0, 2, 5, 15];
const later = (world: World, seconds: number, act: () => void): void =>
  world.clock.after(seconds * 1000, act);

/** Answers what becomes of the call at which it happens: it fails, goes on, or is late by seconds. */
export function applyFault(
  world: World,
  { fault, actor, late }: { fault: Fault; actor: Actor; late?: (() => void) | undefined },
): 'go on' | 'fail' | number {
  const took = take(world, { fault, actor, late });
  if (took !== false) meet(world, fault.kind);
  return took === 'fail' || typeof took === 'number' ? took : 'go on';
}

/** False where the fault could not happen here, or is counted when it does. */
function take(
  world: World,
  { fault, actor, late }: { fault: Fault; actor: Actor; late?: (() => void) | undefined },
): 'fail' | number | boolean {
  if (isOfLive(fault)) return applyLiveFault(world, fault);
  if (isOfCopies(fault)) return applyCopyFault(world, fault);
  switch (fault.kind) {
    case 'crash':
      return crash(world, actor.name, fault.seconds);
    case 'late effect':
      crash(world, actor.name, fault.seconds);
      if (late) later(world, fault.lateSeconds, late);
      return late !== undefined;
    case 'failure':
      return 'fail';
    case 'delay':
      return fault.seconds;
    case 'reboot':
      return reboot(world, fault.host, fault.seconds);
    case 'never returns':
      return reboot(world, fault.host, undefined);
    case 'bot crash':
      return crash(world, 'bot', fault.seconds);
    case 'link down':
      world.linkUp = false;
      breakMoves(world);
      later(world, fault.seconds, () => {
        world.linkUp = true;
      });
      return true;
    case 'store away':
      world.store.away = true;
      later(world, fault.seconds, () => {
        world.store.away = false;
      });
      return true;
    case 'store restarted':
      world.store.identity += 1;
      return true;
    case 'store set back':
      return setBack(world, fault.entries, fault.healSeconds);
    case 'store gone':
      return setBack(world, Number.MAX_SAFE_INTEGER, fault.healSeconds);
    case 'person starts':
      for (const seconds of TRIES_SECONDS) {
        later(world, seconds, () => personStarts(world, fault.host));
      }
      return false;
    case 'foreign checkpoint':
      return foreignCheckpoint(world, fault.seconds);
    case 'checkpoint lost':
      return checkpointLost(world, fault.orphan);
    case 'start fails':
      world.hosts[fault.host].failStarts = fault.times;
      return false;
    case 'guest will not stop':
      world.hosts['hv-a'].stubborn = true;
      return false;
    case 'reconfigured':
      return reconfigured(world);
    case 'pause':
      return pause(world, fault.seconds);
    case 'resume':
      return write(world, FIRST, { body: { kind: 'resumed', by: 'U1' } });
    case 'limit': {
      const { bytesPerSecondMax } = fault;
      return write(world, FIRST, { body: { kind: 'limited', by: 'U1', bytesPerSecondMax } });
    }
    case 'replan':
      reconfigured(world);
      return replan(world);
    case 'cancel':
      return write(world, FIRST, { body: { kind: 'cancelled', by: 'U1' } });
    case 'approve':
      return write(world, FIRST, { body: approval(world, FIRST) });
    case 'old approval':
      return write(world, FIRST, { body: approval(world, FIRST, -1) });
    case 'ask to retry':
      return write(world, FIRST, { body: { kind: 'retried', by: 'U1' } });
    case 'ask to roll back':
      return write(world, FIRST, { body: { kind: 'rollback', by: 'U1' } });
    case 'second operation':
      return open(world) || world.kept.bot.size > 0;
    case 'forged':
      return forge(world, fault.what);
    case 'stop':
      return stop(world, actor.name, fault.seconds);
  }
}

function setBack(world: World, entries: number, healSeconds: number | null): boolean {
  world.store.setBack(entries);
  note(world, `the store is set back: ${world.store.operations().join() || 'empty'}`);
  if (healSeconds !== null) later(world, healSeconds, () => heal(world));
  return true;
}

/** Whoever sees the VM off tries to start it. */
function personStarts(world: World, name: HostName): void {
  const host = world.hosts[name];
  if (!host.up || !host.vm || host.vm.running) return;
  meet(world, 'person starts');
  try {
    power(world, host, host.vm);
    note(world, `a person started the VM on ${name}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    note(world, `a person could not start the VM on ${name}: ${error.code}`);
  }
}

function foreignCheckpoint(world: World, seconds: number): boolean {
  const host = Object.values(world.hosts).find(({ vm, up }) => up && vm?.running);
  if (!host?.vm || host.vm.chain.some(isForeign)) return false;
  const { vm } = host;
  freeze(vm.chain, 'foreign');
  later(world, seconds, () => {
    const index = vm.chain.findIndex(isForeign);
    if (index >= 0 && vm.chain[index + 1]) merge(vm.chain, index);
  });
  return true;
}

function checkpointLost(world: World, orphan: boolean): boolean {
  const { vm } = world.hosts['hv-a'];
  const index = vm?.chain.findLastIndex((layer) => roundOf(layer) !== undefined) ?? -1;
  if (!vm || index < 0 || vm.fenced) return false;
  merge(vm.chain, index);
  if (orphan && index === vm.chain.length - 1) freeze(vm.chain, 'nobody');
  return true;
}

function reconfigured(world: World): boolean {
  const { vm } = world.hosts['hv-a'];
  if (vm) vm.processors += 2;
  return vm !== undefined;
}

/** Written whatever is under way: the rules decide whether it means anything. */
function pause(world: World, seconds: number | null): boolean {
  if (seconds !== null) {
    later(world, seconds, () => write(world, FIRST, { body: { kind: 'resumed', by: 'U1' } }));
  }
  return write(world, FIRST, { body: { kind: 'paused', by: 'U1' } });
}

/** The hosts refuse a journal with another plan at any other time. Who writes it counts it. */
function replan(world: World): boolean {
  const entries = world.store.read(FIRST);
  if (entries.length === 0) return false;
  const opened = openedOf(entries);
  const steps = stepsOf(opened);
  if (opened.operation !== 'migration' || !isReadyToAsk(steps, stateOf(steps, entries)))
    return false;
  writeOtherPlan(world, FIRST);
  return false;
}

const FORGED_STEPS: Readonly<Record<Opened['list'], readonly [string, string]>> = {
  'stream@1': ['fenceSource', 'copyLastRound'],
  'live@1': ['moveLive', 'carryOut'],
  'align@1': ['copyWholeDisks', 'trackChanges'],
  'restore@1': ['startTarget', 'makeSureLost'],
  'delete@1': ['deleteCopies', 'deleteCopies'],
};

/** Someone who can write to the store, and has nobody's key. */
function forge(world: World, what: Forged): boolean {
  if (keptOf(world, 'bot', FIRST).seen.length === 0) return false;
  const entries = world.store.read(FIRST);
  if (entries.length === 0) return false;
  const approved = { ...approval(world, FIRST), expiresAt: storeTime(world.clock.now()) + 1e6 };
  const [whenAll, whatOther] = FORGED_STEPS[openedOf(entries).list];
  const bodies: Readonly<Record<Forged, Pick<SignedEntry, 'author' | 'body'>>> = {
    approved: { author: 'bot', body: approved },
    cancelled: { author: 'bot', body: { kind: 'cancelled', by: 'U9' } },
    'fence done': {
      author: 'source',
      body: { kind: 'done', step: whenAll, move: 'run', facts: {} },
    },
    'done by other': {
      author: 'target',
      body: { kind: 'done', step: whatOther, move: 'run', facts: {} },
    },
  };
  const entry = nextEntry(entries, {
    operation: openingOf(world, FIRST) && FIRST,
    ...bodies[what],
  });
  const signature = what === 'done by other' ? entry.signature : 'forged';
  world.store.append({ ...entry, signature }, {});
  return true;
}
