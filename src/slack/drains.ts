/**
 * Keeps the messages of drains as they are, one for each, and says at its end when VMs were left.
 * Level-triggered: a restart, a lost event or a rate limit costs nothing.
 */

import { createHash } from 'node:crypto';
import { Problem, toProblemRecord } from '../domain/problem.ts';
import type { Words } from '../texts/words.ts';
import {
  type MessageRecord,
  messageKey,
  noteGone,
  postOnce,
  readRecord,
} from './message-record.ts';
import type { Log, MessageRecords, Operations } from './ports.ts';
import type { Posts } from './posts.ts';
import { sleep } from './sleep.ts';
import { noteThread } from './threads.ts';
import { drainMessage, leftMessage } from './views/drain-message.ts';
import { type DrainView, isDrainOver, leftOf } from './views/drain-view.ts';

const LOOK_MS = 2_000;
/** One that ended longer ago without a message was of another bot: it stays unshown. */
const OLD_NEWS_MS = 24 * 3_600_000;

export interface DrainParts {
  readonly operations: Pick<Operations, 'drains'>;
  readonly records: MessageRecords;
  readonly posts: Posts;
  /** The channel's. */
  readonly words: Words;
  /** Where a message goes when its own channel refuses the bot. */
  readonly home: string;
  /** Who hears of VMs that were left: user and group ids. */
  readonly operators: readonly string[];
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly lookEveryMs?: number;
}

/** Looks until it is stopped. */
export function startDrains(parts: DrainParts): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const keep = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        await showDrains(parts);
      } catch (error) {
        report(parts, '', error);
      }
      await sleep(parts.lookEveryMs ?? LOOK_MS, stopped.signal);
    }
  };
  const running = keep();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

/** One look: one drain's trouble is not the others'. */
export async function showDrains(parts: DrainParts): Promise<void> {
  for (const view of await parts.operations.drains()) {
    try {
      await show(parts, view);
    } catch (error) {
      report(parts, view.operation, error);
    }
  }
}

function report({ log }: DrainParts, migration: string, error: unknown): void {
  const { code, facts } = toProblemRecord(error);
  log('slack-show-failed', { ...facts, code, migration });
}

async function show(parts: DrainParts, view: DrainView): Promise<void> {
  const { records, words, home } = parts;
  const now = (parts.now ?? Date.now)();
  const key = messageKey(view.operation);
  const record = await readRecord(records, key);
  if (!record && (view.times.closedAt ?? now) < now - OLD_NEWS_MS) return;
  const message = drainMessage(view, words);
  const hash = createHash('sha256').update(JSON.stringify(message)).digest('hex');
  const head = await postOnce(
    {
      ...{ key, place: { channel: view.channel }, message, now },
      hashes: { hash, state: '' },
      otherwise: view.channel === home ? undefined : { place: { channel: home }, message },
    },
    parts,
  );
  if (!head || head.isGone) return;
  if (head.ts !== record?.ts) await noteThread(records, head, view.operation);
  if (head.hash !== hash && !(await edit(parts, view, { head, message, hash }))) return;
  if (isDrainOver(view) && view.state !== 'cancelled' && leftOf(view).length > 0) {
    await tellLeft(parts, view, { head, now });
  }
}

/** False when it has to be posted anew. */
async function edit(
  { posts, records }: DrainParts,
  view: DrainView,
  {
    head,
    message,
    hash,
  }: { head: MessageRecord; message: Parameters<Posts['edit']>[1]; hash: string },
): Promise<boolean> {
  const key = messageKey(view.operation);
  try {
    await posts.edit({ channel: head.channel, ts: head.ts }, message);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'slack-message-gone') throw error;
    await noteGone(records, key, head);
    return false;
  }
  await records.put(key, { ...head, hash });
  return true;
}

/** Edits notify nobody. */
async function tellLeft(
  parts: DrainParts,
  view: DrainView,
  { head, now }: { head: MessageRecord; now: number },
): Promise<void> {
  const message = leftMessage(view, parts.operators, parts.words);
  await postOnce(
    {
      ...{ key: `slack/note/${view.operation}/left`, message, now, broadcast: true },
      place: { channel: head.channel, threadTs: head.ts },
      hashes: { hash: '', state: '' },
    },
    parts,
  );
}
