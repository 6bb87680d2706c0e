/** The lab's Slack workspace: one team, one channel, one app and the people who use it. */

import { Problem } from '../../domain/problem.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
}

export const TEAM = { id: 'T-LAB', domain: 'lab' } as const;
export const CHANNEL = { id: 'C-MIGRATIONS', name: 'migrations' } as const;
export const APP = { id: 'A-FERRY', botId: 'B-FERRY', userId: 'U-FERRY', name: 'ferry' } as const;

/** Slack speaks to people under this name when an app did not answer. */
export const SLACKBOT: Person = { id: 'USLACKBOT', name: 'slackbot' };

/** Roles are the bot's configuration, not Slack's: here they are only names that tell them apart. */
export const PEOPLE: readonly Person[] = [
  { id: 'U-OPERATOR', name: 'olga' },
  { id: 'U-APPROVER', name: 'aldo' },
  { id: 'U-STRANGER', name: 'zoe' },
];

export const USER_GROUPS: Readonly<Record<string, readonly string[]>> = {
  'S-APPROVERS': ['U-APPROVER'],
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

/** The name that people see for a user id; an unknown id is shown as it is. */
export function nameOf(userId: string): string {
  const everybody: readonly Person[] = [...PEOPLE, SLACKBOT, { id: APP.userId, name: APP.name }];
  return everybody.find(({ id }) => id === userId)?.name ?? userId;
}
