/** Words of the doctor's findings about Slack, the people with a role, and the running bot. */

import type { TextOf } from '../catalogue.ts';
import { listText } from './amounts.ts';

const INSTALL = 'api.slack.com/apps, your app, "Install App", "Reinstall to Workspace"';

const slack = {
  'doctor-bot-token-ok': ({ user, team }) => ({
    text: `Slack knows the bot token: @${user} in ${team}.`,
    remedy: 'Nothing to do.',
  }),
  'doctor-app-token-ok': () => ({
    text: 'Slack takes the app-level token for Socket Mode.',
    remedy: 'Nothing to do.',
  }),
  'doctor-scopes-ok': () => ({
    text: 'The scopes granted are those of manifest.json.',
    remedy: 'Nothing to do.',
  }),
  'doctor-scopes-missing': ({ scopes }) => ({
    text: `The app lacks scopes that it needs: ${listText(scopes)}.`,
    remedy: `Paste manifest.json under "App Manifest" again, then ${INSTALL}.`,
  }),
  'doctor-scopes-declined': ({ scopes }) => ({
    text:
      `The app lacks optional scopes: ${listText(scopes)}. ` +
      'After a post of unknown end the bot posts again and says that it may be the second.',
    remedy: `Accept that, or grant them: ${INSTALL}.`,
  }),
  'doctor-scopes-extra': ({ scopes }) => ({
    text: `The app was granted more than it needs: ${listText(scopes)}.`,
    remedy: `Paste manifest.json under "App Manifest" again, then ${INSTALL}.`,
  }),
  'doctor-scopes-unknown': () => ({
    text: 'Slack does not name the scopes that were granted.',
    remedy: 'Look at api.slack.com/apps, your app, "OAuth & Permissions", "Bot Token Scopes".',
  }),
  'doctor-channel-ok': ({ channel }) => ({
    text: `The bot is in channel ${channel}.`,
    remedy: 'Nothing to do.',
  }),
  'doctor-channel-not-in': ({ channel }) => ({
    text: `The bot is not in channel ${channel}, or that channel is archived.`,
    remedy: 'Type /invite @ferry in that channel, or set SLACK_CHANNEL to another one.',
  }),
  'doctor-channel-unknown': ({ channel }) => ({
    text:
      `The bot may not look whether it is in channel ${channel}: the app lacks channels:history, or ` +
      'groups:history where that channel is private. If it is not there, no plan and no alert appears.',
    remedy: `Type /invite @ferry in that channel: Slack says so if it is there already. Or grant the scope: ${INSTALL}.`,
  }),
  'doctor-connections-ok': ({ open }) => ({
    text: `The bot has ${open} connections to Slack.`,
    remedy: 'Nothing to do.',
  }),
  'doctor-connections-few': ({ open, wanted }) => ({
    text: `The bot has ${open} of ${wanted} connections to Slack.`,
    remedy: 'Slack renews them every few hours: ask again in 10 s. If it stays, restart the bot.',
  }),
  'doctor-connections-none': () => ({
    text: 'The bot has no connection to Slack: commands and clicks do not arrive.',
    remedy:
      'Look whether *.slack.com can be reached on port 443, WebSockets included, and at the log of the bot. ' +
      'Then restart it: npm run -s ferry -- --env bot.env bot',
  }),
  'doctor-connections-unknown': () => ({
    text: 'The connections to Slack are not known: the bot does not run beside this command.',
    remedy: 'Start it: npm run -s ferry -- --env bot.env bot',
  }),
} satisfies Record<string, TextOf>;

const FIND_USER = 'In Slack: the person\'s profile, "⋮", "Copy member ID".';

const roles = {
  'doctor-roles-ok': ({ people }) => ({
    text: `All ${people} users and groups with a role exist, and enough of them may approve.`,
    remedy: 'Nothing to do.',
  }),
  'doctor-roles-many': ({ people, looked }) => ({
    text: `Of ${people} users and groups with a role only ${looked} were looked up.`,
    remedy: 'Name a user group instead: its id begins with S.',
  }),
  'doctor-role-absent': ({ user, roles: named }) => ({
    text: `Slack has no ${user}, who is named among ${listText(named)}.`,
    remedy: `Correct FERRY_OPERATORS, FERRY_APPROVERS, FERRY_ADMINISTRATORS or FERRY_VIEWERS and restart the bot. ${FIND_USER}`,
  }),
  'doctor-role-deactivated': ({ user, roles: named }) => ({
    text: `${user}, named among ${listText(named)}, is deactivated in Slack.`,
    remedy: `Take ${user} out of FERRY_OPERATORS, FERRY_APPROVERS, FERRY_ADMINISTRATORS or FERRY_VIEWERS and restart the bot.`,
  }),
  'doctor-role-bot': ({ user, roles: named }) => ({
    text: `${user}, named among ${listText(named)}, is a bot and cannot click.`,
    remedy: `Name a person instead and restart the bot. ${FIND_USER}`,
  }),
  'doctor-role-group-empty': ({ group, roles: named }) => ({
    text: `The user group ${group}, named among ${listText(named)}, has no members.`,
    remedy: 'Add people to it in Slack, under "People", "User groups".',
  }),
  'doctor-role-unread': ({ id, roles: named, reason }) => ({
    text: `${id}, named among ${listText(named)}, could not be looked up: ${reason}. Until it can, nobody has a role by it.`,
    remedy: `A group needs usergroups:read, a person users:read. Grant them: ${INSTALL}.`,
  }),
  'doctor-approvers-few': ({ needed, found }) => ({
    text: `${needed} approvals are needed, and ${found} other people than the one who asks can give them.`,
    remedy: 'Name more people or a group in FERRY_APPROVERS, and restart the bot.',
  }),
} satisfies Record<string, TextOf>;

const health = {
  'bot-not-running': ({ state }) => ({
    text: `No bot runs on ${state}, or it has been stuck for a while.`,
    remedy: 'Start it: npm run -s ferry -- --env bot.env bot. If it runs, look at its log.',
  }),
  'bot-without-store': () => ({
    text: 'The bot runs, and its store does not answer.',
    remedy: 'See what is wrong: npm run -s ferry -- --env bot.env doctor',
  }),
  'bot-without-slack': () => ({
    text: 'The bot runs, and has no connection to Slack.',
    remedy: 'See what is wrong: npm run -s ferry -- --env bot.env doctor',
  }),
} satisfies Record<string, TextOf>;

export const doctorSlackProblems = {
  ...slack,
  ...roles,
  ...health,
} satisfies Record<string, TextOf>;
