/** The processes of a run: two workers that run `src/migration` as it is, and the bot. */

import { type Opened, openedOf, type Side } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import { advance } from '../../src/migration/advance.ts';
import type { StepPorts } from '../../src/migration/ports.ts';
import { botTurn } from './bot.ts';
import { hostPort } from './host.ts';
import { journalPort, keptOf, memoryPort, operationsOf } from './journals.ts';
import { keptPort } from './kept.ts';
import { notebookPort, reservationsPort } from './own-disk.ts';
import { RHYTHM } from './rhythm.ts';
import type { HostName } from './schedule.ts';
import { copiesPort, peerPort, streamPort } from './stream.ts';
import { type Actor, note, type ProcessName, pass, violated, type World } from './world.ts';

const SWEEP_SECONDS = 60;
/** What it is at may take so long to come to a safe point; then its host kills it. */
const STOP_SECONDS_MAX = 15;
/** A move that changes nothing is not repeated at once for ever. */
const MOVES_MAX = 200;

export function startProcess(world: World, name: ProcessName): void {
  if (world.actors.get(name)?.alive) return;
  const stopping = new AbortController();
  const actor: Actor = { name, alive: true, during: `idle ${name}`, calls: 0, stopping };
  world.actors.set(name, actor);
  note(world, `${name} process started`);
  const turn = name === 'bot' ? botTurn(world, actor) : workerTurn(world, actor, name);
  loop(world, actor, turn).catch((error: unknown) => {
    violated(world, `${name} died of a bug: ${error instanceof Error ? error.stack : error}`);
  });
}

export function endProcess(world: World, name: ProcessName): void {
  const actor = world.actors.get(name);
  if (!actor?.alive) return;
  actor.alive = false;
  note(world, `${name} process ended during ${actor.during}`);
}

/** It ends at its next safe point, or is killed when it takes too long. False where it ends already. */
export function stopProcess(world: World, name: ProcessName): boolean {
  const actor = world.actors.get(name);
  if (!actor?.alive || actor.stopping.signal.aborted) return false;
  note(world, `${name} is told to end during ${actor.during}`);
  actor.stopping.abort();
  world.clock.after(STOP_SECONDS_MAX * 1000, () => {
    if (world.actors.get(name) === actor) endProcess(world, name);
  });
  return true;
}

type Turn = () => Promise<number>;

async function loop(world: World, actor: Actor, turn: Turn): Promise<void> {
  for (;;) {
    actor.during = actor.name === 'bot' ? 'bot' : `idle ${actor.name}`;
    const wait = await turn();
    if (actor.stopping.signal.aborted) return endProcess(world, actor.name);
    await nextChange(world, actor, wait);
  }
}

/** A change of the store is seen within a second; else the sweep looks. */
function nextChange(world: World, actor: Actor, milliseconds: number): Promise<void> {
  const before = world.changes.count;
  return new Promise((resolve) => {
    const wake = (): void => {
      if (actor.alive) resolve();
    };
    const look = (): void => {
      if (world.changes.count === before) world.changes.waiting.push(() => seen());
      else seen();
    };
    let woken = false;
    const seen = (): void => {
      if (woken) return;
      woken = true;
      world.clock.after(1 + world.clock.random(1000), wake);
    };
    world.clock.after(Math.min(milliseconds, SWEEP_SECONDS * 1000), () => {
      if (woken) return;
      woken = true;
      wake();
    });
    look();
  });
}

function workerTurn(world: World, actor: Actor, name: HostName): Turn {
  return async () => {
    await pass(world, actor, 1);
    let wait = SWEEP_SECONDS * 1000;
    for (const operation of operationsOf(world, name)) {
      const next = await runOperation(world, actor, { name, operation });
      wait = Math.min(wait, next);
    }
    return wait;
  };
}

/** Moves until there is nothing to do; answers how long from now there is nothing. */
async function runOperation(
  world: World,
  actor: Actor,
  { name, operation }: { name: HostName; operation: string },
): Promise<number> {
  const opened = openingOf(world, operation);
  const side: Side = opened.plan.source === name ? 'source' : 'target';
  const ports = portsOf(world, actor, side);
  const stopping = actor.stopping.signal;
  const runner = { side, ports, rhythm: RHYTHM, stopping };
  const key = `${name} ${operation}`;
  try {
    for (let moves = 0; moves < MOVES_MAX; moves += 1) {
      if (stopping.aborted) return 0;
      actor.during = `idle ${name}`;
      const advanced = await advance(operation, runner);
      world.halted.delete(key);
      if (advanced.kind === 'idle') {
        return advanced.notBefore === undefined
          ? SWEEP_SECONDS * 1000
          : Math.max(1, advanced.notBefore - (await ports.journal.now()));
      }
    }
    throw new Error(`${operation} moves and moves and gets nowhere`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (!world.halted.has(key)) note(world, `${key} stops: ${error.message}`);
    world.halted.set(key, error);
    return error.code === 'simulated-failure' || error.code === 'store-unreachable' ? 2000 : 30_000;
  }
}

/** What was agreed when an operation was opened; jobs carry it, so it does not come from the store. */
export function openingOf(world: World, operation: string): Opened {
  return openedOf(keptOf(world, 'bot', operation).seen);
}

function portsOf(world: World, actor: Actor, side: Side): StepPorts {
  const host = world.hosts[actor.name as HostName];
  const targetOf = (operation: string) => openingOf(world, operation).plan.target as HostName;
  return {
    host: hostPort(world, host, actor),
    peer: (opened) => peerPort(world, actor, opened),
    stream: streamPort(world, host, { actor, targetOf }),
    copies: copiesPort(world, host, actor),
    kept: keptPort(world, host, actor),
    reservations: reservationsPort(world, host, actor),
    notebook: notebookPort(world, host, actor),
    memory: memoryPort(world, actor),
    journal: journalPort(world, actor, () => side),
    recheck: () => [],
    space: { bytesFreeMin: 0, shareFreeMin: 0 },
    showMove: () => undefined,
    sleep: (seconds, signal) => sleep(world, actor, { seconds, signal }),
    now: () => world.clock.now(),
    timing: {
      stopTimeoutSeconds: 20,
      confirmTimeoutSeconds: 10,
      stopAndStartSeconds: 5,
      lateStopSeconds: 0,
      foreignCheckpointPatienceSeconds: 10,
    },
  };
}

/** Made once: a stack for each sleep would be a tenth of all work. */
const ABORTED = new DOMException('Aborted', 'AbortError');

function sleep(
  world: World,
  actor: Actor,
  { seconds, signal }: { seconds: number; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(ABORTED);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    world.clock.after(seconds * 1000, () => {
      signal.removeEventListener('abort', stop);
      if (actor.alive) resolve();
    });
  });
}
