/** Words of alerts, and the problems of showing and acknowledging them. */

import type { Alert } from '../../domain/alert.ts';
import type { Plan } from '../../domain/plan.ts';
import type { TextOf } from '../catalogue.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;
type ByHome = Readonly<Record<Alert['home'], (route: Route) => string>>;

export const alertProblems = {
  'alert-unknown': ({ operation }) => ({
    text: `This alert of ${operation} is not known any more; your click changed nothing.`,
    remedy: 'Type "/migrate status" to see what stands.',
  }),
  'alert-heard-already': () => ({
    text: 'Somebody has acknowledged this alert already.',
    remedy: 'Nothing to do: no reminder follows.',
  }),
  'slack-away': ({ method, error }) => ({
    text: `Slack could not be reached for ${method}: ${error}.`,
    remedy: 'The bot tries again by itself; if it goes on, check the network and HTTPS_PROXY.',
  }),
} satisfies Record<string, TextOf>;

const home: ByHome = {
  source: ({ vm, source }) => `${vm.name} is on ${source}.`,
  target: ({ vm, target }) => `${vm.name} is on ${target}.`,
  nowhere: ({ vm, source, target }) =>
    `${vm.name} is off; its disks are on ${source} and ${target}.`,
  unknown: ({ vm, source, target }) =>
    `It is not known where ${vm.name} runs. Look at ${source} and ${target}; start nothing by hand before you know.`,
};

/** What is lost, by what the journal says; where it cannot say, what is not known. */
const lost = {
  'at-source': ({ vm, source }: Route) =>
    `Nothing is lost: the disks on ${source} have all that ${vm.name} wrote.`,
  'at-both': ({ vm, source, target }: Route) =>
    `Nothing is lost: ${source} and ${target} both have all that ${vm.name} wrote.`,
  'at-target': ({ vm, source, target }: Route) =>
    `Nothing is lost: ${target} has all that ${vm.name} wrote; what is left on ${source} is older.`,
  'at-target-perhaps': ({ vm, target }: Route) =>
    `Nothing is lost while no disk is deleted. It is not known whether ${vm.name} ran on ${target}: ` +
    `if it did, ${target} alone has what it wrote there.`,
  'restore-older': ({ vm, source, target }: Route) =>
    `What ${vm.name} wrote after its newest copy is not on ${target}; only the disks of ${source} may have it.`,
  'copy-whole': () => 'Nothing is lost: the copy is whole.',
  'copy-perhaps': () => 'It is not known whether the copy is whole: do not rely on it.',
  'copy-deleted': () => 'The copy is deleted, as it was approved.',
  'not-known': ({ source, target }: Route) =>
    'What is lost is not known: the journal is not whole. ' +
    `Ferry deletes nothing meanwhile; keep the disks on ${[...new Set([source, target])].join(' and ')}.`,
};

const RENAMED =
  'give its disks their names back (without .ferry-fenced), connect its network adapters and start it (Hyper-V: docs/by-hand.md)';

/** Right for any hypervisor: what to do with its own tools when Ferry is gone. */
const byHand: ByHome = {
  source: ({ vm, source, target }) =>
    `Leave ${vm.name} on ${source}. Start no copy of it on ${target}.`,
  target: ({ vm, source, target }) =>
    `Leave ${vm.name} on ${target}. Never start the old one on ${source}: its disks are behind.`,
  nowhere: ({ vm, source, target }) =>
    `See on ${target} that ${vm.name} does not run there. Then, on ${source}: ${RENAMED}.`,
  unknown: ({ vm, source, target }) =>
    `Look at ${target} first. If ${vm.name} runs there or ever did, leave it and never start it on ${source}. ` +
    `Only if it certainly never ran there, on ${source}: ${RENAMED}.`,
};

export const alerts = {
  title: 'Alert',
  late: 'late: raised at',
  home,
  lost,
  doNext: 'What to do',
  inSlack: 'In Slack',
  press: (labels: readonly string[], typed: string) =>
    labels.length === 0 ? `type ${typed}` : `press ${labels.join(' or ')}, or type ${typed}`,
  onCommandLine: 'On the command line, at the bot or on a host',
  byHandTitle: 'By hand, if Ferry is gone',
  byHand,
  acknowledge: 'Acknowledge',
  acknowledged: (operation: string) =>
    `You acknowledged the alert of ${operation}: no reminder follows.`,
  heardBy: 'Acknowledged by',
  mendedAt: 'Mended at',
  reminder: (number: number, count: number) =>
    `Reminder ${number} of ${count}: nobody has acknowledged this alert, and it stands.`,
  failedAgain: 'It was tried again and failed in the same way.',
  report: (operation: string) => `What the bot knows about ${operation}`,
  notInChannel: 'The bot is not in this channel, so the message is here:',
  inviteHere: 'To have migrations shown in this channel, invite the bot here with /invite.',
  inviteThere: 'Invite it there with /invite to have the next one there.',
};
