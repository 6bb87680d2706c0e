/** Makes a migration's own message show the operation as it is. Run again, it does what is missing. */

import { Problem } from '../domain/problem.ts';
import type { Words } from '../texts/words.ts';
import {
  type MessageRecord,
  messageKey,
  noteGone,
  postOnce,
  readRecord,
} from './message-record.ts';
import { isOver, type OperationView } from './operation-view.ts';
import type { Pace } from './pace.ts';
import type { MessageRecords } from './ports.ts';
import type { Posts } from './posts.ts';
import { noteThread } from './threads.ts';
import { channelLink, escaped, type Message, note } from './views/blocks.ts';
import { hashOf, operationMessage } from './views/operation-message.ts';

/** An operation that ended longer ago without a message was of another bot: it stays unshown. */
const OLD_NEWS_MS = 24 * 3_600_000;

export interface ShowParts {
  readonly records: MessageRecords;
  readonly posts: Posts;
  /** Edits of progress have a client of their own, so that nothing else waits behind them. */
  readonly progress: Pick<Posts, 'edit'>;
  readonly pace: Pace;
  /** The channel's. */
  readonly words: Words;
  /** Where a message goes when its own channel refuses the bot. */
  readonly home: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * `finished`: the channel shows the end and nothing can follow. `open`: it shows what there is so
 * far. `pending`: something is still to be shown, and must not be forgotten by a restart.
 */
export type Shown = 'finished' | 'open' | 'pending';

/** Whether an operation without a message stays without one. */
export const isOldNews = (view: OperationView, now: number): boolean =>
  isOver(view) && (view.times.closedAt ?? now) < now - OLD_NEWS_MS;

export async function showMessage(view: OperationView, parts: ShowParts): Promise<Shown> {
  const { records, pace, now } = parts;
  const key = messageKey(view.operation);
  const record = await readRecord(records, key);
  if (!record && isOldNews(view, now())) return 'finished';
  const posted = record && record.ts !== '' ? record : await postMessage(view, parts);
  if (!posted) return 'pending';
  if (posted.ts !== record?.ts) await noteThread(records, posted, view.operation);
  const isShown = posted.isGone === true || (await editMessage(view, posted, parts));
  if (!isShown) return 'pending';
  if (!isOver(view) || view.state.cleanUpPending) return 'open';
  pace.forget(view.operation);
  return 'finished';
}

/** `undefined` while another process posts it, or it is not known whether it is posted. */
function postMessage(view: OperationView, parts: ShowParts): Promise<MessageRecord | undefined> {
  const { words, home, now } = parts;
  const message = operationMessage(view, words);
  const otherwise = { place: { channel: home }, message: fromElsewhere(message, view, words) };
  return postOnce(
    {
      key: messageKey(view.operation),
      place: { channel: view.channel },
      message,
      hashes: hashOf(view, words),
      now: now(),
      otherwise: view.channel === home ? undefined : otherwise,
    },
    parts,
  );
}

/** Says in the channel where it is why it is not in the one where it was asked for. */
function fromElsewhere(message: Message, { channel }: OperationView, { alerts }: Words): Message {
  const why = `${escaped(alerts.notInChannel)} ${channelLink(channel)} ${escaped(alerts.inviteThere)}`;
  return { ...message, blocks: [...message.blocks, note(why)] };
}

/** True when the message shows the operation as it is, but for progress. */
async function editMessage(
  view: OperationView,
  posted: MessageRecord,
  { records, progress, pace, words, now }: ShowParts,
): Promise<boolean> {
  const hashes = hashOf(view, words);
  const key = messageKey(view.operation);
  const { channel, ts } = posted;
  if (posted.hash === hashes.hash) return true;
  const isProgress = posted.state === hashes.state;
  const hasTurn = isProgress ? pace.takeTurn(view.operation, now()) : pace.takeStateTurn(now());
  if (!hasTurn) return isProgress;
  try {
    await progress.edit({ channel, ts }, operationMessage(view, words));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'slack-message-gone') {
      await noteGone(records, key, posted);
      return false;
    }
    if (error.code !== 'slack-rate-limited') throw error;
    // It comes again by itself, and nothing else of this operation waits for it.
    pace.holdUntil(now() + Number(error.facts.waitSeconds) * 1000);
    return isProgress;
  }
  await records.put(key, { ...posted, ...hashes });
  return true;
}
