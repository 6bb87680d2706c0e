/** Keys, enrolment, signed journals, what a host remembers, and the link between hosts. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { migrationLine } from '../typed.ts';
import { listText } from './amounts.ts';

const REPORT = 'Nothing was done. Look for who else can write to the store, then report this.';
const HEAL = (operation: Fact | undefined) =>
  `Type "${migrationLine('heal-store', operation)}" on each host, and with bot.env on the bot's machine, then retry.`;

const identityProblems = {
  'identity-damaged': ({ file }) => ({
    text: `The key in ${file} cannot be read.`,
    remedy: `Restore ${file} from a backup. Without one, remove it, start again and enrol the host with its new code.`,
  }),
  'identity-other-name': ({ file, name, found }) => ({
    text: `${file} holds the key of ${found}, but this process is called ${name}.`,
    remedy: `Start it as ${found}, or give ${name} a folder of its own.`,
  }),
  'enrolment-wrong-code': ({ host }) => ({
    text: `That is not the code of ${host}.`,
    remedy: `Copy the code from the log of the worker on ${host} and type the command again.`,
  }),
  'unenroll-busy': ({ host, operations }) => ({
    text: `${host} takes part in what is under way: ${listText(operations)}.`,
    remedy: 'Wait for it to end, or cancel it. Then ask again.',
  }),
  'enrolment-malformed': ({ reason }) => ({
    text: `An enrolment in the store cannot be read: ${reason}.`,
    remedy: 'Enrol the host again with the code that its worker prints.',
  }),
  'enrolment-forged': ({ host }) => ({
    text: `The enrolment of ${host} in the store was not signed by this bot.`,
    remedy: `Enrol ${host} again with the code that its worker prints. Look for who else can write to the store.`,
  }),
  'registration-malformed': ({ reason }) => ({
    text: `A worker's registration in the store cannot be read: ${reason}.`,
    remedy: 'Start that worker again, with the same version of Ferry as the bot.',
  }),
  'registration-forged': ({ host }) => ({
    text: `The registration of ${host} in the store was not made by ${host}.`,
    remedy: `Start the worker on ${host} again. If this comes back, look for who else can write to the store.`,
  }),
} satisfies Record<string, TextOf>;

const journalProblems = {
  'journal-not-opened': ({ operation }) => ({
    text: `The store has no beginning of ${operation}.`,
    remedy: HEAL(operation),
  }),
  'journal-opened-twice': ({ operation, position }) => ({
    text: `Entry ${position} of ${operation} opens it a second time.`,
    remedy: REPORT,
  }),
  'journal-malformed': ({ operation, position, reason }) => ({
    text: `Entry ${position} of ${operation} cannot be read: ${reason}.`,
    remedy:
      'Check that the bot and all workers have the same version of Ferry. If so, report this.',
  }),
  'journal-wrong-bot': ({ operation, expected, found }) => ({
    text: `${operation} was opened by a bot with the fingerprint ${found}; this host trusts ${expected}.`,
    remedy: `If the bot has a new key, start this host's worker with --bot ${found}. If not, look for who else can write to the store.`,
  }),
  'journal-wrong-plan': ({ operation }) => ({
    text: `The plan of ${operation} is not the one that its hash names.`,
    remedy: REPORT,
  }),
  'journal-wrong-operation': ({ operation, position, found }) => ({
    text: `Entry ${position} of ${operation} belongs to ${found ?? 'another operation'}.`,
    remedy: REPORT,
  }),
  'journal-broken-chain': ({ operation, position }) => ({
    text: `Entry ${position} of ${operation} does not follow the one before it.`,
    remedy: HEAL(operation),
  }),
  'journal-wrong-author': ({ operation, position, author, kind, step }) => ({
    text: `Entry ${position} of ${operation} is "${kind}${step === undefined ? '' : ` ${step}`}" by the ${author}, which may not write that.`,
    remedy: REPORT,
  }),
  'journal-forged-signature': ({ operation, position, author }) => ({
    text: `Entry ${position} of ${operation} was not signed by the ${author}.`,
    remedy: REPORT,
  }),
  'journal-other-move': ({ operation, position }) => ({
    text: `The plan at entry ${position} of ${operation} moves other disks, or to another place, than before.`,
    remedy: REPORT,
  }),
  'journal-replanned-late': ({ operation, position }) => ({
    text: `Entry ${position} of ${operation} changes the plan though nobody was being asked.`,
    remedy: REPORT,
  }),
  'approval-wrong-plan': ({ operation, position }) => ({
    text: `The approval at entry ${position} of ${operation} is for another plan.`,
    remedy: REPORT,
  }),
  'approval-too-few': ({ operation, found, needed }) => ({
    text: `${operation} was approved by ${found} of the ${needed} different people that it needs.`,
    remedy: REPORT,
  }),
} satisfies Record<string, TextOf>;

const memoryProblems = {
  'journal-behind': ({ operation, seen, found }) => ({
    text: `The store has ${found} entries of ${operation}; this host has already seen ${seen}. The store was set back.`,
    remedy: HEAL(operation),
  }),
  'journal-diverged': ({ operation, position }) => ({
    text: `From entry ${position} on, the store tells another story of ${operation} than this host has seen.`,
    remedy:
      'Nothing acts on it any more, and heal-store only adds what is missing. See where the VM runs and leave it there; restore a backup of the store that agrees with the hosts.',
  }),
  'memory-damaged': ({ file, line }) => ({
    text: `Line ${line} of ${file} cannot be read. Until then this host cannot know what it has seen.`,
    remedy: `Check the disk. Restore ${file}, or move it away once you know where the VM runs, then retry.`,
  }),
  'memory-full': ({ file }) => ({
    text: `${file} has grown beyond what an operation can need.`,
    remedy: 'Cancel or roll back the operation, and report this.',
  }),
  'memory-unwritable': ({ file, reason }) => ({
    text: `${file} cannot be written: ${reason}`,
    remedy: 'Free space on that disk or mend its permissions, then retry.',
  }),
} satisfies Record<string, TextOf>;

const linkProblems = {
  'link-cannot-listen': ({ host, port, reason }) => ({
    text: `This worker cannot listen on ${host} port ${port}: ${reason}`,
    remedy: 'Choose an address of this host and a port that is free.',
  }),
  'peer-unreachable': ({ host, port, reason }) => ({
    text: `The worker at ${host} port ${port} does not answer${reason === undefined ? '' : `: ${reason}`}.`,
    remedy: 'Check that the host and its worker run, and that the firewall lets this port through.',
  }),
  'peer-wrong-key': ({ host, port, expected, found }) => ({
    text: `Whoever answers at ${host} port ${port} has the key ${found}, not ${expected}.`,
    remedy:
      'If that worker was installed anew, enrol it with its new code. If not, find out who answers there.',
  }),
  'peer-hung-up': ({ host, port }) => ({
    text: `The worker at ${host} port ${port} hung up.`,
    remedy:
      'Look at its log: it says so when it does not know this host. Enrol this host, or try again.',
  }),
  'peer-silent': ({ host, port, question, timeoutSeconds }) => ({
    text: `The worker at ${host} port ${port} did not answer "${question}" within ${timeoutSeconds} s.`,
    remedy: 'Check how busy that host is, then retry.',
  }),
  'question-unknown': ({ question }) => ({
    text: `The other host does not know the question "${question}".`,
    remedy: 'Bring both workers to the same version of Ferry.',
  }),
  'question-malformed': ({ question }) => ({
    text: `The other host could not read the question "${question}".`,
    remedy: 'Bring both workers to the same version of Ferry.',
  }),
  'question-too-large': ({ question, bytesMax }) => ({
    text: `The question "${question}" is larger than ${bytesMax} bytes.`,
    remedy: 'Report this.',
  }),
  'answer-too-large': ({ question, bytesMax }) => ({
    text: `The answer to "${question}" is larger than ${bytesMax} bytes.`,
    remedy: 'Report this.',
  }),
  'answer-malformed': ({ host, port, question }) => ({
    text: `The answer of ${host} port ${port} to "${question}" cannot be read.`,
    remedy: 'Bring both workers to the same version of Ferry.',
  }),
} satisfies Record<string, TextOf>;

export const trustProblems = {
  ...identityProblems,
  ...journalProblems,
  ...memoryProblems,
  ...linkProblems,
} satisfies Record<string, TextOf>;
