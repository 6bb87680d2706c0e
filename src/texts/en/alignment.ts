/** An alignment says these where a migration says its own. */

import type { Plan } from '../../domain/plan.ts';
import type { TextOf } from '../catalogue.ts';
import { bytesText, listText, secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

const COMMAND = '/migrate align';

export const alignmentProblems = {
  'aligned-disks-changed': ({ vm, host, disks }) => ({
    text: `${vm} on ${host} got other disks than its copy has: ${listText(disks)}.`,
    remedy: 'Nothing to do: the alignment begins anew by itself, with what the copy has.',
  }),
  'not-aligned': ({ vm }) => ({
    text: `${vm} is not kept aligned anywhere.`,
    remedy: `To begin, type ${COMMAND} "${vm}" to <host> every 15m.`,
  }),
  'alignment-nowhere': ({ vm, source, target }) => ({
    text: `${vm} is not on any host that answers, so its copy grows older. It was on ${source}, and its copy is on ${target}.`,
    remedy: `If ${source} is away, wait for it. If ${vm} is gone for good, type /migrate unalign "${vm}"; its copy is kept.`,
  }),
  'alignment-ends-slowly': ({ vm, operation, seconds }) => ({
    text: `${operation}, which keeps ${vm} aligned, did not end within ${secondsText(seconds)}: the checkpoint on its host is still being merged.`,
    remedy: 'Nothing was begun. Ask again in a few minutes.',
  }),
  'alignment-needs-administrator': ({ vm }) => ({
    text: `To keep ${vm} aligned relies on what no real host has shown yet; see docs/hyper-v-unverified.md.`,
    remedy: 'An administrator must give this order.',
  }),
  'every-too-often': ({ seconds, secondsMin, secondsMax }) => ({
    text: `Every ${secondsText(seconds)} is not between ${secondsText(secondsMin)} and ${secondsText(secondsMax)}.`,
    remedy: 'Type, for example, every 15m.',
  }),
  'record-forged': ({ record }) => ({
    text: `The record ${record} in the store was not written by this bot.`,
    remedy: 'It is not obeyed. Find out who can write to the store, then give the order anew.',
  }),
} satisfies Record<string, TextOf>;

const runs = ({ vm, source }: Route): string =>
  `${vm.name} stays on ${source} and is not touched by this.`;
const byHand = ({ vm, source }: Route): string =>
  `On ${source}, see whether ${vm.name} has a checkpoint of Ferry's, and merge it; docs/by-hand.md says how.`;

export const alignment = {
  /** `every`: seconds. */
  what: ({ vm, source, target }: Route, every: number) =>
    `What ${vm.name} changes on ${source} is copied to ${target} every ${secondsText(every)}. ${vm.name} runs on all the time.`,
  nothingYet: 'There is no whole copy yet.',
  fresh: 'The copy is as it was on',
  cost: (round: number, bytes: number, seconds: number) =>
    `round ${round}, ${bytesText(bytes)} in ${secondsText(seconds)}`,
  /** Before the text of a problem. */
  failed: 'The newest try failed:',
  /** Before the name of the channel. */
  begun: (vm: string, target: string, every: number) =>
    `${vm} is kept aligned on ${target} every ${secondsText(every)} from now on; see`,
  ended: (vm: string) => `${vm} is not kept aligned any more. Its copy is kept.`,
  cannot: (vm: string, target: string) => `${vm} cannot be kept aligned on ${target} now:`,
  /** Of a list of copies. */
  every: (seconds: number) => `aligned every ${secondsText(seconds)}`,
  old: {
    text: (vm: string, target: string, age: number, every: number) =>
      `The copy of ${vm} on ${target} is ${secondsText(age)} old. It should be renewed every ${secondsText(every)}.`,
    never: (vm: string, target: string, every: number) =>
      `There is no copy of ${vm} on ${target} yet. There should be one every ${secondsText(every)}.`,
    mended: (vm: string, target: string) => `The copy of ${vm} on ${target} is fresh again.`,
    lost: (vm: string) => `Nothing is lost: ${vm} itself is not touched by this.`,
    look: 'Type /migrate copies to see all copies, and /migrate doctor to see what is wrong.',
  },
  chat: {
    title: ({ vm, source, target }: Route) => `Keep ${vm.name} of ${source} aligned on ${target}`,
    state: {
      preparing: () => 'Preparing the first copy.',
      copying: ({ vm, target }: Route) => `Copying ${vm.name} to ${target} for the first time.`,
      'rolling back': ({ vm }: Route) => `Ending: the copy of ${vm.name} is kept.`,
      'rolled back': ({ vm, target }: Route) =>
        `Ended: ${vm.name} is not kept aligned by this any more. Its copy on ${target} is kept.`,
    },
  },
  alerts: {
    home: { source: runs, target: runs, nowhere: runs, unknown: runs },
    byHand: { source: byHand, target: byHand, nowhere: byHand, unknown: byHand },
  },
};
