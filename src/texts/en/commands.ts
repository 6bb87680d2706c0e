/** Words of commands: help, and what they are answered with. All is plain text; views escape it. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { migrationLine } from '../typed.ts';
import { bytesText, secondsText } from './amounts.ts';

const HELP = 'Type "/migrate help" to see what can be asked.';
const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
const typedCommands = (commands: Fact | undefined): string =>
  (Array.isArray(commands) ? commands : []).map((one) => `/migrate ${one}`).join(' or ');
const or = (names: Fact | undefined): string => (Array.isArray(names) ? names : []).join(' or ');

export const commands = {
  /** By the command's name in the grammar. */
  meaning: {
    ask: 'opens a form to plan a move; in a mention it shows this help',
    migrate: 'plans and starts a move; people are asked before the cutover',
    plan: 'shows what a move would do and what is in its way; starts nothing',
    status: 'shows what is under way, or how one VM is doing',
    hosts: 'shows the hosts, their free space and their VMs',
    vms: 'shows the VMs, where they are, and which have a copy elsewhere',
    history: 'shows what was done: who asked, who approved, how it ended',
    cancel: 'stops a move and takes back what it did',
    pause: 'lets copying rest; the VM goes on running where it is',
    resume: 'goes on with a paused move',
    retry: 'tries again what needs a person, or plans a rolled back move anew',
    rollback: 'takes a move back as far as it is safe',
    limit: 'bounds how fast a move copies, also while it runs',
    align: 'keeps a copy of a VM young on another host, while it runs',
    unalign: 'keeps it no longer; the copy stays as it is',
    drain: 'empties a host to work on it: moves its VMs elsewhere, asked once for all',
    return: 'brings back what a drain moved, and ends the maintenance',
    'what-if': 'shows which VMs would be lost with a host, and which could run again',
    scheduled: 'shows what waits for its time, and when that is',
    window: 'sets the hours in which a cutover may begin on a host',
    restore: 'starts a VM from its copy when its host is lost; two people approve',
    copies: 'shows the copies of VMs, how old and how large they are',
    delete: 'deletes a copy once people have approved it',
    enroll: 'trusts the worker of a host by the code that it printed',
    unenroll: 'trusts the worker of a host no longer',
    doctor: 'looks at store, hosts and Slack, and says what to mend',
    help: 'shows all commands, or one of them',
  },
  /** After "/migrate <vm> to <host>", by the option's name. */
  option: {
    method: 'how it is moved; without it the plan chooses',
    volume: 'the volume of the target that takes the disks',
    limit: 'how much may be copied in a second, such as 50MB/s or 400Mbit/s',
    pause: 'how long the VM may be off, such as 90s or 2m',
    at: 'when it begins, by the clocks of your Slack profile; tonight alone will do',
    cutover: 'when the cutover begins at the earliest; it may be approved before',
    target: 'the host that takes all; without it, wherever there is room',
    stop: 'after a VM that failed, no further one begins',
    switch: 'another virtual switch at the target than that of the same name',
  },
  audience: {
    anyone: 'everybody',
    viewer: 'viewers, operators and approvers',
    operator: 'operators',
    'operator or approver': 'operators and approvers',
  },
  help: 'What can be asked',
  helpUnknown: (command: string) => `There is no command ${command}.`,
  helpMore: 'More about one of them: /migrate help <command>.',
  helpNote:
    'Names with spaces go in quotes. A mention of the bot works like /migrate, also in threads: ' +
    'in the thread of a move its VM need not be named.',
  example: 'For example',
  whoMay: 'Who may',
  more: (count: number) => `and ${count} more`,
  allOf: (command: string) => `Those of one VM: /migrate ${command} <vm>.`,
  hosts: 'Hosts',
  noHosts: 'No host is known yet. Start a worker there; it prints what to type here.',
  hostState: {
    ready: 'ready',
    away: 'away: its worker does not answer',
    'not enrolled': 'not enrolled: type "/migrate enroll <host> <code>" as its worker says',
  },
  lastHeard: 'last heard',
  neverHeard: 'never heard',
  free: (path: string, free: number, total: number) =>
    `${bytesText(free)} of ${bytesText(total)} free on ${path}`,
  noVms: 'no VMs',
  vms: 'VMs',
  noVmsAnywhere: 'No host that answers has a VM.',
  vmState: {
    Running: 'running',
    Off: 'off',
    Saved: 'saved',
    Paused: 'paused',
    Starting: 'starting',
    Stopping: 'stopping',
  },
  vmOn: (state: string, host: string) => `${state} on ${host}`,
  memory: (bytes: number) => `${bytesText(bytes)} of memory`,
  disks: (count: number, bytes: number) =>
    `${plural(count, 'disk', 'disks')} (${bytesText(bytes)})`,
  copyOn: (hosts: string) => `a copy on ${hosts}`,
  underWay: (operation: string) => `${operation} is under way`,
  notAsked: (hosts: string) => `Not listed, because their host does not answer: VMs of ${hosts}.`,
  status: 'Under way',
  idle: 'No migration is under way.',
  history: 'History',
  historyOf: (vm: string) => `History of ${vm}`,
  noHistory: 'Nothing was done yet.',
  newestOf: (shown: number, all: number) => `Shown are the newest ${shown} of ${all}.`,
  lookedBack: (operations: number) =>
    `Only the newest ${operations} operations were looked at; older ones are in the store.`,
  move: (vm: string, source: string, target: string) => `${vm} from ${source} to ${target}`,
  alignment: (vm: string, source: string, target: string) =>
    `${vm} of ${source} aligned on ${target}`,
  restore: (vm: string, host: string) => `${vm} from its copy on ${host}`,
  deletion: (vm: string, host: string) => `copy of ${vm} on ${host}`,
  outcome: {
    migrated: 'moved',
    restored: 'restored',
    deleted: 'deleted',
    'rolled back': 'rolled back',
    open: 'under way',
  },
  off: (seconds: number) => `off for ${secondsText(seconds)}`,
  took: (seconds: number) => `${secondsText(seconds)} in all`,
  askedBy: 'asked by',
  approvedBy: 'approved by',
  approvedByNobody: 'approved by nobody',
  why: (why: string) => `why: ${why}`,
  export: 'Export',
  confirmExport: {
    title: 'Export as a file?',
    text: 'Everybody in this channel can read the file: who did what, and when.',
    yes: 'Export',
    no: 'Not now',
  },
  exported: (count: number, isCut: boolean) =>
    `${plural(count, 'line is', 'lines are')} in the file` +
    `${isCut ? '; older ones did not fit: the command line exports all' : ''}.`,
  nothingToExport: 'There is nothing to export.',
  copies: 'Copies',
  noCopies: 'No host that answers has a copy of a VM.',
  copy: (vm: string, host: string) => `${vm} on ${host}`,
  size: (bytes: number) => bytesText(bytes),
  copyKind: {
    received: 'received by a move',
    'left behind': 'left behind by a move, as the VM was then',
  },
  keptUntil: 'meant to be kept until',
  keptNoMore: 'free to be deleted since',
  copyOf: (operation: string) => `of ${operation}`,
  age: (seconds: number) => `${secondsText(seconds)} old`,
  inUse: 'in use by a move under way',
  deleteNote: 'To delete one: /migrate delete copy <vm> on <host>.',
  doctor: 'What was looked at',
  nothingLooked: 'Nothing was looked at.',
  allWell: (count: number) =>
    count === 1 ? '1 look, all is well.' : `All ${count} looks are well.`,
  othersWell: (count: number) => `${count} ${count === 1 ? 'look is' : 'looks are'} well.`,
  paused: (what: string) => `${what} is being paused: copying rests at its next safe point.`,
  resumed: (what: string) => `${what} goes on.`,
  limited: (what: string, bytesPerSecond: number) =>
    `${what} copies at most ${bytesText(bytesPerSecond)} a second from now on.`,
  unlimited: (what: string) => `${what} copies without a limit from now on.`,
  enrolled: (host: string) => `${host} is enrolled.`,
  restorePlanned: (operation: string) => `People are asked for the restore: ${operation}, in`,
  deletionPlanned: (operation: string) => `People are asked for the deletion: ${operation}, in`,
  cannotDelete: (vm: string, host: string) => `The copy of ${vm} on ${host} cannot be deleted now:`,
};

