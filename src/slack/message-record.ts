/** One message in the channel for one key: posted once, found again, posted anew once if deleted. */

import { z } from 'zod';
import { Problem } from '../domain/problem.ts';
import type { MessageRecords } from './ports.ts';
import { isNotDone, type Place, type Posts } from './posts.ts';
import type { Message } from './views/blocks.ts';

/** Where the bot may not search, a post of unknown end is repeated this often, and so seldom. */
const REPEATS_MAX = 12;
const REPEAT_AFTER_MS = 600_000;

/** Where a message is and what it shows. An empty ts: not posted yet, or not known to be. */
const recordSchema = z.object({
  channel: z.string(),
  threadTs: z.string().exactOptional(),
  ts: z.string(),
  hash: z.string(),
  /** Of all but progress. */
  state: z.string(),
  /** Its post was begun then; without a ts it may have happened. */
  postingSince: z.number().exactOptional(),
  /** How often it was posted after an unknown end, with a word that says so. */
  repeats: z.number().exactOptional(),
  repeatedAt: z.number().exactOptional(),
  postedAt: z.number().exactOptional(),
  /** Somebody deleted it once. */
  isAnew: z.literal(true).exactOptional(),
  /** Somebody deleted it twice: it is left so. */
  isGone: z.literal(true).exactOptional(),
  /** Somebody was reminded of it. */
  isReminded: z.literal(true).exactOptional(),
});

export type MessageRecord = z.infer<typeof recordSchema>;

export interface PostParts {
  readonly records: MessageRecords;
  readonly posts: Pick<Posts, 'post' | 'find'>;
}

export interface NewMessage {
  readonly key: string;
  readonly place: Place;
  readonly message: Message;
  readonly hashes: { readonly hash: string; readonly state: string };
  readonly broadcast?: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where it goes if its channel refuses it. */
  readonly otherwise?: { readonly place: Place; readonly message: Message } | undefined;
}

/** Under which an operation's own message is recorded. */
export const messageKey = (operation: string): string => `slack/message/${operation}`;

export async function readRecord(
  records: Pick<MessageRecords, 'get'>,
  key: string,
): Promise<MessageRecord | undefined> {
  return recordSchema.safeParse(await records.get(key)).data;
}

/**
 * The message's record, once it is posted; `undefined` while that is not known. The intent is
 * recorded before the post. When it is found again, the post had an unknown end: the channel is
 * searched first, and where the bot may not search, the new message says that it may be a second
 * one. An alert twice is better than none.
 */
export async function postOnce(
  wanted: NewMessage,
  parts: PostParts,
): Promise<MessageRecord | undefined> {
  const { records } = parts;
  const { key, now, place } = wanted;
  const before = await records.get(key);
  const record = recordSchema.safeParse(before).data;
  if (record && (record.ts !== '' || record.isGone)) return record;
  const kept = record?.isAnew ? { isAnew: record.isAnew } : {};
  if (record?.postingSince === undefined) {
    const intent = { ...kept, ...placed(place), ...UNSHOWN, postingSince: now };
    if (!(await records.compareAndSet(key, before, intent))) return undefined;
    return await post(wanted, { before, intent }, parts);
  }
  const where = { channel: record.channel, ...threadOf(record) };
  const found = await find(parts.posts, wanted, { where, sinceMs: record.postingSince });
  if (found !== undefined && found !== 'cannot look') {
    // What it shows is not known, so its hashes are empty and it is edited.
    const posted = { ...kept, ...where, ...UNSHOWN, ts: found, postedAt: record.postingSince };
    await records.put(key, posted);
    return posted;
  }
  if (found === undefined) return await post(wanted, { before: record, intent: record }, parts);
  const { repeats = 0, repeatedAt = 0 } = record;
  if (repeats >= REPEATS_MAX || (repeats > 0 && now < repeatedAt + REPEAT_AFTER_MS)) {
    return undefined;
  }
  const intent = { ...record, repeats: repeats + 1, repeatedAt: now };
  if (!(await records.compareAndSet(key, before, intent))) return undefined;
  return await post(wanted, { before: record, intent, maybeRepeated: true }, parts);
}

const UNSHOWN = { ts: '', hash: '', state: '' } as const;
const threadOf = ({ threadTs }: { threadTs?: string | undefined }) =>
  threadTs === undefined ? {} : { threadTs };
const placed = (place: Place) => ({ channel: place.channel, ...threadOf(place) });

/** A channel that refuses the bot shows nothing either: what may be there is out of reach. */
async function find(
  posts: PostParts['posts'],
  { key, place, otherwise }: NewMessage,
  { where, sinceMs }: { where: Place; sinceMs: number },
): Promise<string | undefined | 'cannot look'> {
  try {
    return await posts.find(key, where, sinceMs);
  } catch (error) {
    if (isRefused(error) && otherwise && where.channel === place.channel) return undefined;
    throw error;
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'slack-channel-refused';

interface Attempt {
  /** What the record is again when nothing was done. */
  readonly before: unknown;
  readonly intent: MessageRecord;
  readonly maybeRepeated?: boolean;
}

async function post(
  wanted: NewMessage,
  { before, intent, maybeRepeated = false }: Attempt,
  { records, posts }: PostParts,
): Promise<MessageRecord> {
  const { key, now, hashes, otherwise, broadcast = false } = wanted;
  const postIn = async (place: Place, message: Message): Promise<MessageRecord> => {
    const ts = await posts.post({ key, place, message, maybeRepeated, broadcast });
    const anew = intent.isAnew ? { isAnew: intent.isAnew } : {};
    const record = { ...anew, ...placed(place), ts, ...hashes, postedAt: now };
    await records.put(key, record);
    return record;
  };
  try {
    try {
      return await postIn(wanted.place, wanted.message);
    } catch (error) {
      if (!isRefused(error) || !otherwise) throw error;
      const { threadTs: _, ...intended } = intent;
      await records.put(key, { ...intended, ...placed(otherwise.place) });
      return await postIn(otherwise.place, otherwise.message);
    }
  } catch (error) {
    if (isNotDone(error)) await records.put(key, before ?? null);
    throw error;
  }
}

/** A person deleted the message: it is posted anew once, and left alone the second time. */
export async function noteGone(
  records: MessageRecords,
  key: string,
  record: MessageRecord,
): Promise<void> {
  const { channel } = record;
  const again = { channel, ...threadOf(record), ...UNSHOWN, isAnew: true as const };
  await records.put(key, record.isAnew ? { ...record, isGone: true } : again);
}
