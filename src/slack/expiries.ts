/** Tells once that what a moved VM left on its source need not be kept for much longer. */

import { toProblemRecord } from '../domain/problem.ts';
import type { Words } from '../texts/words.ts';
import { messageKey, type PostParts, postOnce, readRecord } from './message-record.ts';
import type { Log, MessageRecords, Operations } from './ports.ts';
import type { Place } from './posts.ts';
import type { CopyRow } from './rows.ts';
import { sleep } from './sleep.ts';
import { expiryMessage } from './views/expiry-message.ts';

const LOOK_MS = 3_600_000;
/** Time enough to think about it, also over a weekend. */
const AHEAD_MS = 3 * 86_400_000;
const UNSHOWN = { hash: '', state: '' } as const;

export interface ExpiryParts extends PostParts {
  readonly operations: Pick<Operations, 'copies'>;
  readonly records: MessageRecords;
  /** The channel's. */
  readonly words: Words;
  /** Where it goes when the operation's own message is gone. */
  readonly home: string;
  readonly log: Log;
  readonly now?: () => number;
}

/** Looks at once and then every hour. */
export function startExpiries(parts: ExpiryParts): { stop(): void } {
  const stopped = new AbortController();
  // A host may take a minute to answer: nobody waits for that at the end.
  void keepTelling(parts, stopped.signal);
  return { stop: () => stopped.abort() };
}

async function keepTelling(parts: ExpiryParts, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await tellExpiries(parts, stopping);
    } catch (error) {
      const { code, facts } = toProblemRecord(error);
      parts.log('expiries-not-told', { ...facts, code });
    }
    await sleep(LOOK_MS, stopping);
  }
}

/**
 * One look; says nothing once it is `stopping`.
 * @throws {Problem} what keeps a message from being posted: the next look tries again
 */
export async function tellExpiries(parts: ExpiryParts, stopping: AbortSignal): Promise<void> {
  const now = (parts.now ?? Date.now)();
  for (const copy of await parts.operations.copies()) {
    if (stopping.aborted) return;
    const { keptUntil } = copy;
    // Kept for no time at all, it was never meant to be kept.
    if (keptUntil === undefined || keptUntil <= copy.committedAt) continue;
    if (keptUntil - now <= AHEAD_MS) await tell(parts, { ...copy, keptUntil }, now);
  }
}

async function tell(
  parts: ExpiryParts,
  copy: CopyRow & { readonly keptUntil: number },
  now: number,
): Promise<void> {
  const { words, home } = parts;
  const message = expiryMessage(copy, words);
  const place = await placeOf(parts, copy.operation);
  const key = `slack/expiry/${copy.operation}/${encodeURIComponent(copy.host)}`;
  const otherwise =
    place.channel === home ? {} : { otherwise: { place: { channel: home }, message } };
  await postOnce(
    { key, place, message, hashes: UNSHOWN, now, broadcast: true, ...otherwise },
    parts,
  );
}

/** The thread of the operation that left it, while there is one. */
async function placeOf({ records, home }: ExpiryParts, operation: string): Promise<Place> {
  const head = await readRecord(records, messageKey(operation));
  if (!head || head.ts === '' || head.isGone) return { channel: home };
  return { channel: head.channel, threadTs: head.ts };
}
