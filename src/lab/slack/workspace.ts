/** The lab's Slack workspace: one team, its channels, one app and the people who use it. */

import { Problem } from '../../domain/problem.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  /** As Slack writes it: it-IT. */
  readonly locale: string;
  /** IANA name of the time zone that the person has set. */
  readonly tz: string;
}

export interface Place {
  readonly id: string;
  readonly name: string;
  /** A public channel is found by everybody; a private one only by its members. */
  readonly isPrivate: boolean;
  readonly hasBot: boolean;
}

export const TEAM = { id: 'T-LAB', domain: 'lab' } as const;
export const APP = { id: 'A-FERRY', botId: 'B-FERRY', userId: 'U-FERRY', name: 'ferry' } as const;

/** Where people type when no channel is named. */
export const CHANNEL = {
  id: 'C-MIGRATIONS',
  name: 'migrations',
  isPrivate: false,
  hasBot: true,
} as const;

export const CHANNELS: readonly Place[] = [
  CHANNEL,
  { id: 'C-OFFICE', name: 'office', isPrivate: false, hasBot: true },
  { id: 'C-PRIVATE', name: 'private', isPrivate: true, hasBot: false },
];

/** Slack speaks to people under this name when an app did not answer. */
export const SLACKBOT: Person = { id: 'USLACKBOT', name: 'slackbot', locale: 'en-US', tz: 'UTC' };

/** Roles are the bot's configuration, not Slack's: here they are only names that tell them apart. */
export const PEOPLE: readonly Person[] = [
  { id: 'U-OPERATOR', name: 'olga', locale: 'en-US', tz: 'Europe/Rome' },
  { id: 'U-APPROVER', name: 'aldo', locale: 'en-GB', tz: 'Europe/London' },
  { id: 'U-STRANGER', name: 'zoe', locale: 'en-US', tz: 'America/New_York' },
  { id: 'U-ITALIAN', name: 'livia', locale: 'it-IT', tz: 'Europe/Rome' },
];

/** Livia is in both groups: what she asks for, somebody else must approve. */
export const USER_GROUPS: Readonly<Record<string, readonly string[]>> = {
  'S-APPROVERS': ['U-APPROVER', 'U-ITALIAN'],
  'S-OPERATORS': ['U-OPERATOR', 'U-ITALIAN'],
};

/** The person with this id or name. @throws Problem `slack-unknown-person` */
export function personOf(idOrName: string): Person {
  const person = PEOPLE.find(({ id, name }) => id === idOrName || name === idOrName);
  if (person) return person;
  throw new Problem('slack-unknown-person', {
    person: idOrName,
    known: PEOPLE.map(({ id }) => id),
  });
}

/** The channel with this id or name. @throws Problem `slack-unknown-channel` */
export function placeOf(idOrName: string): Place {
  const place = CHANNELS.find(({ id, name }) => id === idOrName || name === idOrName);
  if (place) return place;
  throw new Problem('slack-unknown-channel', {
    channel: idOrName,
    known: CHANNELS.map(({ id }) => id),
  });
}

/** The name that people see for a user id; an unknown id is shown as it is. */
export function nameOf(userId: string): string {
  const everybody = [...PEOPLE, SLACKBOT, APP_PERSON];
  return everybody.find(({ id }) => id === userId)?.name ?? userId;
}

const APP_PERSON: Person = { id: APP.userId, name: APP.name, locale: 'en-US', tz: 'UTC' };
