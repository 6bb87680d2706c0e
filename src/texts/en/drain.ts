/** Words of drains and returns: many VMs by one decision. */

import type { TextOf } from '../catalogue.ts';
import { bytesText, listText, secondsText } from './amounts.ts';

export const drainProblems = {
  'drain-claimed': ({ host, holder }) => ({
    text: `${holder} is about ${host} already, and is not over.`,
    remedy: `Wait for its end, or type /migrate cancel ${holder}.`,
  }),
  'drain-carries-ferry': ({ host, what, vm }) => ({
    text: `${host} cannot be drained: Ferry's ${what} runs ${vm === undefined ? 'on it' : `in its VM ${vm}`}. To stop that would stop the drain.`,
    remedy: `Move the ${what} to another machine first: docs/fleet.md, "Move the bot and the store", says how.`,
  }),
  'drain-onto-itself': ({ host }) => ({
    text: `The VMs of ${host} cannot go to ${host}.`,
    remedy: `Name another host, or none: /migrate drain ${host}.`,
  }),
  'drain-nowhere': ({ host }) => ({
    text: `No other host takes the VMs of ${host}: none answers, or those that do are in maintenance.`,
    remedy: 'Type /migrate hosts to see them.',
  }),
  'drain-nothing': ({ host }) => ({
    text: `${host} has no VMs: there is nothing to drain.`,
    remedy: 'Nothing to do.',
  }),
  'drain-no-room': ({ vm, host, bytesMissing, memoryBytesMissing, leaveOff }) => ({
    text: `${vm} does not fit on ${host} beside the others: ${bytesText(memoryBytesMissing)} of memory and ${bytesText(bytesMissing)} of disk are missing.`,
    remedy:
      Array.isArray(leaveOff) && leaveOff.length > 0
        ? `It fits if these VMs are off: ${listText(leaveOff)}. Shut them down, and ask again.`
        : `Make room on ${host}, or move ${vm} by itself.`,
  }),
  'drain-over': ({ operation }) => ({
    text: `${operation} is over.`,
    remedy: 'Nothing was changed. Type /migrate history to see how it ended.',
  }),
  'operation-of-many': ({ host }) => ({
    text: `This is a drain or a return of ${host}: the operation of many VMs, which only the bot writes.`,
    remedy: `Steer it in Slack: /migrate status ${host}. Each of its moves can be steered by its own name.`,
  }),
  'return-nothing': ({ host }) => ({
    text: `Nothing was drained from ${host} that has not returned.`,
    remedy: 'Move VMs one by one: /migrate <vm> to <host>.',
  }),
  'return-gone': ({ vm, host }) => ({
    text: `${vm} went to ${host}, and is not on any host that answers now.`,
    remedy: 'Type /migrate hosts to see which hosts answer; bring it back by itself later.',
  }),
  'return-elsewhere': ({ vm, host, now }) => ({
    text: `${vm} went to ${host}, and is on ${now} by now: somebody moved it.`,
    remedy: `If it is to return, move it by itself from ${now}.`,
  }),
  'host-in-maintenance': ({ host, operation }) => ({
    text: `${host} is in maintenance since ${operation}: nothing is planned onto it.`,
    remedy: `To end that and bring its VMs back, type /migrate return ${host}.`,
  }),
} satisfies Record<string, TextOf>;

export const drain = {
  chat: {
    title: {
      drain: (host: string) => `Drain ${host}`,
      return: (host: string) => `Return to ${host}`,
    },
    state: {
      asking: 'Waits for approval: it is asked once for all VMs.',
      moving: 'Under way.',
      paused: 'Paused: what moves is moved to its end, and no further VM begins.',
      stopping: 'Ending: what moves is moved to its end, and no further VM begins.',
      drained: 'Done.',
      returned: 'Done.',
      cancelled: 'Ended before all was moved.',
    },
    /** How many VMs were moved, of how many. */
    moved: (moved: number, all: number) => `${moved} of ${all} VMs moved.`,
    row: {
      'not opened': 'begins',
      runs: 'moves',
      asks: 'moves',
      stuck: 'needs a person',
      moved: 'moved',
      failed: 'failed; it stays where it was',
      waits: 'waits',
      stays: 'stays',
      'not begun': 'not begun; it stays',
    },
    to: (vm: string, target: string) => `${vm} to ${target}`,
    /** Bytes to be read and sent at most, seconds of copying, seconds off. */
    estimate: (bytes: number, seconds: number, pause: number) =>
      `${bytesText(bytes)} in about ${secondsText(seconds)}, off for about ${secondsText(pause)}`,
    order: (atOnce: number) =>
      `At most ${atOnce} at once, in this order; what others depend on moves last, and returns first.`,
    stopsOnFailure: 'After a VM that failed, no further one begins.',
    goesOn: 'A VM that fails stays where it was; the others go on.',
    approving: {
      drain: (host: string) =>
        `Who approves this approves the plan of each VM, its pause included, and puts ${host} into maintenance: nothing is planned onto it until /migrate return ${host}.`,
      return: (host: string) =>
        `Who approves this approves the plan of each VM, its pause included. Then the maintenance of ${host} is over.`,
    },
    accepted: (warnings: number) =>
      warnings === 1 ? 'one warning is accepted' : `${warnings} warnings are accepted`,
    more: (rows: number) => `and ${rows} more`,
    approve: 'Approve all',
    askedUntil: 'Without it, it ends on',
    endedBy: 'Ended by',
    confirm: {
      title: 'Approve all of it?',
      text: {
        drain: (host: string) => `All VMs of the list leave ${host}, one after the other.`,
        return: (host: string) => `All VMs of the list go back to ${host}, one after the other.`,
      },
      yes: 'Approve',
      no: 'Not now',
    },
  },
  /** Of an answer; before the name of the channel. */
  planned: (operation: string) => `Planned as ${operation}; approve it in`,
  maintenance: (operation: string) => `in maintenance since ${operation}`,
  outcome: { drained: 'drained', returned: 'returned', cancelled: 'ended before all was moved' },
  left: {
    drain: (host: string, count: number) =>
      count === 1 ? `One VM is still on ${host}:` : `${count} VMs are still on ${host}:`,
    return: (host: string, count: number) =>
      count === 1 ? `One VM did not return to ${host}:` : `${count} VMs did not return to ${host}:`,
    lost: 'Nothing is lost: each of them runs where it was before, or its own message says otherwise.',
  },
};
