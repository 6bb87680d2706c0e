/** The calls that show messages. Each error says whether Slack may have done it all the same. */

import webApi, { type WebClient } from '@slack/web-api';
import { Problem } from '../domain/problem.ts';
import type { Words } from '../texts/words.ts';
import { messageOf, refusalIn, saysNotInChannel, saysNotPermitted } from './api.ts';
import { escaped, type Message, note } from './views/blocks.ts';

/** Found again after a crash by this type and the record's key. */
const METADATA_TYPE = 'ferry_message';
const MESSAGES_PER_PAGE = 200;
const PAGES_SEARCHED_MAX = 5;
/** Our clock and Slack's may differ by this much. */
const CLOCK_SKEW_SECONDS = 600;
const GONE = ['message_not_found', 'cant_update_message', 'edit_window_closed', 'thread_not_found'];
/** Without a connection nothing was sent. */
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];
const UPLOAD_TIMEOUT_MS = 30_000;

export interface Place {
  readonly channel: string;
  readonly threadTs?: string;
}

export interface Post {
  /** Names the message in the records, and in its metadata. */
  readonly key: string;
  readonly place: Place;
  readonly message: Message;
  /** An earlier one may stand above: say so. */
  readonly maybeRepeated: boolean;
  /** In a thread: shown in the channel as well. */
  readonly broadcast?: boolean;
}

