/** Hosts and VMs as lists of lines. */

import type { Words } from '../../texts/words.ts';
import type { OperationView } from '../operation-view.ts';
import type { CopyRow, HostRow, VmRow } from '../rows.ts';
import { sentence } from './answers.ts';
import { dateText, escaped, type Message, named } from './blocks.ts';
import { list } from './lines.ts';

const HOSTS_SHOWN_MAX = 15;
const VMS_OF_HOST_SHOWN_MAX = 10;
const VMS_SHOWN_MAX = 30;
const VOLUMES_SHOWN_MAX = 3;
const COPIES_SHOWN_MAX = 3;

export function hostsAnswer(hosts: readonly HostRow[], words: Words): Message {
  const { commands } = words;
  if (hosts.length === 0) return sentence(commands.noHosts);
  const rows = hosts.map((host) => hostLine(host, words));
  return list({ title: escaped(commands.hosts), rows, rowsMax: HOSTS_SHOWN_MAX }, words);
}

function hostLine(host: HostRow, words: Words): string {
  const { commands, drain, times } = words;
  const { maintenance, window } = host;
  const said = [
    escaped(`${named(host.name)}: ${commands.hostState[host.state]}`),
    ...(maintenance === undefined ? [] : [escaped(drain.maintenance(maintenance))]),
    ...(window ? [escaped(times.window(times.hours(window)))] : []),
  ];
  if (host.state !== 'ready') return `• ${[...said, ...heard(host, words)].join('; ')}`;
  const volumes = host.volumes.slice(0, VOLUMES_SHOWN_MAX);
  const free = volumes.map((one) => commands.free(named(one.path), one.bytesFree, one.bytesTotal));
  const vms = host.vms
    .slice(0, VMS_OF_HOST_SHOWN_MAX)
    .map((vm) => `${named(vm.name)} (${vmState(vm, words)})`);
  const rest = host.vms.length - vms.length;
  const all = [...vms, ...(rest > 0 ? [commands.more(rest)] : [])];
  const list = all.length === 0 ? commands.noVms : all.join(', ');
  return `• ${[...said, ...[...free, list].map(escaped)].join('; ')}`;
}

function heard({ state, seenAt }: HostRow, { commands }: Words): string[] {
  if (state !== 'away') return [];
  if (seenAt === undefined) return [escaped(commands.neverHeard)];
  return [`${escaped(commands.lastHeard)} ${dateText(seenAt)}`];
}

/** What is known of VMs beside where they are. */
export interface VmNews {
  readonly hosts: readonly HostRow[];
  readonly copies: readonly CopyRow[];
  readonly open: readonly OperationView[];
}

export function vmsAnswer(news: VmNews, words: Words): Message {
  const { commands } = words;
  const rows = news.hosts.flatMap((host) =>
    host.vms.map((vm) => ({ name: vm.name, line: vmLine(host, vm, { news, words }) })),
  );
  const sorted = rows.toSorted((a, b) => a.name.localeCompare(b.name)).map(({ line }) => line);
  const away = news.hosts.filter(({ state }) => state === 'away').map(({ name }) => named(name));
  const unasked = away.length === 0 ? [] : [escaped(commands.notAsked(away.join(', ')))];
  if (sorted.length === 0) return sentence([commands.noVmsAnywhere, ...unasked].join(' '));
  const title = escaped(commands.vms);
  return list({ title, rows: sorted, rowsMax: VMS_SHOWN_MAX, below: () => unasked }, words);
}

/** One VM as it is, for example `dc02: running on hv-a; 4.0 GiB of memory; 1 disk (100 GiB)`. */
export function vmLine(
  host: HostRow,
  vm: VmRow,
  { news, words }: { news: Omit<VmNews, 'hosts'>; words: Words },
): string {
  const { commands } = words;
  const copies = news.copies
    .filter((copy) => copy.vm.id === vm.id && copy.host !== host.name)
    .map((copy) => named(copy.host))
    .slice(0, COPIES_SHOWN_MAX);
  const open = news.open.find(({ plan }) => plan.vm.id === vm.id);
  const said = [
    commands.vmOn(vmState(vm, words), named(host.name)),
    commands.memory(vm.memoryBytes),
    commands.disks(vm.disks, vm.virtualBytes),
    ...(copies.length > 0 ? [commands.copyOn(copies.join(', '))] : []),
    ...(open ? [commands.underWay(open.operation)] : []),
  ];
  return `• ${escaped(`${named(vm.name)}: ${said.join('; ')}`)}`;
}

/** A state that is not known here is shown as its host tells it. */
export function vmState({ state }: VmRow, { commands }: Words): string {
  const known = Object.entries(commands.vmState).find(([name]) => name === state);
  return known ? known[1] : named(state);
}
