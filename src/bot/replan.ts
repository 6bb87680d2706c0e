/** The bot's look at both hosts when people must be asked for another plan, and the entry that says so. */

import { type EntryBody, openedOf } from '../domain/journal.ts';
import { isMove, planHash } from '../domain/plan.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import { measuredUntilAsked, outgrown } from '../migration/outgrown.ts';
import { type Replanned, replan } from '../preflight/replan.ts';
import type { Records } from '../store/store.ts';
import { keepFindings, keptFindings } from './findings.ts';
import { type Inspected, type LookingAcross, lookAcross } from './looks.ts';
import { type Ledger, request, type Seen } from './requests.ts';

export interface Replanning extends Ledger, LookingAcross {
  readonly records: Pick<Records, 'get' | 'put' | 'remove'>;
  /** A host's own look, as this operation sees it, at itself and at the VM of this Id. */
  readonly lookAgain: (
    host: string,
    of: { readonly vmId: string; readonly operation: string },
  ) => Promise<Inspected>;
  readonly wake: (operation: string) => Promise<void>;
  /** Why it was broken off; the next look tries again. */
  readonly onFailure: (operation: string, error: unknown) => void;
}

export interface Replanner {
  /** Makes another plan where one is needed. Returns at once: a host may be silent for seconds. */
  consider(operation: string, seen: Seen): void;
  /** Resolves when nothing is under way. */
  ended(): Promise<void>;
}

export function replanner(from: Replanning): Replanner {
  const running = new Map<string, Promise<void>>();
  /** Operations without a halt of ours in the store; one of an earlier process may still be there. */
  const clear = new Set<string>();
  const haltKey = (operation: string): string => `halts/${operation}/bot`;
  const once = async (operation: string, seen: Seen): Promise<void> => {
    const refused = outgrown(seen) ? await replanOnce(from, operation, seen) : undefined;
    if (refused) {
      clear.delete(operation);
      await from.records.put(haltKey(operation), refused);
    } else if (!clear.has(operation)) {
      await from.records.remove(haltKey(operation));
      clear.add(operation);
    }
  };
  return {
    consider(operation, seen) {
      if (running.has(operation)) return;
      if (clear.has(operation) && !outgrown(seen)) return;
      const run = once(operation, seen)
        .catch((error: unknown) => from.onFailure(operation, error))
        .finally(() => running.delete(operation));
      running.set(operation, run);
    },
    async ended() {
      await Promise.all(running.values());
    },
  };
}

/** Answers why there can be no other plan, if there cannot. */
async function replanOnce(
  from: Replanning,
  operation: string,
  seen: Seen,
): Promise<ProblemRecord | undefined> {
  const { entries } = seen;
  const before = openedOf(entries).plan;
  if (!isMove(before)) return undefined;
  const of = { vmId: before.vm.id, operation };
  const [source, target] = await Promise.all([
    from.lookAgain(before.source, of),
    from.lookAgain(before.target, of),
  ]);
  const { vm } = source;
  if (!vm)
    return { code: 'vm-gone', facts: { vm: before.vm.name, host: before.source, operation } };
  const subject = await lookAcross(from, { vm, source: source.host, target: target.host });
  const replanned = replan({ before, subject, measured: measuredIn(seen) });
  if ('refused' in replanned) return replanned.refused;
  await renewFindings(from, operation, replanned);
  const { plan } = replanned;
  const body: EntryBody = { kind: 'replanned', plan, planHash: planHash(plan) };
  await request(from, { operation, author: 'bot' }, (now) =>
    outgrown(now) ? { body } : undefined,
  );
  await from.wake(operation);
  return undefined;
}

/** What the question itself says that it measured is newer than the rounds before it. */
function measuredIn(seen: Seen) {
  const why = outgrown(seen);
  const { seconds, secondsMax } = why?.facts ?? {};
  const measured = measuredUntilAsked(seen);
  if (why?.code === 'pause-fits-again' && typeof secondsMax === 'number') {
    const { pauseSeconds: _, ...others } = measured;
    return { ...others, pauseSecondsEnough: secondsMax };
  }
  const isPause = why?.code === 'pause-beyond-plan' && typeof seconds === 'number';
  return isPause ? { ...measured, pauseSeconds: seconds } : measured;
}

/** The findings of this look take the place of those of the same checks; the others stay. */
async function renewFindings(
  { records }: Replanning,
  operation: string,
  { findings }: Extract<Replanned, { plan: unknown }>,
): Promise<void> {
  const checks = new Set(findings.map(({ check }) => check));
  const others = (await keptFindings(records, operation)).filter(({ check }) => !checks.has(check));
  await keepFindings(records, operation, [...findings, ...others]);
}
