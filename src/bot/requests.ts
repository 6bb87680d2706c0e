/** What people ask of an operation that runs: the same rules behind buttons and command line. */

import {
  type Entry,
  type EntryBody,
  type OpenedMigration,
  openedOf,
  type Role,
} from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import { hasCutoverBegun, isPastReturn, mayStillObey, type State } from '../migration/how-far.ts';
import { type Next, nextAction } from '../migration/next-action.ts';
import type { Journal } from '../migration/ports.ts';
import { stateOf } from '../migration/state.ts';
import { stepsOf } from '../migration/steps.ts';
import type { Claims, JournalStore } from '../store/store.ts';
import type { Identity } from '../trust/identity.ts';
import type { Memory } from '../trust/memory.ts';
import { appendSigned } from '../worker/journal.ts';

const APPENDS_MAX = 50;
const OPERATION = /^[a-z]\d{1,15}$/;

/** Whether a person's word can be an operation's name: it becomes part of file names. */
export const isOperationName = (text: string): boolean => OPERATION.test(text);

export interface Ledger {
  readonly journal: Pick<Journal, 'read' | 'verify' | 'now'>;
  readonly store: JournalStore;
  readonly identity: Identity;
  /** Keeps what was seen, and refuses a journal that is behind it. */
  readonly memory: Memory;
}

export interface Seen {
  readonly entries: readonly Entry[];
  readonly state: State;
  readonly next: Next;
  /** The store's clock as it was looked at, milliseconds since 1970. */
  readonly now: number;
}

/** The journal, verified and kept, and what it means now. */
export async function look(ledger: Ledger, operation: string): Promise<Seen> {
  return meaningOf(await readVerified(ledger, operation), await ledger.journal.now());
}

/** The journal, verified and kept. @throws {Problem} operation-unknown | journal-behind | journal-… */
export async function readVerified(ledger: Ledger, operation: string): Promise<readonly Entry[]> {
  const { journal, memory } = ledger;
  if (!isOperationName(operation)) throw new Problem('operation-unknown', { operation });
  const entries = await journal.read(operation);
  await memory.checkNotBehind(operation, entries);
  if (entries.length === 0) throw new Problem('operation-unknown', { operation });
  journal.verify(entries);
  await memory.remember(operation, entries);
  return entries;
}

/** What a verified journal means at this time, milliseconds since 1970. */
export function meaningOf(entries: readonly Entry[], now: number): Seen {
  const steps = stepsOf(openedOf(entries));
  const next = nextAction(steps, entries, now);
  return { entries, state: stateOf(steps, entries), next, now };
}

export type DecideOn<At> = (seen: At) => { body: EntryBody; claims?: Claims } | undefined;
export type Decide = DecideOn<Seen>;

/**
 * Appends what `decide` says, deciding anew whenever somebody else wrote first. Nothing is written
 * when it says nothing; what it throws is the answer to the person.
 */
export async function request(
  ledger: Ledger,
  at: { operation: string; author: Role },
  decide: Decide,
): Promise<Seen> {
  return await requestOn(ledger, { ...at, look }, decide);
}

/** The same of a journal that means something else. */
export async function requestOn<At extends { readonly entries: readonly Entry[] }>(
  ledger: Ledger,
  {
    operation,
    author,
    look,
  }: {
    readonly operation: string;
    readonly author: Role;
    readonly look: (ledger: Ledger, operation: string) => Promise<At>;
  },
  decide: DecideOn<At>,
): Promise<At> {
  for (let tries = 0; tries < APPENDS_MAX; tries += 1) {
    const seen = await look(ledger, operation);
    const wish = decide(seen);
    if (!wish) return seen;
    const { body, claims } = wish;
    const entry = { operation, entries: seen.entries, author, body };
    const result = await appendSigned(ledger, entry, claims);
    if (result.result === 'appended') return await look(ledger, operation);
    if (result.result === 'claimed') {
      const { name: vm } = openedOf(seen.entries).plan.vm;
      throw new Problem('vm-claimed', { vm, holder: result.holder });
    }
  }
  throw new Problem('journal-busy', { operation, tries: APPENDS_MAX });
}

