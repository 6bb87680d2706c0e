/** Everything that people must notice: new messages in a migration's thread, each once. */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';
import { Problem, toProblemRecord } from '../domain/problem.ts';
import {
  type MessageRecord,
  messageKey,
  noteGone,
  postOnce,
  readRecord,
} from './message-record.ts';
import { isOver, type OperationView } from './operation-view.ts';
import type { Log, Operations } from './ports.ts';
import { isNotDone, type Place } from './posts.ts';
import { isOldNews, type Shown, type ShowParts } from './shown.ts';
import {
  alertMessage,
  failedAgainMessage,
  mendedMessage,
  reminderMessage,
} from './views/alert-message.ts';
import type { Message } from './views/blocks.ts';

/** While nobody has acknowledged; afterwards it is quiet. */
const REMINDERS_SECONDS = [900, 3_600, 14_400] as const;
/** Posted later than this after it arose, it says so. */
const LATE_MS = 5_000;
/** An alert does not wait longer for the message whose thread it belongs to. */
const THREAD_PATIENCE_MS = 15_000;
const REPORTS_TRIED_MAX = 3;
const REPORT_AGAIN_AFTER_MS = 60_000;

/** One more message in the thread, posted once for its name. */
export interface Note {
  readonly name: string;
  readonly message: Message;
  /** Shown in the channel as well. */
  readonly broadcast?: boolean;
}

export interface NoticeParts extends ShowParts {
  readonly operations: Pick<Operations, 'report'>;
  /** User and group ids to call when something is wrong. */
  readonly operators: readonly string[];
  /** What else is due now. `now`: the store's clock, milliseconds since 1970. */
  readonly notesOf?: (view: OperationView, now: number) => readonly Note[];
  readonly log: Log;
}

export const alertKey = ({ operation, key }: Pick<Alert, 'operation' | 'key'>): string =>
  `slack/alert/${operation}/${encodeURIComponent(key)}`;

export async function showNotices(view: OperationView, parts: NoticeParts): Promise<Shown> {
  const now = view.times.lookedAt ?? parts.now();
  const head = await readRecord(parts.records, messageKey(view.operation));
  if (!head && isOldNews(view, now)) return 'finished';
  const notes = parts.notesOf?.(view, now) ?? [];
  if (view.alerts.length === 0 && notes.length === 0) return isOver(view) ? 'finished' : 'open';
  const thread = { view, now, head, parts };
  const shown: Shown[] = [];
  // One after the other, so that the thread tells them in their order.
  for (const alert of view.alerts) shown.push(await showAlert(thread, alert));
  for (const note of notes) shown.push((await postNote(thread, note)) ? 'finished' : 'pending');
  if (shown.includes('pending')) return 'pending';
  return isOver(view) && !shown.includes('open') ? 'finished' : 'open';
}

interface Thread {
  readonly view: OperationView;
  readonly now: number;
  /** Of the migration's own message. */
  readonly head: MessageRecord | undefined;
  readonly parts: NoticeParts;
}

async function showAlert(thread: Thread, alert: Alert): Promise<Shown> {
  const posted = await postAlert(thread, alert);
  if (!posted) return 'pending';
  const record = posted.isGone ? posted : await editAlert(thread, alert, posted);
  if (!record || !(await remind(thread, alert, record))) return 'pending';
  await attachReport(thread, alert);
  return alert.mendedAt === undefined ? 'open' : 'finished';
}

async function postAlert(thread: Thread, alert: Alert): Promise<MessageRecord | undefined> {
  const { view, now, parts } = thread;
  const key = alertKey(alert);
  const place = placeIn(thread, alert.raisedAt);
  if (!place) return undefined;
  const message = alertLook(thread, alert, now);
  const hashes = { hash: digest(message), state: '' };
  const otherwise = elsewhere(thread, message);
  const wanted = { key, place, message, hashes, now, otherwise, broadcast: true };
  return await inThread(thread, () => postOnce(wanted, parts), view.operation);
}

/** A thread whose first message somebody deleted is begun anew. */
async function inThread<T>(
  { head, parts }: Thread,
  act: () => Promise<T>,
  operation: string,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    const isGone = error instanceof Problem && error.code === 'slack-message-gone';
    if (!isGone || !head) throw error;
    await noteGone(parts.records, messageKey(operation), head);
    return undefined;
  }
}

/** Where a notice goes; `undefined` while the thread is about to begin. */
function placeIn({ view, now, head }: Thread, since: number): Place | undefined {
  if (head?.isGone) return { channel: head.channel };
  if (head && head.ts !== '') return { channel: head.channel, threadTs: head.ts };
  return now - since > THREAD_PATIENCE_MS ? { channel: view.channel } : undefined;
}

