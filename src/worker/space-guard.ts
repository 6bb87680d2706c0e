/**
 * Looks after the source's volumes while rounds are open and no step of ours looks: during a copy,
 * while people are asked or it is paused, and after this worker's restart.
 */

import { type Entry, type EntryBody, openedOf } from '../domain/journal.ts';
import { isDeletion, isRestore } from '../domain/plan.ts';
import { Problem, type ProblemRecord } from '../domain/problem.ts';
import { appendTo } from '../migration/advance.ts';
import type { StepPorts } from '../migration/ports.ts';
import { hasOpenRounds, shortOfSpace } from '../migration/space.ts';
import { stateOf } from '../migration/state.ts';
import { stepsOf } from '../migration/steps.ts';
import type { Store } from '../store/store.ts';
import type { Remembered } from './remembered.ts';

/** Looks that fail one after another, before people hear that nobody looks. */
const BLIND_LOOKS_MAX = 24;

export interface Guarding {
  readonly steps: Pick<StepPorts, 'host' | 'journal' | 'memory' | 'space'>;
  /** This host, by its key. */
  readonly publicKey: string;
}

export interface Telling {
  readonly store: { readonly records: Pick<Store['records'], 'put' | 'remove'> };
  readonly identity: { readonly name: string };
}

/** Whether this host must keep its volumes in mind because of what is under way. */
export function isGuarded(entries: readonly Entry[], publicKey: string): boolean {
  const opened = openedOf(entries);
  if (opened.parties.source.publicKey !== publicKey) return false;
  const steps = stepsOf(opened);
  return hasOpenRounds(opened.plan, steps, stateOf(steps, entries));
}

/** Guards again and again, each time what is remembered then; people hear of it when it cannot look. */
export function spaceGuard(
  guarding: Guarding & Telling,
): (remembered: readonly Remembered[]) => Promise<void> {
  const { publicKey, store, identity } = guarding;
  /** What this process has written of each operation; of one that an earlier one wrote it knows nothing. */
  const told = new Map<string, boolean>();
  let failures = 0;
  const tell = async (operation: string, problem: ProblemRecord | undefined): Promise<void> => {
    if (told.get(operation) === (problem !== undefined)) return;
    const key = `halts/${operation}/${identity.name}-volumes`;
    if (problem) await store.records.put(key, problem);
    else await store.records.remove(key);
    told.set(operation, problem !== undefined);
  };
  return async (remembered) => {
    const [look] = await Promise.allSettled([guardSpace(guarding, remembered)]);
    failures = look.status === 'rejected' ? failures + 1 : 0;
    const isBlind = look.status === 'rejected' && failures >= BLIND_LOOKS_MAX;
    for (const { operation, entries } of remembered) {
      const isConcerned = isBlind && isGuarded(entries, publicKey);
      await tell(operation, isConcerned ? unwatched(entries, look.reason) : undefined);
    }
    if (look.status === 'rejected') throw look.reason;
  };
}

function unwatched(entries: readonly Entry[], error: unknown): ProblemRecord {
  const { vm, source } = openedOf(entries).plan;
  const message =
    error instanceof Problem ? String(error.facts.message ?? error.code) : String(error);
  return { code: 'volumes-unwatched', facts: { vm: vm.name, host: source, message } };
}

/** Takes back each of these operations whose volume gets full: what it had frozen cannot be kept up. */
export async function guardSpace(
  { steps, publicKey }: Guarding,
  remembered: readonly Remembered[],
): Promise<void> {
  const guarded = remembered.filter(({ entries }) => isGuarded(entries, publicKey));
  if (guarded.length === 0) return;
  const volumes = await steps.host.volumes();
  const looks = guarded.map(async ({ operation, entries }) => {
    const { plan } = openedOf(entries);
    const short =
      isDeletion(plan) || isRestore(plan) ? undefined : shortOfSpace(plan, volumes, steps.space);
    if (!short) return;
    await appendTo(operation, steps, async (now) =>
      // Somebody came first, or the guest is being stopped: it writes nothing more.
      isGuarded(now, publicKey) ? takenBack(short) : undefined,
    );
  });
  // One whose journal is at odds must not keep the others from being taken back.
  for (const look of await Promise.allSettled(looks)) {
    if (look.status === 'rejected') throw look.reason;
  }
}

/** A step that runs meanwhile sees the entry within a second, and ends. */
const takenBack = (problem: ProblemRecord): EntryBody => {
  return { kind: 'failed', step: 'trackChanges', move: 'run', outcome: 'roll back', problem };
};
