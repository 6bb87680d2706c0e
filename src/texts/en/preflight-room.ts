/** Words of the checks of the room for a VM, and of what needs it, each with the commands that mend it. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { textsOfChecks } from '../checks.ts';
import { quoted } from '../powershell.ts';
import { bytesText, listText } from './amounts.ts';
import { keptText } from './kept.ts';

/** What each check looks at, for its `-ok` and `-unknown` texts. */
const LOOKS_AT = {
  dependencies: 'Whether Ferry or the hosts need this VM',
  'source-space': 'The free space at the source',
  'target-files': 'Files in the way at the target',
  'target-path': 'The paths at the target',
  'processor-count': 'The number of processors',
  numa: 'The NUMA nodes of the target',
  slots: 'How many moves the hosts allow at once',
};

const general = textsOfChecks(LOOKS_AT, {
  ok: (subject) => () => ({ text: `${subject}: well.`, remedy: 'Nothing to do.' }),
  unknown:
    (subject) =>
    ({ what }) => ({
      text: `${subject} could not be judged: ${what ?? 'the facts'} could not be read.`,
      remedy: 'Look at it by hand; approving the plan accepts it as it is.',
    }),
});

const capacity = {
  'slots-ok': ({ busy }) => ({
    text: isEmpty(busy)
      ? 'How many moves the hosts allow at once: one is free.'
      : `As many moves as allowed run now on ${listText(busy)}; this one waits in Ferry's queue.`,
    remedy: 'Nothing to do.',
  }),
  'source-space': ({ host, volume, bytesFree, bytesNeeded, bytesKept }) => ({
    text: `${volume} on ${host} has only ${bytesText(bytesFree)} free; while it is copied, the VM writes there and needs ${bytesText(bytesNeeded)}.`,
    remedy: `${keptText(bytesKept)}Free space on ${volume} of ${host}; a full volume makes VMs stand still.`,
  }),
  'source-space-tight': ({ host, volume, bytesFree, bytesKept }) => ({
    text: `${volume} on ${host} has only ${bytesText(bytesFree)} free, and the VM writes there while it is copied.`,
    remedy: `${keptText(bytesKept)}Free space on ${volume} of ${host}, or move the VM when it writes little.`,
  }),
  'target-files': ({ vm, host, files }) => ({
    text: `Files that ${vm} would have on ${host} are there already: ${listText(files)}.`,
    remedy:
      'Choose another volume with "on <volume>". If an earlier move left them and no VM uses them ' +
      `(Get-VM | Get-VMHardDiskDrive), run on ${host}: Remove-Item -LiteralPath ${quoted(files)}`,
  }),
  'target-path': ({ vm, host, paths, charsMax }) => ({
    text: `Paths that ${vm} would have on ${host} are longer than ${charsMax} characters: ${listText(paths)}.`,
    remedy:
      'Choose a volume with a shorter path with "on <volume>", or shorten the names of the disk files.',
  }),
  'target-path-name': ({ vm, host, paths }) => ({
    text: `Windows on ${host} does not take the names that files of ${vm} would have: ${listText(paths)}.`,
    remedy: 'Shut the VM down and rename its disk files with Rename-Item and Set-VMHardDiskDrive.',
  }),
  'memory-if-started': ({ vm, host, bytesNeeded, bytesFree }) => ({
    text: `${vm} is off and moves that way, but ${host} could not start it: ${bytesText(bytesNeeded)} of memory needed, ${bytesText(bytesFree)} free.`,
    remedy: `Shut down or move other VMs on ${host} before ${vm} is started there, or accept it.`,
  }),
  'memory-if-grown': ({ vm, host, bytesFree, bytesGrown }) => ({
    text: `If ${vm} grows to its ${bytesText(bytesGrown)} of dynamic memory, ${host} with ${bytesText(bytesFree)} free gets short of it.`,
    remedy: `Shut down or move other VMs on ${host}, lower the maximum of ${vm} (Set-VMMemory -MaximumBytes), or accept it.`,
  }),
  'processor-count': ({ vm, id, host, processors, logical }) => ({
    text: `${vm} has ${processors} virtual processors, and ${host} only ${logical} logical ones.`,
    remedy: `Shut it down and run: Get-VM -Id ${quoted(id)} | Set-VMProcessor -Count ${logical}`,
  }),
  numa: ({ vm, id, host, together, processorsMax }) => ({
    text: `${vm} wants ${together} processors in one NUMA node, and a node of ${host} has ${processorsMax}; it runs slower there.`,
    remedy: `Shut it down and run: Get-VM -Id ${quoted(id)} | Set-VMProcessor -MaximumCountPerNumaNode ${processorsMax}. Or accept it.`,
  }),
  'numa-spanning': ({ vm, host, bytesMax }) => ({
    text: `${vm} needs more memory than a NUMA node of ${host} has (${bytesText(bytesMax)}), and ${host} keeps VMs within one node; it may not start there.`,
    remedy: `Run: Set-VMHost -ComputerName ${quoted(host)} -NumaSpanningEnabled $true, then restart its VMs. Or accept it.`,
  }),
  slots: ({ hosts }) => ({
    text: `The number of moves at once is set to none on ${listText(hosts)}.`,
    remedy: `Run: Set-VMHost -ComputerName ${quoted(hosts)} -MaximumVirtualMachineMigrations 2 -MaximumStorageMigrations 2`,
  }),
} satisfies Record<string, TextOf>;

const needed = {
  dependencies: ({ vm, roles, hosts }) => ({
    text: `${vm} is, for ${listText(hosts)}, ${rolesText(roles)}. While it is off, ${consequences(roles)}; the migration could not go on.`,
    remedy:
      'Move it by "live", which stops nothing, or put the store and the bot on another machine first.',
  }),
  'dependencies-stop': ({ vm, roles, hosts }) => ({
    text: `${vm} is, for ${listText(hosts)}, ${rolesText(roles)}. While it is off, ${consequences(roles)}.`,
    remedy: 'Give the hosts a second one, move it by "live", or accept it.',
  }),
  'dependencies-live': ({ vm, roles, hosts }) => ({
    text: `${vm} is, for ${listText(hosts)}, ${rolesText(roles)}. It runs on while it moves; if the move failed badly, ${consequences(roles)}.`,
    remedy:
      'Give the hosts a second one, move it while somebody is at their consoles, or accept it.',
  }),
} satisfies Record<string, TextOf>;

export const preflightRoomProblems = { ...general, ...capacity, ...needed } satisfies Record<
  string,
  TextOf
>;

const isEmpty = (list: Fact | undefined): boolean => !Array.isArray(list) || list.length === 0;

const ROLES: Readonly<Record<string, string>> = {
  'domain-controller': 'the only domain controller within reach',
  'dns-server': 'the only DNS server',
  gateway: 'the default gateway',
  store: "the machine of Ferry's store",
  bot: 'the machine of the bot',
};
const STOPS: Readonly<Record<string, string>> = {
  'domain-controller': 'nobody can sign in anew, and hosts refuse each other',
  'dns-server': 'no names are found',
  gateway: 'other networks and Slack are out of reach',
  store: 'Ferry stands still',
  bot: 'nobody can approve or cancel in Slack',
};
const mapped = (names: Readonly<Record<string, string>>, list: Fact | undefined): string =>
  listText((Array.isArray(list) ? list : []).map((name) => names[name] ?? name));
const rolesText = (roles: Fact | undefined): string => mapped(ROLES, roles);
const consequences = (roles: Fact | undefined): string => mapped(STOPS, roles);