export const commandProblems = {
  'command-too-long': ({ characters, charactersMax }) => ({
    text: `That is ${characters} characters long; a command has at most ${charactersMax}.`,
    remedy: HELP,
  }),
  'command-quote-open': ({ text }) => ({
    text: `A quote is opened and not closed: ${text}`,
    remedy: 'Close it, or leave it out if the name has no spaces.',
  }),
  'command-name-empty': () => ({
    text: 'A name between quotes is empty.',
    remedy: 'Put the name of the VM or host between the quotes.',
  }),
  'command-quotes-needed': ({ typed }) => ({
    text: 'A name with spaces needs quotes.',
    remedy: `Type /migrate ${typed} if these are the names.`,
  }),
  'command-incomplete': ({ usage }) => ({
    text: 'Something is missing or too much.',
    remedy: `Type /migrate ${usage}`,
  }),
  'command-near': ({ text, near }) => ({
    text: `Not understood: ${text}. Nothing was done.`,
    remedy: `Did you mean ${typedCommands(near)}`,
  }),
  'command-unknown': ({ text }) => ({ text: `Not understood: ${text}`, remedy: HELP }),
  'option-unknown': ({ text, typed }) => ({
    text: `"${text}" is not understood here.`,
    remedy:
      typed === undefined ? HELP : `If it belongs to the name, type /migrate ${typed}. ${HELP}`,
  }),
  'option-twice': ({ usage }) => ({
    text: `${usage} is there twice.`,
    remedy: 'Leave one of them out.',
  }),
  'option-incomplete': ({ usage }) => ({
    text: `The value of ${usage} is missing.`,
    remedy: 'Type it behind the word.',
  }),
  'rate-unreadable': ({ text }) => ({
    text: `"${text}" is no rate that can be kept.`,
    remedy:
      'Type it with its unit, such as 50MB/s, 1.5GiB/s or 400Mbit/s, from 1kB/s to 1TB/s; ' +
      '"off" is no limit.',
  }),
  'duration-unreadable': ({ text }) => ({
    text: `"${text}" is no duration that can be kept.`,
    remedy: 'Type it with its unit, such as 90s, 2m or 1m30s, from 1s to a day.',
  }),
  'vm-near': ({ name, near, typed }) => ({
    text: `No host that answers has a VM ${name}. Did you mean ${or(near)}?`,
    remedy: `Type ${typedCommands(typed)}`,
  }),
  'host-near': ({ name, near, typed }) => ({
    text: `There is no host ${name}. Did you mean ${or(near)}?`,
    remedy: `Type ${typedCommands(typed)}`,
  }),
  'volume-near': ({ name, near, typed }) => ({
    text: `There is no volume ${name} there. Did you mean ${or(near)}?`,
    remedy: `Type ${typedCommands(typed)}`,
  }),
  'operation-near': ({ name, near, typed }) => ({
    text: `Nothing of ${name} is under way. Did you mean ${or(near)}?`,
    remedy: `Type ${typedCommands(typed)}`,
  }),
  'nothing-under-way': ({ vm }) => ({
    text: `No migration of ${vm} is under way.`,
    remedy: 'Type "/migrate status" to see all that are.',
  }),
  'history-cut': ({ operations }) => ({
    text: `Only the newest ${operations} operations were looked at.`,
    remedy: `Older ones are in the store: "${migrationLine('show', undefined, 'bot.env')}" shows each of them.`,
  }),
  'no-history': ({ vm, operations }) => ({
    text:
      operations === undefined
        ? `Nothing was done with ${vm} yet.`
        : `Nothing was done with ${vm} in the newest ${operations} operations.`,
    remedy: 'Type "/migrate history" to see what was done, or "/migrate vms" to see the VMs.',
  }),
  'history-near': ({ name, near, typed }) => ({
    text: `Nothing was done with ${name} yet. Did you mean ${or(near)}?`,
    remedy: `Type ${typedCommands(typed)}`,
  }),
  'mention-edited': () => ({
    text: 'You edited a message; the bot does not run what was edited.',
    remedy: 'Write it as a new message.',
  }),
  'mention-not-first': () => ({
    text: 'The bot was mentioned, but not asked: a command begins with the mention.',
    remedy: HELP,
  }),
  'shortcut-unknown': ({ name }) => ({
    text: `The bot does not know the shortcut ${name}.`,
    remedy: HELP,
  }),
} satisfies Record<string, TextOf>;
