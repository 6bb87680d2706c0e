/** What people type in the lab's channels. The bot gets what Slack would send it. */

import { putAnswer } from './answers.ts';
import type { Outcome } from './choices.ts';
import { appMentionPayload, slashCommandPayload } from './payloads.ts';
import { Refusal } from './refusal.ts';
import { botIsIn, newEventId, type Room, replyHandles, tell } from './room.ts';
import type { ResponseTarget } from './short-lived.ts';
import type { Delivery } from './socket-mode.ts';
import { mentionsApp, slackTextOf } from './typed-text.ts';
import { APP, CHANNEL, type Person, type Place, personOf, placeOf } from './workspace.ts';

export interface Done {
  readonly outcome: Outcome;
  /** The ts of what was typed or clicked, in the channel as the lab shows it. */
  readonly ts: string;
}

export interface Said {
  readonly user: string;
  readonly typed: string;
  readonly threadTs?: string | undefined;
  readonly channel?: string | undefined;
}

interface Typed {
  readonly typed: string;
  readonly place: Place;
  readonly threadTs: string | undefined;
}

/**
 * Types into a channel: a slash command when it begins with '/', else a message. Resolves when
 * the bot has acknowledged or failed to.
 * @throws Problem `slack-unknown-person`, `slack-unknown-channel`
 */
export async function say(room: Room, { user, typed, threadTs: to, channel }: Said): Promise<Done> {
  const person = personOf(user);
  const parent = to === undefined ? undefined : room.channel.find(to);
  const threadTs = parent?.threadTs ?? to;
  const place = placeOf(channel ?? parent?.channel ?? CHANNEL.id);
  if (typed.startsWith('/')) return sayCommand(room, person, { typed, place, threadTs });
  return sayMessage(room, person, { typed, place, threadTs });
}

async function sayMessage(
  room: Room,
  person: Person,
  { typed, place, threadTs }: Typed,
): Promise<Done> {
  const text = slackTextOf(typed, { withNames: false });
  const { channel, socket, scopes } = room;
  const message = channel.post({
    kind: 'message',
    author: person.id,
    text,
    threadTs,
    channel: place.id,
  });
  const isHeard = botIsIn(place, room.weather()) && scopes().includes('app_mentions:read');
  if (!mentionsApp(text) || !isHeard) return { outcome: 'not_sent', ts: message.ts };
  const delivery = await socket.deliver('events_api', appMentionPayload(message, newEventId()));
  return { outcome: delivery.outcome, ts: message.ts };
}

async function sayCommand(room: Room, person: Person, said: Typed): Promise<Done> {
  const { typed, place, threadTs } = said;
  const { ts } = room.channel.post({
    kind: 'command',
    author: person.id,
    text: typed,
    threadTs,
    channel: place.id,
  });
  const [command = '', ...rest] = typed.trimEnd().split(' ');
  const toldHere = (text: string) => tell(room, person, { text, channel: place.id, threadTs });
  const refusal = refusalOfSlack(room, command, said);
  if (refusal !== undefined) {
    toldHere(refusal);
    return { outcome: 'not_sent', ts };
  }
  if (command === '/invite') {
    invite(room, place, rest.join(' '));
    return { outcome: 'not_sent', ts };
  }
  const text = slackTextOf(rest.join(' '), { withNames: true });
  const target = { userId: person.id, channel: place.id };
  const handles = replyHandles(room, target);
  const payload = slashCommandPayload(person, { command, text, place }, handles);
  const delivery = await room.socket.deliver('slash_commands', payload);
  const error =
    delivery.outcome === 'acknowledged' ? answer(room, delivery, target) : delivery.outcome;
  if (error) toldHere(`${command} failed with the error "${error}"`);
  return { outcome: delivery.outcome, ts };
}

/** What Slack itself says to a command, when it does not pass it on. */
function refusalOfSlack(room: Room, command: string, { threadTs }: Typed): string | undefined {
  if (threadTs !== undefined) return `${command} is not supported in threads. Sorry!`;
  if (command === '/invite' || room.scopes().includes('commands')) return undefined;
  return `${command} is not a valid command.`;
}

/** Slack's own command brings the bot back into a channel that it was removed from. */
function invite({ weather, changeWeather }: Room, { id }: Place, whom: string): void {
  if (whom !== `@${APP.name}`) return;
  changeWeather({ notInChannels: weather().notInChannels.filter((one) => one !== id) });
}

/** An ack that carries text or blocks is a message; gives the error when Slack refuses it. */
function answer(
  { channel }: Room,
  { payload }: Extract<Delivery, { outcome: 'acknowledged' }>,
  target: ResponseTarget,
): string | undefined {
  if (payload.text === undefined && payload.blocks === undefined) return undefined;
  try {
    putAnswer(channel, payload, target);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}
