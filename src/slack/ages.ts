/**
 * Tells when a copy is older than its order promises, once for each time that happens, and when it is
 * young again. It goes by the orders alone: also where no operation carries one out.
 */

import { z } from 'zod';
import { toProblemRecord } from '../domain/problem.ts';
import { ageSecondsMax } from '../fleet/alignment.ts';
import type { Words } from '../texts/words.ts';
import { messageKey, type PostParts, postOnce, readRecord } from './message-record.ts';
import type { Log, MessageRecords, Operations } from './ports.ts';
import type { Place } from './posts.ts';
import type { AlignmentRow } from './rows.ts';
import { sleep } from './sleep.ts';
import { ageMessage, youngMessage } from './views/age-message.ts';

const LOOK_MS = 10_000;
const UNSHOWN = { hash: '', state: '' } as const;

/** Since when it is too old; in `said` the number of that time, which names its messages. */
const toldSchema = z.object({ said: z.int(), isOld: z.boolean() });

export interface AgeParts extends PostParts {
  readonly operations: Pick<Operations, 'alignments'>;
  readonly records: MessageRecords;
  /** The channel's. */
  readonly words: Words;
  /** Where it goes when the order's own channel refuses it. */
  readonly home: string;
  /** Who hears of it: user and group ids. */
  readonly operators: readonly string[];
  readonly log: Log;
  /** Milliseconds since 1970, the store's clock. */
  readonly now?: () => number;
}

/** Looks until it is stopped. */
export function startAges(parts: AgeParts): { stop(): void } {
  const stopped = new AbortController();
  void keepTelling(parts, stopped.signal);
  return { stop: () => stopped.abort() };
}

async function keepTelling(parts: AgeParts, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await tellAges(parts, stopping);
    } catch (error) {
      const { code, facts } = toProblemRecord(error);
      parts.log('ages-not-told', { ...facts, code });
    }
    await sleep(LOOK_MS, stopping);
  }
}

/** One look. @throws {Problem} what keeps a message from being posted: the next look tries again */
export async function tellAges(parts: AgeParts, stopping: AbortSignal): Promise<void> {
  const now = (parts.now ?? Date.now)();
  for (const row of await parts.operations.alignments()) {
    if (stopping.aborted) return;
    await tell(parts, row, now);
  }
}

const isTooOld = ({ everySeconds, freshAt, orderedAt }: AlignmentRow, now: number): boolean =>
  now - (freshAt ?? orderedAt) > ageSecondsMax(everySeconds) * 1000;

async function tell(parts: AgeParts, row: AlignmentRow, now: number): Promise<void> {
  const key = `slack/age/${encodeURIComponent(row.vm.id)}`;
  const before = await parts.records.get(key);
  const { said, isOld } = toldSchema.safeParse(before).data ?? { said: 0, isOld: false };
  const isOldNow = isTooOld(row, now);
  if (isOld === isOldNow) return;
  const number = isOldNow ? said + 1 : said;
  const { words, operators, home } = parts;
  const message = isOldNow ? ageMessage(row, { now, operators }, words) : youngMessage(row, words);
  const place = await placeOf(parts, row);
  const otherwise =
    place.channel === home ? {} : { otherwise: { place: { channel: home }, message } };
  const posted = await postOnce(
    {
      key: `${key}/${number}/${isOldNow ? 'old' : 'young'}`,
      place,
      message,
      hashes: UNSHOWN,
      now,
      broadcast: true,
      ...otherwise,
    },
    parts,
  );
  if (posted) await parts.records.put(key, { said: number, isOld: isOldNow });
}

/** The thread of the operation that carries it out, while there is one. */
async function placeOf({ records }: AgeParts, row: AlignmentRow): Promise<Place> {
  const { operation, channel } = row;
  const head = operation && (await readRecord(records, messageKey(operation)));
  if (!head || head.ts === '' || head.isGone) return { channel };
  return { channel: head.channel, threadTs: head.ts };
}