export interface TextFile {
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

/**
 * Errors are Problems. Nothing was done after `slack-rate-limited` {waitSeconds}, `slack-away`,
 * `slack-message-gone`, `slack-channel-refused`, `slack-call-refused`; it is unknown after
 * `slack-call-failed`.
 */
export interface Posts {
  /** Resolves with the message's ts. */
  post(post: Post): Promise<string>;
  edit(place: { channel: string; ts: string }, message: Message): Promise<void>;
  /** The ts of a message whose post had an unknown end; `cannot look` without a history scope. */
  find(key: string, place: Place, sinceMs: number): Promise<string | undefined | 'cannot look'>;
  /** A file as a message of its own. Where its end is unknown, it must not be tried again. */
  upload(place: Place, file: TextFile): Promise<void>;
}

/** The client must not retry by itself: after an unknown end a post would appear twice. */
export function postsOf(client: WebClient, words: Words): Posts {
  return {
    post: (post) => called('chat.postMessage', post.place, () => postMessage(client, post, words)),
    edit: async ({ channel, ts }, { text, blocks }) => {
      await called('chat.update', { channel, ts }, () =>
        client.chat.update({ channel, ts, text, blocks: [...blocks] }),
      );
    },
    find: (key, place, sinceMs) => find(client, { key, place, sinceMs }),
    upload: (place, file) => upload(client, place, file),
  };
}

/** True when Slack certainly did nothing. */
export function isNotDone(error: unknown): boolean {
  return error instanceof Problem && error.code !== 'slack-call-failed';
}

async function postMessage(client: WebClient, post: Post, { chat }: Words): Promise<string> {
  const { text, blocks } = post.message;
  const { channel, threadTs } = post.place;
  const content = {
    channel,
    text,
    blocks: [...blocks, ...(post.maybeRepeated ? [note(escaped(chat.repeated))] : [])],
    metadata: { event_type: METADATA_TYPE, event_payload: { key: post.key } },
    unfurl_links: false,
    unfurl_media: false,
  };
  // Edits notify nobody and threads are easily missed, so an alert is shown in the channel too.
  const broadcast = post.broadcast === true;
  const { ts } = await client.chat.postMessage(
    threadTs === undefined
      ? content
      : { ...content, thread_ts: threadTs, reply_broadcast: broadcast },
  );
  if (!ts) throw new Error('Slack accepted a message without naming it');
  return ts;
}

async function find(
  client: WebClient,
  { key, place, sinceMs }: { key: string; place: Place; sinceMs: number },
): Promise<string | undefined | 'cannot look'> {
  const { threadTs } = place;
  const method = threadTs === undefined ? 'conversations.history' : 'conversations.replies';
  let cursor: string | undefined;
  try {
    for (let read = 0; read < PAGES_SEARCHED_MAX; read += 1) {
      const { messages = [], next } = await page(client, { place, sinceMs, cursor });
      const found = messages.find((one) => keyOf(one.metadata) === key)?.ts;
      if (found || !next) return found;
      cursor = next;
    }
    return undefined;
  } catch (error) {
    if (saysNotPermitted(refusalIn(error))) return 'cannot look';
    throw problemOf(method, place, error);
  }
}

async function page(
  client: WebClient,
  asked: { place: Place; sinceMs: number; cursor: string | undefined },
) {
  const { channel, threadTs } = asked.place;
  const query = {
    channel,
    oldest: String(Math.floor(asked.sinceMs / 1000) - CLOCK_SKEW_SECONDS),
    limit: MESSAGES_PER_PAGE,
    include_all_metadata: true,
    ...(asked.cursor === undefined ? {} : { cursor: asked.cursor }),
  };
  const { messages, response_metadata } =
    threadTs === undefined
      ? await client.conversations.history(query)
      : await client.conversations.replies({ ...query, ts: threadTs });
  return { messages, next: response_metadata?.next_cursor };
}

/** The last of the three calls is the one that shows it. */
async function upload(
  client: WebClient,
  { channel, threadTs }: Place,
  { name, title, text }: TextFile,
): Promise<void> {
  const content = Buffer.from(text);
  const { file_id, upload_url } = await called('files.getUploadURLExternal', { channel }, () =>
    client.files.getUploadURLExternal({ filename: name, length: content.length }),
  );
  if (!file_id || !upload_url) throw new Error('Slack gave no place for a file');
  await send(upload_url, content);
  const file = { id: file_id, title };
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  await called('files.completeUploadExternal', { channel }, () =>
    client.files.completeUploadExternal({
      files: [file],
      channel_id: channel,
      // What screen readers say.
      initial_comment: escaped(title),
      ...thread,
    }),
  );
}

/** Nobody sees what was sent until the upload is completed: it may be sent again. */
async function send(url: string, content: Buffer<ArrayBuffer>): Promise<void> {
  const method = 'upload';
  let status = 0;
  try {
    const signal = AbortSignal.timeout(UPLOAD_TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', body: content, redirect: 'error', signal });
    await response.body?.cancel();
    status = response.status;
  } catch (error) {
    throw new Problem('slack-away', { method, error: messageOf(error) }, { cause: error });
  }
  if (status !== 200) throw new Problem('slack-away', { method, error: `HTTP ${status}` });
}

function keyOf(metadata: { event_type?: string; event_payload?: object } | undefined): unknown {
  if (metadata?.event_type !== METADATA_TYPE) return undefined;
  return Object.entries(metadata.event_payload ?? {}).find(([name]) => name === 'key')?.[1];
}

async function called<T>(
  method: string,
  place: { channel: string; ts?: string },
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw problemOf(method, place, error);
  }
}

function problemOf(
  method: string,
  { channel, ts = '' }: { channel: string; ts?: string },
  error: unknown,
): Problem {
  if (error instanceof webApi.WebAPIRateLimitedError) {
    return new Problem('slack-rate-limited', { method, waitSeconds: error.retryAfter });
  }
  const refused = refusalIn(error);
  const options = { cause: error };
  if (refused === undefined) {
    const code = wasNeverSent(error) ? 'slack-away' : 'slack-call-failed';
    return new Problem(code, { method, error: messageOf(error) }, options);
  }
  if (GONE.includes(refused)) return new Problem('slack-message-gone', { channel, ts }, options);
  if (saysNotInChannel(refused)) {
    return new Problem('slack-channel-refused', { channel, error: refused }, options);
  }
  return new Problem('slack-call-refused', { method, error: refused }, options);
}

/** Node's own errors may be of another realm, so that their fields count and not their class. */
function wasNeverSent(error: unknown): boolean {
  if (!(error instanceof webApi.WebAPIRequestError)) return false;
  const { cause } = error.original;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : '';
  return NEVER_SENT.includes(String(code));
}
