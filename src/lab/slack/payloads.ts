/** The payloads that Slack sends to an app, in the shapes of facts/slack.md §2. Pure functions. */

import type { Block, LabMessage } from './message.ts';
import { APP, CHANNEL, nameOf, type Person, TEAM } from './workspace.ts';

/** The old verification token: apps in Socket Mode do not check it, but it is always there. */
const VERIFICATION_TOKEN = 'lab-verification-token';

/** What an app can answer a payload with. */
export interface ReplyHandles {
  readonly triggerId: string;
  readonly responseUrl: string;
}

export function slashCommandPayload(
  person: Person,
  typed: { readonly command: string; readonly text: string },
  { triggerId, responseUrl }: ReplyHandles,
) {
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: CHANNEL.id,
    channel_name: CHANNEL.name,
    user_id: person.id,
    user_name: person.name,
    command: typed.command,
    text: typed.text,
    api_app_id: APP.id,
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: triggerId,
  };
}

/** The click on `button`, an element of the block `blockId` of `message`. */
export function blockActionsPayload(
  person: Person,
  click: { readonly message: LabMessage; readonly blockId: string; readonly button: Block },
  { triggerId, responseUrl }: ReplyHandles,
) {
  const { message, blockId, button } = click;
  const isEphemeral = message.kind === 'ephemeral';
  const thread = message.threadTs === undefined ? {} : { thread_ts: message.threadTs };
  const { action_id, text, value, style } = button;
  return {
    type: 'block_actions',
    user: { id: person.id, username: person.name, name: person.name, team_id: TEAM.id },
    api_app_id: APP.id,
    token: VERIFICATION_TOKEN,
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: CHANNEL.id,
      is_ephemeral: isEphemeral,
      ...thread,
    },
    trigger_id: triggerId,
    team: { id: TEAM.id, domain: TEAM.domain },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: CHANNEL.id, name: CHANNEL.name },
    // Slack does not keep ephemeral messages, so it has none to show.
    ...(isEphemeral ? {} : { message: apiMessage(message, { withMetadata: true }) }),
    state: { values: {} },
    response_url: responseUrl,
    actions: [
      {
        action_id,
        block_id: blockId,
        type: button.type,
        text,
        ...(value === undefined ? {} : { value }),
        ...(style === undefined ? {} : { style }),
        action_ts: (Date.now() / 1_000).toFixed(6),
      },
    ],
  };
}

/** Always wrapped: Bolt dies of a bare event (facts/slack.md §2). */
export function appMentionPayload(message: LabMessage, eventId: string) {
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    api_app_id: APP.id,
    event: {
      ...apiMessage(message),
      type: 'app_mention',
      channel: CHANNEL.id,
      event_ts: message.ts,
    },
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(Number(message.ts)),
    authorizations: [
      {
        enterprise_id: null,
        team_id: TEAM.id,
        user_id: APP.userId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `lab-${eventId}`,
  };
}

/** A message as the Web API and payloads show it. */
export function apiMessage(message: LabMessage, { withMetadata = false } = {}) {
  const { ts, author, text, blocks, threadTs, metadata, editedTs } = message;
  const isBot = author === APP.userId;
  return {
    type: 'message',
    user: author,
    ...(isBot
      ? { bot_id: APP.botId, app_id: APP.id }
      : { client_msg_id: `${ts}-${nameOf(author)}` }),
    team: TEAM.id,
    ts,
    text,
    ...(blocks.length === 0 ? {} : { blocks }),
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(message.isBroadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(withMetadata && metadata ? { metadata } : {}),
    ...(editedTs === undefined ? {} : { edited: { user: author, ts: editedTs } }),
  };
}
