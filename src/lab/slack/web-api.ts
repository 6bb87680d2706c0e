/** The Web API methods that the bot uses, as one table. Each answers as Slack does, or refuses. */

import type { Channel } from './channel.ts';
import { isShown, type LabMessage } from './message.ts';
import { contentOf } from './message-rules.ts';
import { apiMessage } from './payloads.ts';
import { Refusal } from './refusal.ts';
import type { ShortLived } from './short-lived.ts';
import { rowOf } from './table.ts';
import { APP, CHANNEL, PEOPLE, TEAM, USER_GROUPS } from './workspace.ts';

const PAGE_MAX = 999;
const PAGE_DEFAULT = 100;

type Args = Readonly<Record<string, unknown>>;
export type Answer = Readonly<Record<string, unknown>>;

export interface Workspace {
  readonly channel: Channel;
  readonly shortLived: ShortLived;
  /** A new WebSocket address for one connection. */
  readonly openConnection: () => string;
}

interface Method {
  readonly token: 'app' | 'bot';
  /** @throws Refusal */
  readonly answer: (args: Args, workspace: Workspace) => Answer;
}

export const METHODS: Readonly<Record<string, Method>> = {
  'apps.connections.open': {
    token: 'app',
    answer: (_args, { openConnection }) => ({ url: openConnection() }),
  },
  'auth.test': {
    token: 'bot',
    answer: () => ({
      url: `https://${TEAM.domain}.slack.com/`,
      team: TEAM.domain,
      user: APP.name,
      team_id: TEAM.id,
      user_id: APP.userId,
      bot_id: APP.botId,
      is_enterprise_install: false,
    }),
  },
  'chat.postMessage': { token: 'bot', answer: postMessage },
  'chat.postEphemeral': { token: 'bot', answer: postEphemeral },
  'chat.update': { token: 'bot', answer: updateMessage },
  'chat.delete': { token: 'bot', answer: deleteMessage },
  'conversations.history': {
    token: 'bot',
    answer: (args, workspace) =>
      page(args, inChannel(args, workspace).filter(isTopLevel).reverse()),
  },
  'conversations.replies': { token: 'bot', answer: replies },
  'usergroups.users.list': {
    token: 'bot',
    answer: (args) => {
      const users = rowOf(USER_GROUPS, String(args.usergroup));
      if (!users) throw new Refusal('no_such_subteam');
      return { users };
    },
  },
  'users.info': {
    token: 'bot',
    answer: (args) => {
      const person = PEOPLE.find(({ id }) => id === args.user);
      if (!person) throw new Refusal('user_not_found');
      const { id, name } = person;
      const profile = { display_name: name, real_name: name };
      return { user: { id, team_id: TEAM.id, name, deleted: false, is_bot: false, profile } };
    },
  },
  'views.open': { token: 'bot', answer: openView },
};

function postMessage(args: Args, { channel }: Workspace): Answer {
  requireChannel(args);
  const content = contentOf(args);
  const threadTs = threadOf(args, channel);
  const isBroadcast = threadTs !== undefined && isTrue(args.reply_broadcast);
  const message = channel.post({
    ...content,
    kind: 'message',
    author: APP.userId,
    threadTs,
    isBroadcast,
  });
  return { channel: CHANNEL.id, ts: message.ts, message: apiMessage(message), ...warning(content) };
}

function postEphemeral(args: Args, { channel }: Workspace): Answer {
  requireChannel(args);
  const person = PEOPLE.find(({ id }) => id === args.user);
  if (!person) throw new Refusal('user_not_in_channel');
  const content = contentOf(args);
  const threadTs = threadOf(args, channel);
  const message = channel.post({
    ...content,
    kind: 'ephemeral',
    author: APP.userId,
    to: person.id,
    threadTs,
  });
  return { message_ts: message.ts, ...warning(content) };
}

/** A text without blocks removes the blocks; ephemeral messages are not found, as in Slack. */
function updateMessage(args: Args, { channel }: Workspace): Answer {
  const message = ownMessage(args, channel, 'cant_update_message');
  const { text, blocks, metadata } = contentOf(args);
  const edited = channel.edit(message, { text, blocks, ...(metadata ? { metadata } : {}) });
  return { channel: CHANNEL.id, ts: edited.ts, text, message: apiMessage(edited) };
}

function deleteMessage(args: Args, { channel }: Workspace): Answer {
  const message = ownMessage(args, channel, 'cant_delete_message');
  channel.edit(message, { isDeleted: true });
  return { channel: CHANNEL.id, ts: message.ts };
}

function replies(args: Args, workspace: Workspace): Answer {
  const thread = inChannel(args, workspace).filter(
    ({ ts, threadTs }) => ts === args.ts || threadTs === args.ts,
  );
  if (thread[0]?.ts !== args.ts) throw new Refusal('thread_not_found');
  return page(args, thread);
}

function openView(args: Args, { shortLived }: Workspace): Answer {
  const view = args.view;
  if (typeof view !== 'object' || view === null) throw new Refusal('invalid_arguments');
  shortLived.takeTrigger(String(args.trigger_id ?? ''));
  const ids = { id: `V${Date.now()}`, team_id: TEAM.id, app_id: APP.id, bot_id: APP.botId };
  return { view: { ...view, ...ids, hash: `${Date.now()}.lab`, state: { values: {} } } };
}

function requireChannel(args: Args): void {
  const names: readonly unknown[] = [CHANNEL.id, CHANNEL.name, `#${CHANNEL.name}`];
  if (!names.includes(args.channel)) throw new Refusal('channel_not_found');
}

function inChannel(args: Args, { channel }: Workspace): LabMessage[] {
  requireChannel(args);
  return channel.all().filter(isShown);
}

const isTopLevel = ({ threadTs, isBroadcast }: LabMessage): boolean =>
  threadTs === undefined || isBroadcast;

/** The message that a new one answers; a reply to a reply joins the same thread. */
function threadOf({ thread_ts }: Args, channel: Channel): string | undefined {
  if (thread_ts === undefined) return undefined;
  const parent = channel.find(String(thread_ts));
  if (!parent || !isShown(parent)) throw new Refusal('thread_not_found');
  return parent.threadTs ?? parent.ts;
}

function ownMessage(args: Args, channel: Channel, notOwn: string): LabMessage {
  requireChannel(args);
  const message = channel.find(String(args.ts));
  if (!message || !isShown(message)) throw new Refusal('message_not_found');
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

const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === '1';
