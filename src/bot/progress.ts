/** Which of the figures that a worker stored are still true: those of a round that is being sent. */

import { z } from 'zod';
import { type Entry, type EntryBody, openedOf } from '../domain/journal.ts';
import { isDeletion, staysOff } from '../domain/plan.ts';
import type { Progress, StateKind } from '../slack/operation-view.ts';
import type { Records } from '../store/store.ts';

/** The steps that send rounds, and the live move, which has none. */
const SENDING: readonly string[] = [
  ...['copyWholeDisks', 'copyDirtyRounds', 'catchUp', 'copyLastRound', 'moveLive'],
];
/** States in which a round may be under way; a halt, a roll-back and an end have none. */
const UNDER_WAY: readonly StateKind[] = [
  ...(['copying', 'paused', 'asking', 'waiting', 'cutting over', 'moving'] as const),
];

const amount = z.number().nonnegative();
const progressSchema = z.looseObject({
  bytesDone: amount,
  bytesTotal: amount,
  bytesPerSecond: amount,
  round: amount,
  etaSeconds: amount,
});

/** A worker writes it anew every second: what cannot be read is no progress. */
export async function keptProgress(
  records: Pick<Records, 'get'>,
  operation: string,
): Promise<Progress | undefined> {
  return progressSchema.safeParse(await records.get(`progress/${operation}`)).data;
}

type Body<Kind> = Extract<EntryBody, { kind: Kind }>;

/**
 * The worker's last word outlives its round: what is sent already, or not sent any more, is no
 * progress. While it is paused only what is done counts: nothing moves, so no end is near.
 */
export function progressNow(
  progress: Progress | undefined,
  { entries, kind }: { entries: readonly Entry[]; kind: StateKind },
): Progress | undefined {
  if (!progress || !UNDER_WAY.includes(kind)) return undefined;
  const newest = entries.findLast(({ body }) => isMove(body))?.body;
  const isSending = newest?.kind === 'started' && isOfRounds(newest);
  if (!isSending || progress.round <= newestRoundSent(entries)) return undefined;
  return kind === 'paused' ? { ...progress, bytesPerSecond: 0, etaSeconds: 0 } : progress;
}

const isMove = ({ kind }: EntryBody): boolean =>
  kind === 'started' || kind === 'done' || kind === 'failed';

const isOfRounds = ({ step, move }: Body<'started'>): boolean =>
  SENDING.includes(step) && move !== 'undo';

/** By the journal; -1 before the first. */
function newestRoundSent(entries: readonly Entry[]): number {
  const { plan } = openedOf(entries);
  // Only its last round is sent.
  if (!isDeletion(plan) && staysOff(plan)) return -1;
  const rounds = entries.flatMap(({ body }) => {
    if (body.kind !== 'done' || body.move === 'undo' || !SENDING.includes(body.step)) return [];
    // The whole disks are round 0.
    return [typeof body.facts.round === 'number' ? body.facts.round : 0];
  });
  return Math.max(-1, ...rounds);
}
