/** What would be lost with a host, and from which copies it could run again. */

import { bytesText, listText, secondsText } from './amounts.ts';

export const whatIf = {
  title: (host: string) => `If ${host} died now`,
  nothing: (host: string) => `No VM would be lost with ${host}.`,
  away: (host: string) =>
    `${host} does not answer. Only VMs of which other hosts have a copy are known.`,
  silent: (hosts: readonly string[]) =>
    `What these have is not counted, because they do not answer: ${listText(hosts)}.`,
  carries: {
    bot: (host: string) =>
      `Ferry's bot runs on ${host} and would be lost too: nothing can be restored by command before it runs elsewhere.`,
    store: (host: string) =>
      `Ferry's store runs on ${host} and would be lost too: nothing can be restored by command before it runs elsewhere.`,
  },
  summary: (total: number, back: number) =>
    `VMs that could run again from a copy: ${back} of ${total}.`,
  restorable: (host: string, seconds: number) =>
    `could run on ${host}; what it wrote in the last ${secondsText(seconds)} would be lost`,
  noRoom: (host: string, bytes: number, leaveOff: readonly string[]) => {
    const off = leaveOff.length > 0 ? `, unless left off: ${listText(leaveOff)}` : '';
    return `has a copy on ${host}, but ${bytesText(bytes)} of memory are missing there${off}`;
  },
  'domain controller':
    'a domain controller must not go back in time, so it is not restored: another one of its domain has to carry on',
  'no definition': (host: string, seconds: number) =>
    `its disks of ${secondsText(seconds)} ago are on ${host}, without its settings: a new VM would have to be made by hand`,
  'on a share': 'its disks are on a share or in a cluster, and outlive the host',
  lost: 'no copy: all of it would be lost',
  bare: (vms: readonly string[], host: string) =>
    `${listText(vms)} would have no copy any more: it is on ${host} alone.`,
  below:
    'To keep a VM copied: /migrate align <vm> to <host> every 15m. To start one: /migrate restore <vm> on <host>.',
};