export const cancelling = (by: string, operation: string): Decide =>
  takingBack(operation, { kind: 'cancelled', by });

export const rollingBackBy = (by: string, operation: string): Decide =>
  takingBack(operation, { kind: 'rollback', by });

/** Refused once the target may run; asked twice, it is written once. */
function takingBack(operation: string, body: EntryBody): Decide {
  return ({ entries, state, next }) => {
    refuseWhenOver(operation, next);
    if (state.rollingBack) return undefined;
    refuseWhenPastReturn(operation, entries, state);
    return { body };
  };
}

/** Refused once the cutover has begun: a pause must not keep the VM off. Twice is once. */
export const pausing =
  (by: string, operation: string): Decide =>
  ({ entries, state, next }) => {
    refuseWhenOver(operation, next);
    const opened = copyingOf(operation, entries);
    refuseWhenGoingBack(operation, state);
    if (state.paused) return undefined;
    if (hasCutoverBegun(stepsOf(opened), state)) {
      throw new Problem('pause-too-late', { operation, vm: opened.plan.vm.name });
    }
    return { body: { kind: 'paused', by } };
  };

/** Two people who resume at once both did; what was never paused says so. */
export const resuming =
  (by: string, operation: string): Decide =>
  ({ state, next }) => {
    refuseWhenOver(operation, next);
    refuseWhenGoingBack(operation, state);
    if (state.paused) return { body: { kind: 'resumed', by } };
    if (state.resumedAt === undefined) throw new Problem('not-paused', { operation });
    return undefined;
  };

export const limiting =
  (
    { by, bytesPerSecondMax = 0 }: { by: string; bytesPerSecondMax: number | undefined },
    operation: string,
  ): Decide =>
  ({ entries, state, next }) => {
    refuseWhenOver(operation, next);
    const { bytesPerSecondMax: planned = 0 } = copyingOf(operation, entries).plan;
    refuseWhenGoingBack(operation, state);
    if (bytesPerSecondMax === (state.bytesPerSecondMax ?? planned)) return undefined;
    return { body: { kind: 'limited', by, bytesPerSecondMax } };
  };

/** A step that needs a person is tried again; anything else has nothing to retry. */
export const retrying =
  (by: string, operation: string): Decide =>
  ({ next }) => {
    refuseWhenOver(operation, next);
    if (next.kind !== 'needs a person') throw new Problem('nothing-to-retry', { operation });
    return { body: { kind: 'retried', by } };
  };

/** What copies can be paused and limited: a deletion and a live move have no stream. */
function copyingOf(operation: string, entries: readonly Entry[]): OpenedMigration {
  const opened = openedOf(entries);
  if (opened.operation === 'migration' && opened.list === 'stream@1') return opened;
  throw new Problem('nothing-copies', { operation });
}

function refuseWhenOver(operation: string, next: Next): void {
  if (next.kind !== 'finished') return;
  throw new Problem('operation-over', { operation, outcome: next.outcome });
}

/** There is nothing more to copy. */
function refuseWhenGoingBack(operation: string, { rollingBack }: State): void {
  if (rollingBack) throw new Problem('going-back', { operation });
}

function refuseWhenPastReturn(operation: string, entries: readonly Entry[], state: State): void {
  const opened = openedOf(entries);
  const steps = stepsOf(opened);
  if (!isPastReturn(steps, state) || mayStillObey(steps, state)) return;
  const { vm, target } = opened.plan;
  if (opened.operation === 'deletion') throw new Problem('deletion-begun', { operation });
  throw new Problem('past-point-of-no-return', { operation, vm: vm.name, host: target });
}
