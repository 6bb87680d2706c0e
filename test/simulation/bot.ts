/** The bot of a run: its duties, and the people who click. */

import { type EntryBody, migrationOf, openedOf } from '../../src/domain/journal.ts';
import { planHash } from '../../src/domain/plan.ts';
import { Problem } from '../../src/domain/problem.ts';
import { configurationFingerprint } from '../../src/domain/vm.ts';
import { readJournal } from '../../src/migration/advance.ts';
import { dutyOf } from '../../src/migration/duties.ts';
import { nextAction } from '../../src/migration/next-action.ts';
import { outgrown } from '../../src/migration/outgrown.ts';
import { stateOf } from '../../src/migration/state.ts';
import { approvalOf, stepsOf } from '../../src/migration/steps.ts';
import type { Claims } from '../../src/store/store.ts';
import { factsOfVm } from './host.ts';
import {
  checkNotBehind,
  journalPort,
  keptOf,
  memoryPort,
  nextEntry,
  operationsOf,
  remember,
  verify,
} from './journals.ts';
import { RHYTHM } from './rhythm.ts';
import type { HostName } from './schedule.ts';
import { storeTime } from './store.ts';
import { type Actor, call, meet, note, type World } from './world.ts';

const APPROVAL_SECONDS = 150;
const ANSWER_SECONDS = 60;
const ANSWERS_MAX = 3;
const LOOK_SECONDS = 20;

/** A bot's or a person's entry, as the bot writes it: nothing happens where the bot itself must stop. */
export function write(
  world: World,
  operation: string,
  { body, claims = {} }: { body: EntryBody; claims?: Claims },
): boolean {
  const entries = world.store.read(operation);
  const kept = keptOf(world, 'bot', operation);
  try {
    if (world.store.away) throw new Problem('store-unreachable');
    verify(entries);
    checkNotBehind(kept, entries);
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
  const appended = world.store.append(
    nextEntry(entries, { operation, author: 'bot', body }),
    claims,
  );
  if (appended.result !== 'appended') return false;
  note(world, `bot writes ${body.kind} in ${operation}`);
  remember(kept, [...entries, appended.entry]);
  if (body.kind === 'approved' && body.expiresAt > storeTime(world.clock.now())) {
    world.approved.add(`${operation} ${body.planHash}`);
  }
  if (body.kind === 'cancelled' || body.kind === 'rollback') world.wantedBack.add(operation);
  if (body.kind === 'settled') world.settled.set(operation, body.home);
  return true;
}

export const approval = (
  world: World,
  operation: string,
  seconds = APPROVAL_SECONDS,
): EntryBody => {
  const opened = openedOf(keptOf(world, 'bot', operation).seen);
  return {
    kind: 'approved',
    approval: approvalOf(opened),
    planHash: opened.planHash,
    users: ['U1'],
    expiresAt: storeTime(world.clock.now()) + seconds * 1000,
  };
};

/** Looks at each operation: pays what the bot owes, and does what people would do. */
export function botTurn(world: World, actor: Actor): () => Promise<number> {
  const waits = new Map<string, { since: number; answers: number }>();
  const journal = journalPort(world, actor, () => 'bot');
  const memory = memoryPort(world, actor);
  return async () => {
    for (const operation of operationsOf(world, 'bot')) {
      const key = `bot ${operation}`;
      try {
        const entries = await readJournal(operation, { journal, memory });
        world.halted.delete(key);
        const duty = dutyOf(entries, await journal.now(), RHYTHM);
        const { length } = entries;
        await call(world, { actor, what: 'store.append' }, () => {
          if (world.store.read(operation).length !== length) return;
          if (duty) write(world, operation, duty);
          else if (!replanned(world, operation)) people(world, operation, waits);
        });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (!world.halted.has(key)) note(world, `${key} stops: ${error.message}`);
        world.halted.set(key, error);
      }
    }
    return LOOK_SECONDS * 1000;
  };
}

/** Asks for another plan where the one that is asked for cannot hold; false where it can. */
function replanned(world: World, operation: string): boolean {
  const entries = world.store.read(operation);
  const now = storeTime(world.clock.now());
  const steps = stepsOf(openedOf(entries));
  const next = nextAction(steps, entries, now, RHYTHM);
  const why = outgrown({ entries, state: stateOf(steps, entries), next, now });
  if (why) writeOtherPlan(world, operation);
  return why !== undefined;
}

/** As the VM is now, where its host can be asked. */
export function writeOtherPlan(world: World, operation: string): boolean {
  const before = migrationOf(world.store.read(operation)).plan;
  const { vm, up } = world.hosts[before.source as HostName];
  if (!vm || !up) return false;
  const configuration = configurationFingerprint(factsOfVm(world, vm));
  const plan = { ...before, configuration, secondsMax: before.secondsMax * 2 };
  const body: EntryBody = { kind: 'replanned', plan, planHash: planHash(plan) };
  const written = write(world, operation, { body });
  if (written) meet(world, 'replan');
  return written;
}

function people(
  world: World,
  operation: string,
  waits: Map<string, { since: number; answers: number }>,
): void {
  const { approveSeconds, answer } = world.schedule;
  const entries = world.store.read(operation);
  const now = world.clock.now();
  const next = nextAction(stepsOf(openedOf(entries)), entries, storeTime(now), RHYTHM);
  const key = `${operation} ${next.kind}`;
  const wait = waits.get(key) ?? { since: now, answers: 0 };
  waits.set(key, wait);
  const waited = (now - wait.since) / 1000;
  if (next.kind === 'await approval') {
    if (approveSeconds === null || waited < approveSeconds || wait.answers >= ANSWERS_MAX) return;
    if (next.why?.code === 'off-vm-started') shutDown(world, operation);
    if (write(world, operation, { body: approval(world, operation) })) {
      waits.set(key, { since: now, answers: wait.answers + 1 });
    }
  } else if (next.kind === 'needs a person') {
    if (answer === 'nothing' || waited < ANSWER_SECONDS || wait.answers >= ANSWERS_MAX) return;
    const kind = answer === 'retry' ? 'retried' : 'rollback';
    write(world, operation, { body: { kind, by: 'U1' } });
    waits.set(key, { since: now, answers: wait.answers + 1 });
  }
}

/** As the alert says, before it is approved again. */
function shutDown(world: World, operation: string): void {
  const { source } = migrationOf(world.store.read(operation)).plan;
  const { vm, up } = world.hosts[source as HostName];
  if (!up || !vm?.running || vm.stopping) return;
  note(world, `a person shuts the VM down on ${source}`);
  vm.running = false;
  vm.turnedOffAt = world.clock.now();
}
