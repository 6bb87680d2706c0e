/** A deletion of copies says these where a migration says its own. */

import type { Plan } from '../../domain/plan.ts';
import type { TextOf } from '../catalogue.ts';
import { bytesText, listText, secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

export const deletionProblems = {
  'copy-unknown': ({ vm, host }) => ({
    text: `There is no copy of ${vm} on ${host}.`,
    remedy: 'Type /migrate copies to see which there are.',
  }),
  'copies-of-several-vms': ({ vm, host, folders }) => ({
    text: `${host} keeps copies of several VMs named ${vm}: ${listText(folders)}.`,
    remedy: `Rename one of these VMs, or delete the folder of the right one on ${host} by hand.`,
  }),
  'copy-in-use': ({ vm, host, folder, by }) => ({
    text: `The copy of ${vm} on ${host} in ${folder} is in use by ${by}.`,
    remedy: 'Nothing is deleted. An operation must end first; a VM must be moved or removed first.',
  }),
  'copy-changed': ({ vm, host, folder }) => ({
    text: `The copy of ${vm} on ${host} in ${folder} is not the one that was approved.`,
    remedy: `Nothing of it is deleted. Look at /migrate copies, then ask again with /migrate delete copy ${vm} on ${host}.`,
  }),
  'copy-of-other-vm': ({ folder }) => ({
    text: `The folder ${folder} holds a copy of another VM by now.`,
    remedy: 'It is left as it is. Look at /migrate copies, then ask again.',
  }),
  'copy-only-one': ({ vm }) => ({
    text: `No host shows ${vm} now, so this may be all that is left of it.`,
    remedy: 'Make sure that nobody needs it, or that a backup has it.',
  }),
  'copy-kept-still': ({ vm, host, seconds }) => ({
    text: `${vm} moved away from ${host} a while ago, and what it left there is meant to be kept for another ${secondsText(seconds)}.`,
    remedy: 'Delete it now only if nobody will want the VM as it was then.',
  }),
  'deletion-begun': ({ operation }) => ({
    text: `${operation} cannot be taken back: the deletion has begun.`,
    remedy: 'Let it end.',
  }),
  'nothing-copies': ({ operation }) => ({
    text: `${operation} copies nothing that could be paused or limited.`,
    remedy: `Type /migrate cancel ${operation} to take it back.`,
  }),
} satisfies Record<string, TextOf>;

const kept = ({ vm, source }: Route): string =>
  `This is about the copy of ${vm.name} on ${source}; ${vm.name} itself is not touched.`;
const lapsed = ({ vm, source }: Route): string =>
  `Nobody approved in time: the copy of ${vm.name} on ${source} is kept.`;
const byHand = ({ vm, source }: Route): string =>
  `On ${source}, see that no VM uses the copy of ${vm.name}, then delete its folder.`;

export const deletion = {
  whatHappens: 'What will be deleted',
  copy: (folder: string, bytes: number, operation: string) =>
    `${folder}: ${bytesText(bytes)}, made by ${operation}, as of`,
  /** Before the time is over for which a moved VM's disks are meant to be kept. */
  expiry: {
    soon: ({ vm, host }: { vm: string; host: string }, bytes: number) =>
      `What ${vm} left on ${host} when it moved away, ${bytesText(bytes)}, need not be kept after`,
    nothing: 'Nothing is deleted by itself.',
    ask: (vm: string, host: string) =>
      `To delete it, once people have approved that: /migrate delete copy "${vm}" on ${host}`,
  },
  chat: {
    title: ({ vm, source }: Route) => `Delete the copy of ${vm.name} on ${source}`,
    state: {
      asking: ({ vm, source }: Route) =>
        `Waiting for approval to delete the copy of ${vm.name} on ${source}.`,
      'rolling back': ({ vm, source }: Route) => `The copy of ${vm.name} on ${source} is kept.`,
      'rolled back': ({ vm, source }: Route) =>
        `Not deleted: the copy of ${vm.name} on ${source} is kept.`,
      'needs a person': ({ vm, source }: Route) =>
        `This needs a person: the copy of ${vm.name} on ${source} could not be deleted. See the thread.`,
    },
    askedUntil: 'Without it the copy is kept, and the question ends on',
    approve: 'Approve deletion',
    confirmApprove: {
      title: 'Delete the copy?',
      text: ({ vm, source }: Route) =>
        `The copy of ${vm.name} on ${source} is deleted for good. ${vm.name} itself is not touched.`,
      yes: 'Delete',
      no: 'Not now',
    },
  },
  approvals: {
    asks: ({ vm, source }: Route) =>
      `Ferry asks to delete the copy of ${vm.name} on ${source}. ${vm.name} itself is not touched.`,
    remindsHalf: ({ vm, source }: Route) =>
      `Nobody has decided about the copy of ${vm.name} on ${source} yet.`,
    reminds: ({ vm, source }: Route, seconds: number) =>
      `The copy of ${vm.name} on ${source} is kept unless it is approved within ${secondsText(seconds)}.`,
    expired: { 'approval-expired': lapsed, 'pause-expired': lapsed },
    askAgain: ({ vm, source }: Route) =>
      `To ask again: /migrate delete copy "${vm.name}" on ${source}`,
  },
  alerts: {
    home: { source: kept, target: kept, nowhere: kept, unknown: kept },
    byHand: { source: byHand, target: byHand, nowhere: byHand, unknown: byHand },
  },
};