function elsewhere({ head, view, parts }: Thread, message: Message) {
  const channel = head?.channel ?? view.channel;
  return channel === parts.home ? undefined : { place: { channel: parts.home }, message };
}

const alertLook = ({ view, parts }: Thread, alert: Alert, postedAt: number): Message =>
  alertMessage(view, alert, { ...parts, isLate: postedAt - alert.raisedAt > LATE_MS });

/** `undefined` when it has to be posted anew. */
async function editAlert(
  thread: Thread,
  alert: Alert,
  record: MessageRecord,
): Promise<MessageRecord | undefined> {
  const { parts, now } = thread;
  const { channel, ts } = record;
  const key = alertKey(alert);
  const message = alertLook(thread, alert, record.postedAt ?? now);
  const hash = digest(message);
  if (record.hash === hash) return record;
  try {
    await parts.posts.edit({ channel, ts }, message);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'slack-message-gone') throw error;
    const isWanted = alert.mendedAt === undefined && alert.heard === undefined;
    await noteGone(parts.records, key, isWanted ? record : { ...record, isAnew: true });
    return undefined;
  }
  const shown = { ...record, hash };
  await parts.records.put(key, shown);
  return shown;
}

/** Calls people again, and tells those who were called when it is mended. */
async function remind(thread: Thread, alert: Alert, record: MessageRecord): Promise<boolean> {
  const { view, now, parts } = thread;
  const key = alertKey(alert);
  const again = alert.failedAgainAt ?? 0;
  if (alert.mendedAt !== undefined) {
    if (!record.isReminded && !alert.heard) return true;
    return await postNote(thread, {
      name: `${key}/mended`,
      message: mendedMessage(view, alert, parts.words),
    });
  }
  if (again > 0 && !alert.heard) {
    const message = failedAgainMessage(view, alert, parts);
    if (!(await postNote(thread, { name: `${key}/again/${again}`, message }))) return false;
  }
  const since = Math.max(record.postedAt ?? now, again);
  const number = REMINDERS_SECONDS.filter((seconds) => now - since >= seconds * 1000).length;
  if (number === 0 || alert.heard) return true;
  const count = REMINDERS_SECONDS.length;
  const message = reminderMessage(view, alert, { ...parts, number, count });
  const isPosted = await postNote(thread, { name: `${key}/reminder/${again}/${number}`, message });
  if (isPosted && !record.isReminded) {
    await parts.records.put(key, { ...record, isReminded: true });
  }
  return isPosted;
}

/** True when it is posted. */
async function postNote(thread: Thread, note: Note): Promise<boolean> {
  const { view, now, parts } = thread;
  const { name, message, broadcast = false } = note;
  const place = placeIn(thread, now);
  if (!place) return false;
  const key = name.startsWith('slack/') ? name : `slack/note/${view.operation}/${name}`;
  const hashes = { hash: '', state: '' };
  const wanted = {
    key,
    place,
    message,
    hashes,
    now,
    broadcast,
    otherwise: elsewhere(thread, message),
  };
  const posted = await inThread(thread, () => postOnce(wanted, parts), view.operation);
  return posted !== undefined;
}

/** What the bot knows, as a file, for the person who has to look. It hides no alert when it fails. */
async function attachReport(thread: Thread, alert: Alert): Promise<void> {
  const { view, now, parts } = thread;
  const place = placeIn(thread, now);
  if (view.state.kind !== 'needs a person' || alert.mendedAt !== undefined || !place) return;
  const key = `${alertKey(alert)}/report`;
  const { tries, notBefore } = triesOf(await parts.records.get(key));
  if (tries >= REPORTS_TRIED_MAX || now < notBefore) return;
  await parts.records.put(key, { tries: tries + 1, notBefore: now + REPORT_AGAIN_AFTER_MS });
  const { operation } = view;
  try {
    const text = await parts.operations.report(operation);
    const title = parts.words.alerts.report(operation);
    await parts.posts.upload(place, { name: `${operation}.txt`, title, text });
    await parts.records.put(key, { tries: REPORTS_TRIED_MAX, notBefore: 0 });
  } catch (error) {
    const { code, facts } = toProblemRecord(error);
    parts.log('slack-report-failed', { ...facts, code, operation });
    // After an unknown end it may be there: a second one would only confuse.
    if (!isNotDone(error)) await parts.records.put(key, { tries: REPORTS_TRIED_MAX, notBefore: 0 });
  }
}

const triesSchema = z.object({ tries: z.number(), notBefore: z.number() });

const triesOf = (stored: unknown): z.infer<typeof triesSchema> =>
  triesSchema.safeParse(stored).data ?? { tries: 0, notBefore: 0 };

const digest = (message: Message): string =>
  createHash('sha256').update(JSON.stringify(message)).digest('hex');
