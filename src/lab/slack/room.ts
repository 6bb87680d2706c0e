/** What people and the app share while the stand-in runs. */

import { randomBytes } from 'node:crypto';
import type { Channel } from './channel.ts';
import type { ReplyHandles } from './payloads.ts';
import type { Fields } from './rule-parts.ts';
import type { ResponseTarget, ShortLived } from './short-lived.ts';
import type { SocketMode } from './socket-mode.ts';
import type { StateValues } from './view.ts';
import type { Views } from './views.ts';
import type { Weather } from './weather.ts';
import { type Person, type Place, SLACKBOT } from './workspace.ts';

export interface Room {
  readonly channel: Channel;
  readonly socket: SocketMode;
  readonly shortLived: ShortLived;
  readonly views: Views;
  /** What each person picked in each message, until it is sent: by `user ts`. */
  readonly picked: Map<string, StateValues>;
  /** What the app last offered in external selects: by `user place block action`. */
  readonly offered: Map<string, readonly Fields[]>;
  readonly weather: () => Weather;
  /** Gives the weather as it is then. */
  readonly changeWeather: (change: Partial<Weather>) => Weather;
  /** What the app may do: its granted scopes without those that the weather took away. */
  readonly scopes: () => readonly string[];
  /** Where response_urls begin, with the slash. */
  readonly responseUrl: string;
}

export const botIsIn = ({ id, hasBot }: Place, { notInChannels }: Weather): boolean =>
  hasBot && !notInChannels.includes(id);

export function replyHandles(
  { shortLived, responseUrl }: Room,
  target: ResponseTarget,
): ReplyHandles {
  return {
    triggerId: shortLived.giveTrigger(target.userId),
    responseUrl: `${responseUrl}${shortLived.giveResponse(target)}`,
  };
}

interface Told {
  readonly text: string;
  readonly channel: string;
  readonly threadTs?: string | undefined;
}

/** What only this person sees, from Slack itself. */
export function tell({ channel }: Room, person: Person, told: Told): void {
  channel.post({ kind: 'ephemeral', author: SLACKBOT.id, to: person.id, ...told });
}

export const newEventId = (): string => `Ev${randomBytes(5).toString('hex').toUpperCase()}`;
