/** A restore says these where a migration says its own. */

import type { Plan } from '../../domain/plan.ts';
import type { TextOf } from '../catalogue.ts';
import { bytesText, secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

export const restoreProblems = {
  'copy-without-definition': ({ vm, host, folder }) => ({
    text: `The copy of ${vm} on ${host} in ${folder} has disks, and not the settings of the VM.`,
    remedy:
      'Only what /migrate align keeps has both. Make a new VM by hand from these disks, or restore a backup.',
  }),
  'restore-source-runs': ({ vm, host, target }) => ({
    text: `${host} answers, and runs ${vm}. It is not started on ${target} as well.`,
    remedy: `Move it: /migrate "${vm}" to ${target}.`,
  }),
  'restore-source-there': ({ vm, host, target }) => ({
    text: `${host} answers, and ${vm} is there: it is not lost.`,
    remedy: `Start it on ${host}, or move it: /migrate "${vm}" to ${target}.`,
  }),
  'restore-source-up': ({ vm, host, target }) => ({
    text: `${host} is up, but Ferry's worker there gives no answer: it does not run, or does not reach the store. ${vm} may run there, so it is not started on ${target}.`,
    remedy: `See that the worker on ${host} runs and reaches the store; or, if that cannot be, switch ${host} off and ask again.`,
  }),
  'restore-cannot-fence': ({ vm, host, target }) => ({
    text: `${host} answers and could not be kept from starting ${vm}. So it is not started on ${target}.`,
    remedy: `See the log of the worker on ${host}; or switch ${host} off and ask again.`,
  }),
  'restore-not-approved': ({ operation }) => ({
    text: `People have not approved ${operation}, so nothing is fenced for it.`,
    remedy: 'Find out who asks for it.',
  }),
  'restore-source-silent': ({ vm, host, seconds }) => ({
    text: `${host} has been silent for ${secondsText(seconds)}. Ferry cannot see whether ${vm} still runs there.`,
    remedy: `Make sure that ${host} is switched off, or cut off from every network, and stays so.`,
  }),
  'restore-loses': ({ vm, seconds }) => ({
    text: `What ${vm} wrote in the last ${secondsText(seconds)} is not in the copy. Its clients may have seen it.`,
    remedy: 'Tell its users; compare with what other systems have of that time.',
  }),
  'lost-source-runs': ({ vm, host, target }) => ({
    text: `${host} is back and runs ${vm} too, from its old disks. The restored ${vm} runs on ${target}.`,
    remedy: `Shut ${vm} down on ${host} now. What it writes there is not in the restored one; its disks are kept.`,
  }),
} satisfies Record<string, TextOf>;

const older = ({ vm, target }: Route): string =>
  `${vm.name} is to run on ${target}, from its copy.`;
const byHand = ({ vm, source, target }: Route): string =>
  `See that ${source} is off. On ${target}, see in Hyper-V Manager whether ${vm.name} runs; start it there only if it runs nowhere else.`;
const lapsed = ({ vm, target }: Route): string =>
  `Not enough people approved in time: the copy of ${vm.name} on ${target} is kept as it was.`;

export const restore = {
  whatHappens: 'What will happen',
  starts: ({ vm, target }: Route, bytes: number) =>
    `1. ${vm.name} is started on ${target} from its copy (${bytesText(bytes)}), with its own Id and network.`,
  fresh: '2. It is as it was on',
  lost: ({ vm }: Route, seconds: number) =>
    `What ${vm.name} wrote in the ${secondsText(seconds)} after that is lost, unless the disks of its old host come back.`,
  sure: ({ source }: Route) =>
    `3. Before it starts, ${source} is asked once more. If it answers, it must not run the VM. If it is silent, it must be off: only you can see that.`,
  back: ({ vm, source }: Route) =>
    `4. When ${source} comes back, what it has of ${vm.name} is kept as a copy. If it started there with the host, it is shut down there at once.`,
  chat: {
    title: ({ vm, source, target }: Route) =>
      `Restore ${vm.name} on ${target}, because ${source} is lost`,
    state: {
      preparing: ({ vm, target }: Route) => `Preparing to start ${vm.name} on ${target}.`,
      asking: ({ vm, source }: Route) =>
        `Waiting for approval to start ${vm.name} from its copy. ${source} must be off.`,
      'rolling back': ({ vm }: Route) => `Not started: the copy of ${vm.name} is kept.`,
      'rolled back': ({ vm, target }: Route) =>
        `Not restored: the copy of ${vm.name} on ${target} is as it was.`,
    },
    askedUntil: 'Without it nothing is started, and the question ends on',
    approve: 'Approve restore',
    confirmApprove: {
      title: 'Start it from its copy?',
      text: ({ vm, source, target }: Route) =>
        `${vm.name} is started on ${target} as it was when it was copied last. ${source} must be switched off, and stay so.`,
      yes: 'Restore',
      no: 'Not now',
    },
  },
  approvals: {
    asks: ({ vm, source, target }: Route) =>
      `Ferry asks to start ${vm.name} on ${target} from its copy, because ${source} is lost.`,
    remindsHalf: ({ vm }: Route) => `Nobody has decided about restoring ${vm.name} yet.`,
    reminds: ({ vm }: Route, seconds: number) =>
      `The request to restore ${vm.name} ends in about ${secondsText(seconds)}.`,
    expired: { 'approval-expired': lapsed, 'pause-expired': lapsed },
    askAgain: ({ vm, target }: Route) => `To ask again: /migrate restore "${vm.name}" on ${target}`,
  },
  alerts: {
    home: { source: older, nowhere: older, unknown: older },
    byHand: { source: byHand, target: byHand, nowhere: byHand, unknown: byHand },
  },
};
