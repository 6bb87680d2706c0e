/** The Web API methods that the bot uses, as one table. Each answers as Slack does, or refuses. */

import { CHAT_METHODS } from './chat-methods.ts';
import { FILE_METHODS } from './file-methods.ts';
import { isTrue, type Method, visibleTo } from './methods.ts';
import { Refusal } from './refusal.ts';
import { botIsIn } from './room.ts';
import { rowOf } from './table.ts';
import { VIEW_METHODS } from './view-methods.ts';
import { APP, PEOPLE, TEAM, USER_GROUPS } from './workspace.ts';

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
  ...CHAT_METHODS,
  'conversations.info': {
    token: 'bot',
    scope: 'channels:read',
    tier: 3,
    answer: (args, workspace) => {
      const place = visibleTo(args, workspace);
      const { id, name, isPrivate } = place;
      const isMember = botIsIn(place, workspace.room.weather());
      const kind = { is_channel: !isPrivate, is_group: isPrivate, is_private: isPrivate };
      return { channel: { id, name, ...kind, is_archived: false, is_member: isMember } };
    },
  },
  ...FILE_METHODS,
  'team.info': {
    token: 'bot',
    scope: 'team:read',
    tier: 3,
    answer: () => ({ team: { id: TEAM.id, name: TEAM.domain, domain: TEAM.domain } }),
  },
  'usergroups.users.list': {
    token: 'bot',
    scope: 'usergroups:read',
    tier: 2,
    answer: (args) => {
      const users = rowOf(USER_GROUPS, String(args.usergroup));
      if (!users) throw new Refusal('no_such_subteam');
      return { users };
    },
  },
  'users.info': {
    token: 'bot',
    scope: 'users:read',
    tier: 4,
    answer: (args) => {
      const person = PEOPLE.find(({ id }) => id === args.user);
      if (!person) throw new Refusal('user_not_found');
      const { id, name, locale, tz } = person;
      const profile = { display_name: name, real_name: name };
      const language = isTrue(args.include_locale) ? { locale } : {};
      const user = { id, team_id: TEAM.id, name, tz, deleted: false, is_bot: false, profile };
      return { user: { ...user, ...language } };
    },
  },
  ...VIEW_METHODS,
};

/** Scopes that let the app hear of people; no method asks for them. */
const HEARING_SCOPES = ['app_mentions:read', 'commands'] as const;

/** Every bot scope that this Slack knows. */
export const SCOPES: readonly string[] = [
  ...new Set([...HEARING_SCOPES, ...Object.values(METHODS).flatMap(({ scope }) => scope ?? [])]),
];
