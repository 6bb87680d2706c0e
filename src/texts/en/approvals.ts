/** Words of roles, channels, approvals and the audit: problems, and what the thread says while it asks. */

import type { Plan } from '../../domain/plan.ts';
import type { TextOf } from '../catalogue.ts';
import { listText, secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

/** What Slack's refusal of a user group means for whoever set the bot up. */
const GROUP_REMEDIES: Readonly<Record<string, string>> = {
  missing_scope: 'Give the app the scope usergroups:read and install it again.',
  no_such_subteam: 'Correct the id of the group in the configuration of the bot.',
  plan_upgrade_required: 'This workspace has no user groups: name people (U…) instead.',
};

const TAMPERED: Readonly<Record<string, string>> = {
  changed: 'it is not as it was written',
  cut: 'lines before it were taken away',
  gap: 'it does not follow the line before it',
  other: 'the store knows another line in its place',
  'torn-missing': 'what a crash left in front of it is missing or was changed',
};

export const approvalProblems = {
  'own-approval': ({ operation }) => ({
    text: `You asked for ${operation} yourself, so your approval does not count.`,
    remedy: 'Ask another approver to look at it and to click.',
  }),
  'administrator-needed': ({ operation }) => ({
    text: `${operation} relies on what no real host has shown yet, so one who approves must be an administrator. Your approval would be the last one, so it does not count.`,
    remedy:
      'Ask an administrator to look at it and to click, or to have you added to FERRY_ADMINISTRATORS of the bot.',
  }),
  'approvers-too-few': ({ needed, found }) => ({
    text: `${needed} people must approve, and at most ${found} could, whoever asks.`,
    remedy:
      'Name more people or groups in FERRY_APPROVERS, or lower FERRY_APPROVERS_NEEDED. With FERRY_TWO_PERSONS=yes the person who asks does not count.',
  }),
  'group-unreadable': ({ group, error }) => ({
    text: `The user group ${group} could not be read (${error}), so it counts as empty.`,
    remedy: GROUP_REMEDIES[String(error)] ?? 'Try again in a minute; if it stays, tell an admin.',
  }),
  'group-empty': ({ group }) => ({
    text: `The user group ${group} has no members, or is disabled.`,
    remedy: 'Add people to it in Slack, or name others in the configuration of the bot.',
  }),
  'channel-not-for-hosts': ({ hosts, here }) => ({
    text: `Not among the hosts of this channel: ${listText(hosts)}.`,
    remedy:
      Array.isArray(here) && here.length > 0
        ? `Here it is about ${listText(here)}. FERRY_CHANNELS of the bot says which channel is for which hosts.`
        : 'This channel has no hosts. FERRY_CHANNELS of the bot says which channel is for which hosts.',
  }),
  'audit-unwritable': ({ path, reason }) => ({
    text: `The audit ${path} cannot be written: ${reason}.`,
    remedy:
      'Free space on that disk of the bot, then ask again. Cancel and roll back work without it.',
  }),
  'audit-damaged': ({ path }) => ({
    text: `The end of the audit ${path} cannot be read, so nothing can be added to it.`,
    remedy: 'Keep that file in a safe place and move it out of the folder; a new one is begun.',
  }),
  'audit-tampered': ({ path, line, reason }) => ({
    text: `The audit ${path} was changed, line ${line}: ${TAMPERED[String(reason)] ?? reason}.`,
    remedy: 'Keep all files of the audit, and compare them with an older copy or export.',
  }),
  'audit-cut': ({ path, found, wanted }) => ({
    text: `The end of the audit ${path} is missing: it has ${found} lines of ${wanted}.`,
    remedy: 'Keep all files of the audit, and compare them with an older copy or export.',
  }),
  'audit-empty': ({ path }) => ({
    text: `There is no audit in ${path}.`,
    remedy: 'Use the environment of the bot, or --env with its file.',
  }),
  'date-unreadable': ({ text }) => ({
    text: `"${text}" is not a date.`,
    remedy: 'Write it as 2026-01-31, or as 2026-01-31T18:00:00Z.',
  }),
} satisfies Record<string, TextOf>;

export const approvals = {
  askThere: 'Ask in:',
  whoMay: 'Who may approve:',
  oneAdministrator:
    'It relies on what no real host has shown yet: one who approves must be an administrator.',
  noAdministrator:
    'No administrator may approve it, and one must. Have somebody else than you added to',
  asks: ({ vm, source, target }: Route) =>
    `The cutover of ${vm.name} from ${source} to ${target} waits for approval.`,
  remindsHalf: ({ vm }: Route) => `Still waiting for approval of the cutover of ${vm.name}.`,
  reminds: ({ vm }: Route, seconds: number) =>
    `The request to approve the cutover of ${vm.name} ends in about ${secondsText(seconds)}.`,
  lookAbove: 'Plan and buttons are in the message at the top of this thread.',
  expired: {
    'approval-expired': ({ vm, source }: Route) =>
      `Nobody approved in time: everything is undone. ${vm.name} stays on ${source}; nothing is lost.`,
    'pause-expired': ({ vm, source }: Route) =>
      `Nobody resumed it in time: everything is undone. ${vm.name} stays on ${source}; nothing is lost.`,
  },
  askAgain: ({ vm, target }: Route) => `To ask again: /migrate "${vm.name}" to ${target}`,
  nobodyElse: 'Nobody but you may approve: you asked for it yourself. Have somebody added to',
  tooFewOthers: (others: number, needed: number) =>
    `Besides you only ${others} of the ${needed} people who are needed may approve. Have somebody added to`,
};
