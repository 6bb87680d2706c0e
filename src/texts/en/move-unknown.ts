/** When nobody can say for certain where a VM is after its live move: what was seen, and what to do. */

import type { Fact, Facts } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { listText } from './amounts.ts';

/** What a host could not be asked about. */
const PARTS: Readonly<Record<string, string>> = {
  vm: 'the VM',
  moves: 'its moves',
  disks: 'its disks',
  planned: 'planned VMs',
  files: 'files of the move',
};

export const moveUnknownProblems = {
  'move-unknown': (facts) => ({
    text: [
      `It is not certain where ${facts.vm} is after its live migration from ${facts.source} to ${facts.target}.`,
      stateText(facts.source, facts.atSource),
      stateText(facts.target, facts.atTarget),
      ...seen(facts),
      ...unread(facts),
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    remedy:
      'Start nothing and delete nothing before you have looked at both hosts with the commands by hand. ' +
      `Only on ${facts.source}: leave it there; Retry moves it again. ` +
      `Only on ${facts.target} and running: leave it there; Retry goes on. ` +
      'A move still runs: wait for its end, then Retry. ' +
      'On both: leave the one that runs, and take the other one out with Remove-VM, which keeps the disks. ' +
      'On none: register it with Import-VM -Path and its .vmcx where the newest disks are. ' +
      `Only planned on ${facts.target}: if that stays for minutes, end it with DestroySystem of Msvm_VirtualSystemManagementService.`,
  }),
} satisfies Record<string, TextOf>;

function stateText(host: Fact | undefined, state: Fact | undefined): string {
  if (state === undefined) return '';
  if (state === 'absent') return `On ${host} it is not registered.`;
  if (state === 'unread') return `${host} does not say whether it has it.`;
  return `On ${host} it is registered, and ${state}.`;
}

function seen({ target, planned, percent, to, wasBefore, unreadable, elsewhere, files }: Facts) {
  const towards = to === undefined ? '' : ` to ${to}`;
  return [
    planned === true ? `${target} has a planned VM of it.` : '',
    planned === false ? `${target} has no planned VM of it.` : '',
    percent === undefined ? '' : `A move of it${towards} still runs, at ${percent} %.`,
    wasBefore === undefined ? '' : `Before the move it was ${wasBefore}.`,
    isEmpty(unreadable) ? '' : `These disks of it do not open: ${listText(unreadable)}.`,
    isEmpty(elsewhere) ? '' : `On ${target} it lacks disks of the plan: ${listText(elsewhere)}.`,
    isEmpty(files) ? '' : `Disks of the move are there on ${target}: ${listText(files)}.`,
  ];
}

function unread({ source, target, sourceUnread, targetUnread, why }: Facts) {
  return [
    isEmpty(sourceUnread) ? '' : `${source} does not tell about ${partsText(sourceUnread)}.`,
    isEmpty(targetUnread) ? '' : `${target} does not tell about ${partsText(targetUnread)}.`,
    isEmpty(why) ? '' : `Why: ${listText(why)}.`,
  ];
}

const isEmpty = (list: Fact | undefined): boolean => !Array.isArray(list) || list.length === 0;

const partsText = (parts: Fact | undefined): string =>
  listText(Array.isArray(parts) ? parts.map((part: string) => PARTS[part] ?? part) : parts);
