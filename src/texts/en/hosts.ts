/** Problems of a hypervisor host, whichever driver says so. */

import type { TextOf } from '../catalogue.ts';
import { migrationLine } from '../typed.ts';
import { bytesText, listText } from './amounts.ts';
import { quoted } from './windows.ts';

export const hostProblems = {
  'definition-unreadable': ({ host, vm }) => ({
    text: `${host} cannot read the definition of ${vm} that it was sent.`,
    remedy: 'Run the same version of Ferry on both hosts, then retry.',
  }),
  'epoch-behind': ({ host, vm, operation, epoch, seenOperation, seenEpoch }) => ({
    text: `${host} refused ${operation} (epoch ${epoch}) on ${vm}: ${seenOperation} (epoch ${seenEpoch}) acted there later.`,
    remedy: `Nothing was changed. Look at ${seenOperation}: it is the one that goes on.`,
  }),
  'fence-name-taken': ({ host, file }) => ({
    text: `${host} cannot rename a disk to ${file}: another file has that name.`,
    remedy: `Find out who put ${file} there, move it away, then retry.`,
  }),
  'lab-host-missing': ({ host, folder }) => ({
    text: `The lab in ${folder} has no host ${host}.`,
    remedy: 'Start the lab with this folder first, or name one of its hosts.',
  }),
  'memory-short': ({ host, vm, memoryStartupBytes, bytesFree }) => ({
    text: `${vm} needs ${bytesText(memoryStartupBytes)} of memory to start, and ${host} has ${bytesText(bytesFree)} free.`,
    remedy: `Stop another VM on ${host}, then retry.`,
  }),
  'round-not-followed': ({ host, vm, round }) => ({
    text: `Round ${round} of ${vm} on ${host} is the newest one: closing it would lose what changed.`,
    remedy: 'Freeze the next round first.',
  }),
  'rounds-open': ({ host, vm, rounds }) => ({
    text: `${vm} on ${host} has two rounds open already: ${listText(rounds)}.`,
    remedy: 'Close the older one first.',
  }),
  'start-failed': ({ host, vm, message }) => ({
    text: `${vm} did not start on ${host}.${quoted(message)}`,
    remedy: `Look at the log of the VM on ${host}, then retry.`,
  }),
  'start-unknown': ({ host, vm, message }) => ({
    text: `${vm} does not run on ${host}, and nothing proves that it did not: its disks are not as they were closed.${quoted(message)}`,
    remedy: `Look at ${vm} on ${host} before you start it anywhere else.`,
  }),
  'stop-refused': ({ host, vm, message }) => ({
    text: `${host} did not ask ${vm} to shut down.${quoted(message)}`,
    remedy: `Log on to ${vm} and see whether its integration services run and nobody is logged on, then retry.`,
  }),
  'switch-missing': ({ host, vm, switch: name }) => ({
    text: `${host} has no virtual switch "${name}", which ${vm} needs.`,
    remedy: `Make a switch "${name}" on ${host}, then retry.`,
  }),
  'tracking-left-over': ({ host, vm, checkpoints }) => ({
    text: `${vm} on ${host} still has checkpoints of an earlier operation of Ferry: ${listText(checkpoints)}.`,
    remedy: `Remove these checkpoints on ${host}, wait for the merge, then retry.`,
  }),
  'vm-ambiguous': ({ host, vm, count }) => ({
    text: `${host} has ${count} VMs named ${vm}.`,
    remedy: 'Rename all but one of them, then retry.',
  }),
  'vm-busy': ({ host, vm, seconds }) => ({
    text: `${host} was still busy with ${vm} after ${seconds} s.`,
    remedy: `Wait for the end of what ${host} does with ${vm} (a merge, a checkpoint), then retry.`,
  }),
  'vm-fenced': ({ host, vm, file }) => ({
    text: `${vm} cannot start on ${host}: Ferry has fenced it there, so ${file} is not found.`,
    remedy: `${vm} is on its way to another host, or there already. Use "${migrationLine('unfence')}" only when it surely runs nowhere else.`,
  }),
  'vm-not-fenced': ({ host, vm }) => ({
    text: `${vm} on ${host} is not off and fenced, so its disks may still change.`,
    remedy: 'Retry: the fence comes before the last round.',
  }),
  'vm-registered': ({ host, vm }) => ({
    text: `${host} has a VM with the Id of ${vm} already, with other disks.`,
    remedy: `Find out what it is. Remove it on ${host} if it is a left-over, then retry.`,
  }),
  'vm-running': ({ host, vm }) => ({
    text: `${vm} runs on ${host}, so this was refused.`,
    remedy: `Find out who started it. Shut it down on ${host} if it should be off, then retry.`,
  }),
} satisfies Record<string, TextOf>;
