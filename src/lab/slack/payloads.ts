/** The payloads that Slack sends to an app, in the shapes of facts/slack.md §2. Pure functions. */

import type { Block, LabMessage } from './message.ts';
import type { Fields } from './rule-parts.ts';
import type { StateValues } from './view.ts';
import type { Kept } from './views.ts';
import { APP, nameOf, type Person, type Place, placeOf, TEAM } from './workspace.ts';

/** The old verification token: apps in Socket Mode do not check it, but it is always there. */
const VERIFICATION_TOKEN = 'lab-verification-token';

/** What an app can answer a payload with. */
export interface ReplyHandles {
  readonly triggerId: string;
  readonly responseUrl: string;
}

export function slashCommandPayload(
  person: Person,
  typed: { readonly command: string; readonly text: string; readonly place: Place },
  { triggerId, responseUrl }: ReplyHandles,
) {
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: typed.place.id,
    channel_name: typed.place.name,
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

/** What a person did to one element: `state` is what the element holds since then. */
export interface Acted {
  readonly blockId: string;
  readonly element: Block;
  readonly state: Fields;
  /** What all elements of the message or view hold. */
  readonly values: StateValues;
}

export function messageActionsPayload(
  person: Person,
  { message, acted }: { readonly message: LabMessage; readonly acted: Acted },
  { triggerId, responseUrl }: ReplyHandles,
) {
  const isEphemeral = message.kind === 'ephemeral';
  const thread = message.threadTs === undefined ? {} : { thread_ts: message.threadTs };
  const { id, name } = placeOf(message.channel);
  return {
    ...interaction('block_actions', person),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: id,
      is_ephemeral: isEphemeral,
      ...thread,
    },
    trigger_id: triggerId,
    channel: { id, name },
    // Slack does not keep ephemeral messages, so it has none to show.
    ...(isEphemeral ? {} : { message: apiMessage(message, { withMetadata: true }) }),
    state: { values: acted.values },
    response_url: responseUrl,
    actions: [actionOf(acted)],
  };
}

export function viewActionsPayload(person: Person, kept: Kept, more: ViewAction) {
  return {
    ...interaction('block_actions', person),
    container: { type: 'view', view_id: kept.viewId },
    trigger_id: more.triggerId,
    view: apiView(kept),
    actions: [actionOf(more.acted)],
  };
}

interface ViewAction {
  readonly acted: Acted;
  readonly triggerId: string;
}

export const viewSubmissionPayload = (person: Person, kept: Kept, triggerId: string) => ({
  ...interaction('view_submission', person),
  trigger_id: triggerId,
  view: apiView(kept),
  response_urls: [],
});

export const viewClosedPayload = (person: Person, kept: Kept, isCleared: boolean) => ({
  ...interaction('view_closed', person),
  view: apiView(kept),
  is_cleared: isCleared,
});

interface Asked {
  readonly blockId: string;
  readonly actionId: string;
  readonly typed: string;
  readonly in: Kept | LabMessage;
}

export function suggestionPayload(person: Person, asked: Asked) {
  const place = asked.in;
  const where =
    'view' in place
      ? { container: { type: 'view', view_id: place.viewId }, view: apiView(place) }
      : {
          container: { type: 'message', message_ts: place.ts, channel_id: place.channel },
          channel: { id: place.channel, name: placeOf(place.channel).name },
          message: apiMessage(place),
        };
  return {
    ...interaction('block_suggestion', person),
    action_id: asked.actionId,
    block_id: asked.blockId,
    value: asked.typed,
    ...where,
  };
}

/** A view as the Web API and payloads show it. */
export function apiView({ viewId, view, values, rootId, previousId }: Kept) {
  const { title = null, submit = null, close = null, ...rest } = view;
  return {
    id: viewId,
    team_id: TEAM.id,
    ...rest,
    title,
    submit,
    close,
    state: { values },
    previous_view_id: previousId,
    root_view_id: rootId,
    app_id: APP.id,
    app_installed_team_id: TEAM.id,
    bot_id: APP.botId,
  };
}

function interaction(type: string, { id, name }: Person) {
  return {
    type,
    user: { id, username: name, name, team_id: TEAM.id },
    api_app_id: APP.id,
    token: VERIFICATION_TOKEN,
    team: { id: TEAM.id, domain: TEAM.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

function actionOf({ blockId, element, state }: Acted) {
  const { type, action_id, text, value, style, placeholder } = element;
  const button = { text, value, style };
  const shown = type === 'button' ? button : { placeholder, ...state };
  const present = Object.entries(shown).filter(([, field]) => field !== undefined);
  return {
    ...Object.fromEntries(present),
    type,
    action_id,
    block_id: blockId,
    action_ts: (Date.now() / 1_000).toFixed(6),
  };
}

export const appMentionPayload = (message: LabMessage, eventId: string) =>
  eventPayload(eventId, {
    ...apiMessage(message),
    type: 'app_mention',
    channel: message.channel,
    event_ts: message.ts,
  });

export function homeOpenedPayload(person: Person, home: Kept | undefined, eventId: string) {
  return eventPayload(eventId, {
    type: 'app_home_opened',
    user: person.id,
    channel: person.id.replace('U', 'D'),
    tab: 'home',
    event_ts: (Date.now() / 1_000).toFixed(6),
    ...(home ? { view: apiView(home) } : {}),
  });
}

/** Always wrapped: Bolt dies of a bare event (facts/slack.md §2). */
function eventPayload(eventId: string, event: { readonly event_ts: string } & Fields) {
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    api_app_id: APP.id,
    event,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(Number(event.event_ts)),
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
  const files = message.files.map(({ url, ...file }) => ({ ...file, url_private: url }));
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
    ...(files.length === 0 ? {} : { files, upload: true }),
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(message.isBroadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(withMetadata && metadata ? { metadata } : {}),
    ...(editedTs === undefined ? {} : { edited: { user: author, ts: editedTs } }),
  };
}
