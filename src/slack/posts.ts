/** The calls that show messages. Each error says whether Slack may have done it all the same. */

import webApi, { type WebClient } from '@slack/web-api';
import { Problem } from '../domain/problem.ts';
import { chat } from '../texts/en/chat.ts';
import { escaped, type Message, note } from './views/blocks.ts';

/** Found again after a crash by this type and the record's key. */
const METADATA_TYPE = 'ferry_message';
const MESSAGES_SEARCHED_MAX = 200;
/** Our clock and Slack's may differ by this much. */
const CLOCK_SKEW_SECONDS = 600;
const NOT_IN_CHANNEL = ['channel_not_found', 'not_in_channel', 'is_archived'];
const GONE = ['message_not_found', 'cant_update_message', 'edit_window_closed', 'thread_not_found'];
const NOT_PERMITTED = ['missing_scope', 'no_permission', 'not_allowed_token_type'];

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
}

/** Errors are Problems: `slack-rate-limited` {waitSeconds}, `slack-message-gone`, `slack-channel-refused`, `slack-call-failed`. */
export interface Posts {
  /** Resolves with the message's ts. */
  post(post: Post): Promise<string>;
  edit(place: { channel: string; ts: string }, message: Message): Promise<void>;
  /** The ts of a message whose post had an unknown end; `cannot look` without a history scope. */
  find(key: string, place: Place, sinceMs: number): Promise<string | undefined | 'cannot look'>;
}

/** The client must not retry by itself: after an unknown end a post would appear twice. */
export function postsOf(client: WebClient): Posts {
  return {
    post: (post) => called('chat.postMessage', post.place, () => postMessage(client, post)),
    edit: async ({ channel, ts }, { text, blocks }) => {
      await called('chat.update', { channel, ts }, () =>
        client.chat.update({ channel, ts, text, blocks: [...blocks] }),
      );
    },
    find: (key, place, sinceMs) => find(client, { key, place, sinceMs }),
  };
}

/** True when Slack certainly did nothing. */
export function isNotDone(error: unknown): boolean {
  return error instanceof Problem && error.code !== 'slack-call-failed';
}

async function postMessage(client: WebClient, post: Post): Promise<string> {
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
  const { ts } = await client.chat.postMessage(
    threadTs === undefined ? content : { ...content, thread_ts: threadTs, reply_broadcast: true },
  );
  if (!ts) throw new Error('Slack accepted a message without naming it');
  return ts;
}

async function find(
  client: WebClient,
  { key, place, sinceMs }: { key: string; place: Place; sinceMs: number },
): Promise<string | undefined | 'cannot look'> {
  const { channel, threadTs } = place;
  const page = {
    channel,
    oldest: String(Math.floor(sinceMs / 1000) - CLOCK_SKEW_SECONDS),
    limit: MESSAGES_SEARCHED_MAX,
    include_all_metadata: true,
  };
  const method = threadTs === undefined ? 'conversations.history' : 'conversations.replies';
  try {
    const { messages = [] } =
      threadTs === undefined
        ? await client.conversations.history(page)
        : await client.conversations.replies({ ...page, ts: threadTs });
    return messages.find((one) => keyOf(one.metadata) === key)?.ts;
  } catch (error) {
    if (NOT_PERMITTED.includes(platformError(error) ?? '')) return 'cannot look';
    throw problemOf(method, place, error);
  }
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
  const refused = platformError(error);
  const options = { cause: error };
  if (refused === undefined) {
    const message = error instanceof Error ? error.message : String(error);
    return new Problem('slack-call-failed', { method, error: message }, options);
  }
  if (GONE.includes(refused)) return new Problem('slack-message-gone', { channel, ts }, options);
  if (NOT_IN_CHANNEL.includes(refused)) {
    return new Problem('slack-channel-refused', { channel, error: refused }, options);
  }
  return new Problem('slack-call-refused', { method, error: refused }, options);
}

const platformError = (error: unknown): string | undefined =>
  error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined;
