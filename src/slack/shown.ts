/** Makes the channel show an operation as it is. Run again, it does only what is still missing. */

import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';
import { Problem } from '../domain/problem.ts';
import type { Pace } from './pace.ts';
import { isOver, type MessageRecords, type OperationView } from './ports.ts';
import { isNotDone, type Place, type Posts } from './posts.ts';
import { alertMessage } from './views/alert-message.ts';
import type { Message } from './views/blocks.ts';
import { hashOf, operationMessage } from './views/operation-message.ts';

/** An operation that ended longer ago without a message was of another bot: it stays unshown. */
const OLD_NEWS_MS = 24 * 3_600_000;

/** Where a message is and what it shows; an empty ts means that its post may have happened. */
const recordSchema = z.object({
  channel: z.string(),
  ts: z.string(),
  hash: z.string(),
  /** Of all but progress. */
  state: z.string(),
  postingSince: z.number().optional(),
});

export type MessageRecord = z.infer<typeof recordSchema>;

export interface ShowParts {
  readonly records: MessageRecords;
  readonly posts: Posts;
  readonly pace: Pace;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export const messageKey = (operation: string): string => `slack/message/${operation}`;
export const alertKey = (alert: Alert): string =>
  `slack/alert/${alert.operation}/${encodeURIComponent(alert.key)}`;

/** `finished` when the channel shows the end and nothing can follow. */
export async function show(view: OperationView, parts: ShowParts): Promise<'finished' | 'open'> {
  const closedAt = view.times.closedAt ?? parts.now();
  const record = await read(parts.records, messageKey(view.operation));
  if (!record && isOver(view) && closedAt < parts.now() - OLD_NEWS_MS) return 'finished';
  const posted = record && record.ts !== '' ? record : await postMessage(view, parts);
  if (!posted) return 'open';
  // Side by side: an edit that Slack refuses or delays must not hold back an alert.
  const both = await Promise.allSettled([
    editMessage(view, posted, parts),
    showAlerts(view, posted.ts, parts),
  ]);
  for (const one of both) if (one.status === 'rejected') throw one.reason;
  if (!isOver(view) || view.state.cleanUpPending) return 'open';
  parts.pace.forget(view.operation);
  return 'finished';
}

/** `undefined` while another process posts it. */
function postMessage(view: OperationView, parts: ShowParts): Promise<MessageRecord | undefined> {
  const place = { channel: view.channel };
  const message = operationMessage(view);
  return postOnce({ key: messageKey(view.operation), place, message, hashes: hashOf(view) }, parts);
}

async function editMessage(
  view: OperationView,
  posted: MessageRecord,
  { records, posts, pace, now }: ShowParts,
): Promise<void> {
  const hashes = hashOf(view);
  const key = messageKey(view.operation);
  const { channel, ts } = posted;
  if (posted.hash === hashes.hash) return;
  const isProgress = posted.state === hashes.state;
  if (isProgress && !pace.takeTurn(view.operation, now())) return;
  if (!isProgress) pace.count(now());
  try {
    await posts.edit({ channel, ts }, operationMessage(view));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'slack-message-gone') await records.put(key, null);
    if (error.code !== 'slack-rate-limited' || !isProgress) throw error;
    // Progress can wait; the next edit shows it.
    pace.holdUntil(now() + Number(error.facts.waitSeconds) * 1000);
    return;
  }
  await put(records, key, { channel, ts, ...hashes });
}

/** One after the other, so that the thread tells them in their order. */
async function showAlerts(view: OperationView, threadTs: string, parts: ShowParts): Promise<void> {
  for (const alert of view.alerts) await showAlert(view, { alert, threadTs }, parts);
}

async function showAlert(
  view: OperationView,
  { alert, threadTs }: { alert: Alert; threadTs: string },
  parts: ShowParts,
): Promise<void> {
  const key = alertKey(alert);
  const record = await read(parts.records, key);
  if (record && record.ts !== '') return;
  const place = { channel: view.channel, threadTs };
  const hashes = { hash: '', state: '' };
  await postOnce({ key, place, message: alertMessage(view, alert), hashes }, parts);
}

interface NewMessage {
  readonly key: string;
  readonly place: Place;
  readonly message: Message;
  readonly hashes: { readonly hash: string; readonly state: string };
}

/**
 * The intent is recorded before the post. When it is found again, the post had an unknown end: the
 * channel is searched first, and where the bot may not search, the new message says that it may be
 * a second one. An alert twice is better than none.
 */
async function postOnce(
  { key, place, message, hashes }: NewMessage,
  { records, posts, now }: ShowParts,
): Promise<MessageRecord | undefined> {
  const before = await records.get(key);
  const interrupted = recordSchema.safeParse(before).data;
  const { channel } = place;
  let maybeRepeated = false;
  if (interrupted) {
    const found = await posts.find(key, place, interrupted.postingSince ?? now());
    // What it shows is not known, so its hashes are empty and it is edited.
    if (found !== undefined && found !== 'cannot look') {
      return await put(records, key, { channel, ts: found, hash: '', state: '' });
    }
    maybeRepeated = found === 'cannot look';
  } else {
    const intent = { channel, ts: '', hash: '', state: '', postingSince: now() };
    if (!(await records.compareAndSet(key, before, intent))) return undefined;
  }
  try {
    const ts = await posts.post({ key, place, message, maybeRepeated });
    return await put(records, key, { channel, ts, ...hashes });
  } catch (error) {
    if (isNotDone(error) && !interrupted) await records.put(key, null);
    throw error;
  }
}

async function put(
  records: MessageRecords,
  key: string,
  record: MessageRecord,
): Promise<MessageRecord> {
  await records.put(key, record);
  return record;
}

async function read(records: MessageRecords, key: string): Promise<MessageRecord | undefined> {
  return recordSchema.safeParse(await records.get(key)).data;
}
