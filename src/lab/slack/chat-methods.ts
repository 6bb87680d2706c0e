/** The Web API methods of messages: post, edit, delete, read again. */

import { isShown, type LabMessage } from './message.ts';
import { contentOf } from './message-rules.ts';
import {
  type Answer,
  type Args,
  isTrue,
  type Method,
  memberOf,
  threadOf,
  type Workspace,
} from './methods.ts';
import { apiMessage } from './payloads.ts';
import { Refusal } from './refusal.ts';
import { APP, PEOPLE, TEAM } from './workspace.ts';

const PAGE_MAX = 999;
const PAGE_DEFAULT = 100;

const WRITE = { token: 'bot', scope: 'chat:write' } as const;
const READ = { token: 'bot', scope: 'channels:history', tier: 3 } as const;

export const CHAT_METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': { ...WRITE, tier: 'posting', answer: postMessage },
  'chat.postEphemeral': { ...WRITE, tier: 4, answer: postEphemeral },
  'chat.update': { ...WRITE, tier: 3, answer: updateMessage },
  'chat.delete': { ...WRITE, tier: 3, answer: deleteMessage },
  'chat.getPermalink': { token: 'bot', answer: permalink },
  'conversations.history': {
    ...READ,
    answer: (args, workspace) =>
      page(args, inChannel(args, workspace).filter(isTopLevel).reverse()),
  },
  'conversations.replies': { ...READ, answer: replies },
};

function postMessage(args: Args, workspace: Workspace): Answer {
  const place = memberOf(args, workspace);
  const { channel } = workspace.room;
  const content = contentOf(args);
  const threadTs = threadOf(args, place, channel);
  const isBroadcast = threadTs !== undefined && isTrue(args.reply_broadcast);
  const message = channel.post({
    ...content,
    kind: 'message',
    author: APP.userId,
    channel: place.id,
    threadTs,
    isBroadcast,
  });
  return { channel: place.id, ts: message.ts, message: apiMessage(message), ...warning(content) };
}

function postEphemeral(args: Args, workspace: Workspace): Answer {
  const place = memberOf(args, workspace);
  const { channel } = workspace.room;
  const person = PEOPLE.find(({ id }) => id === args.user);
  if (!person) throw new Refusal('user_not_in_channel');
  const content = contentOf(args);
  const threadTs = threadOf(args, place, channel);
  const message = channel.post({
    ...content,
    kind: 'ephemeral',
    author: APP.userId,
    channel: place.id,
    to: person.id,
    threadTs,
  });
  return { message_ts: message.ts, ...warning(content) };
}

/** A text without blocks removes the blocks; ephemeral messages are not found, as in Slack. */
function updateMessage(args: Args, workspace: Workspace): Answer {
  const message = ownMessage(args, workspace, 'cant_update_message');
  const { text, blocks, metadata } = contentOf(args);
  const change = { text, blocks, ...(metadata ? { metadata } : {}) };
  const edited = workspace.room.channel.edit(message, change);
  return { channel: edited.channel, ts: edited.ts, text, message: apiMessage(edited) };
}

function deleteMessage(args: Args, workspace: Workspace): Answer {
  const message = ownMessage(args, workspace, 'cant_delete_message');
  workspace.room.channel.edit(message, { isDeleted: true });
  return { channel: message.channel, ts: message.ts };
}

function permalink(args: Args, workspace: Workspace): Answer {
  const { id } = memberOf(args, workspace);
  const message = workspace.room.channel.find(String(args.message_ts));
  if (!message || !isShown(message) || message.channel !== id) {
    throw new Refusal('message_not_found');
  }
  const { ts, threadTs } = message;
  const thread = threadTs === undefined ? '' : `?thread_ts=${threadTs}&cid=${id}`;
  const address = `https://${TEAM.domain}.slack.com/archives/${id}/p${ts.replace('.', '')}`;
  return { channel: id, permalink: `${address}${thread}` };
}

function replies(args: Args, workspace: Workspace): Answer {
  const thread = inChannel(args, workspace).filter(
    ({ ts, threadTs }) => ts === args.ts || threadTs === args.ts,
  );
  if (thread[0]?.ts !== args.ts) throw new Refusal('thread_not_found');
  return page(args, thread);
}

function inChannel(args: Args, workspace: Workspace): LabMessage[] {
  const place = memberOf(args, workspace);
  const all = workspace.room.channel.all();
  return all.filter((message) => isShown(message) && message.channel === place.id);
}

const isTopLevel = ({ threadTs, isBroadcast }: LabMessage): boolean =>
  threadTs === undefined || isBroadcast;

function ownMessage(args: Args, workspace: Workspace, notOwn: string): LabMessage {
  const place = memberOf(args, workspace);
  const message = workspace.room.channel.find(String(args.ts));
  if (!message || !isShown(message) || message.channel !== place.id) {
    throw new Refusal('message_not_found');
  }
  if (message.author !== APP.userId) throw new Refusal(notOwn);
  return message;
}

/** `oldest`, `latest`, `limit` and `cursor`; a cursor is the number of messages before the page. */
function page(args: Args, messages: readonly LabMessage[]): Answer {
  const oldest = Number(args.oldest ?? 0);
  const latest = Number(args.latest ?? Number.POSITIVE_INFINITY);
  const limit = Math.min(Number(args.limit ?? PAGE_DEFAULT) || PAGE_DEFAULT, PAGE_MAX);
  const start = Number(args.cursor ?? 0) || 0;
  const found = messages.filter(({ ts }) => Number(ts) > oldest && Number(ts) <= latest);
  const rest = found.length > start + limit;
  const withMetadata = isTrue(args.include_all_metadata);
  return {
    messages: found.slice(start, start + limit).map((one) => apiMessage(one, { withMetadata })),
    has_more: rest,
    ...(rest ? { response_metadata: { next_cursor: String(start + limit) } } : {}),
  };
}

/** Slack takes blocks without a text, but notifications and screen readers then have nothing. */
const warning = ({ text }: { readonly text: string }): Answer =>
  text === '' ? { warning: 'missing_text_in_message' } : {};
