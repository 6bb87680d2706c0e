/** Words of the form that asks which VM goes where, and what is wrong with it. */

import type { TextOf } from '../catalogue.ts';
import { listText } from './amounts.ts';

const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

export const modal = {
  title: 'Move a VM',
  submit: 'Make the plan',
  close: 'Close',
  asking: 'Asking the hosts for their VMs …',
  checking: 'Checking …',
  planning: 'Looking at the hosts and making the plan …',
  vm: 'VM',
  choose: 'Choose',
  target: 'To host',
  option: {
    method: 'Method',
    volume: 'Volume at the target',
    limit: 'Limit of the copy',
    pause: 'Longest pause',
    switch: 'Another virtual switch',
  },
  hint: {
    method: 'Without one the plan chooses.',
    volume: (example: string) => `For example ${example}. Without one the host's own is used.`,
    limit: (example: string) => `For example ${example}. Without one it is as fast as it can.`,
    pause: (example: string) => `For example ${example}. Without one the bot's own is used.`,
    switch: (example: string) =>
      `For example ${example}: the switch here, then the one at the target. Without one names stay.`,
  },
  choice: { stream: 'stream: copied while it runs, one short stop', live: 'live: no stop' },
  free: (bytes: string) => `${bytes} free`,
  noVms: 'No host that answers has a VM.',
  noHosts: 'No host is ready. Look at them with /migrate hosts.',
  away: (hosts: readonly string[]) =>
    `${listText(hosts)} ${hosts.length === 1 ? 'does' : 'do'} not answer: ` +
    'VMs there are not listed.',
  notEnrolled: (hosts: readonly string[]) =>
    `${listText(hosts)} ${hosts.length === 1 ? 'is' : 'are'} not enrolled.`,
  many: (count: number) => `${count} VMs: type a part of the name.`,
  unlisted: (count: number) =>
    `${plural(count, 'VM has', 'VMs have')} a name too long for this list: ` +
    'type /migrate <vm> to <host>.',
  first: 'Choose a VM and a host; the checks are shown here.',
  nothing:
    'Nothing is started before you press the button, and nothing is cut over before people approve.',
  needed: 'Choose one.',
};

export const modalProblems = {
  'modal-field': ({ value, example }) => ({
    text: `"${value}" is no value that is understood here.`,
    remedy: `Write it like this: ${example}.`,
  }),
  'modal-expired': () => ({
    text: 'The form could not be opened in time.',
    remedy: 'Type /migrate again, or /migrate <vm> to <host>.',
  }),
} satisfies Record<string, TextOf>;
