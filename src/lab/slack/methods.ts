/** What a Web API method is given, and how it says what it needs. */

import type { Channel } from './channel.ts';
import type { Files } from './files.ts';
import type { Identity } from './identity.ts';
import type { RateLimits, Tier } from './rate-limits.ts';
import { Refusal } from './refusal.ts';
import { botIsIn, type Room } from './room.ts';
import { CHANNELS, type Place } from './workspace.ts';

export type Args = Readonly<Record<string, unknown>>;
export type Answer = Readonly<Record<string, unknown>>;

export interface Workspace {
  readonly room: Room;
  readonly files: Files;
  readonly rates: RateLimits;
  readonly identity: Identity;
  /** Where files are uploaded, with the slash at the end. */
  readonly uploadUrl: string;
  /** A new WebSocket address for one connection. */
  readonly openConnection: () => string;
}

export interface Method {
  readonly token: 'app' | 'bot';
  /** The bot scope that Slack asks for. */
  readonly scope?: string;
  /** Absent for the methods that Slack limits by no tier. */
  readonly tier?: Tier;
  /** @throws Refusal */
  readonly answer: (args: Args, workspace: Workspace) => Answer;
}

/** The channel that is meant, by id or name, with the bot in it. @throws Refusal as Slack words it */
export function memberOf({ channel }: Args, { room }: Workspace): Place {
  const place = foundBy(channel);
  if (!place) throw new Refusal('channel_not_found');
  if (botIsIn(place, room.weather())) return place;
  throw new Refusal(place.isPrivate ? 'channel_not_found' : 'not_in_channel');
}

/** The channel that is meant; a private one is hidden from a bot outside. */
export function visibleTo({ channel }: Args, { room }: Workspace): Place {
  const place = foundBy(channel);
  if (place && (!place.isPrivate || botIsIn(place, room.weather()))) return place;
  throw new Refusal('channel_not_found');
}

function foundBy(channel: unknown): Place | undefined {
  return CHANNELS.find(({ id, name }) => [id, name, `#${name}`].some((one) => one === channel));
}

/** The message that a new one answers; a reply to a reply joins the same thread. @throws Refusal */
export function threadOf({ thread_ts }: Args, place: Place, channel: Channel): string | undefined {
  if (thread_ts === undefined) return undefined;
  const parent = channel.find(String(thread_ts));
  if (parent?.kind !== 'message' || parent.isDeleted || parent.channel !== place.id) {
    throw new Refusal('thread_not_found');
  }
  return parent.threadTs ?? parent.ts;
}

export const isTrue = (value: unknown): boolean =>
  value === true || value === 'true' || value === '1';
