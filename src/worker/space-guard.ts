/**
 * Looks after the source's volumes while rounds are open and no step of ours looks: during a copy,
 * while people are asked or it is paused, and after this worker's restart.
 */

import { type Entry, type EntryBody, openedOf } from '../domain/journal.ts';
import { isDeletion } from '../domain/plan.ts';
import { Problem } from '../domain/problem.ts';
import { readJournal } from '../migration/advance.ts';
import type { StepPorts } from '../migration/ports.ts';
import { hasOpenRounds, shortOfSpace } from '../migration/space.ts';
import { stateOf } from '../migration/state.ts';
import { stepsOf } from '../migration/steps.ts';
import type { Remembered } from './remembered.ts';

/** Others write as well; each time it is looked again. */
const APPENDS_MAX = 20;

export interface Guarding {
  readonly steps: Pick<StepPorts, 'host' | 'journal' | 'memory' | 'space'>;
  /** This host, by its key. */
  readonly publicKey: string;
}

/** Whether this host must keep its volumes in mind because of what is under way. */
export function isGuarded(entries: readonly Entry[], publicKey: string): boolean {
  const opened = openedOf(entries);
  if (opened.parties.source.publicKey !== publicKey) return false;
  const steps = stepsOf(opened);
  return hasOpenRounds(steps, stateOf(steps, entries));
}

/** Takes back each of these operations whose volume gets full: what it had frozen cannot be kept up. */
export async function guardSpace(
  { steps, publicKey }: Guarding,
  remembered: readonly Remembered[],
): Promise<void> {
  const guarded = remembered.filter(({ entries }) => isGuarded(entries, publicKey));
  if (guarded.length === 0) return;
  const volumes = await steps.host.volumes();
  for (const { operation, entries } of guarded) {
    const { plan } = openedOf(entries);
    const short = isDeletion(plan) ? undefined : shortOfSpace(plan, volumes, steps.space);
    if (!short) continue;
    await takeBack({ steps, publicKey }, operation, {
      kind: 'failed',
      step: 'trackChanges',
      move: 'run',
      outcome: 'roll back',
      problem: short,
    });
  }
}

/** A step that runs meanwhile sees the entry within a second, and ends. */
async function takeBack(
  { steps, publicKey }: Guarding,
  operation: string,
  body: EntryBody,
): Promise<void> {
  for (let tries = 0; tries < APPENDS_MAX; tries += 1) {
    const entries = await readJournal(operation, steps);
    // Somebody came first, or the guest is being stopped: it writes nothing more.
    if (!isGuarded(entries, publicKey)) return;
    const appended = await steps.journal.append(operation, entries, body);
    if (appended.result === 'lost') continue;
    await steps.memory.remember(operation, [...entries, appended.entry]);
    return;
  }
  throw new Problem('journal-busy', { operation, tries: APPENDS_MAX });
}
