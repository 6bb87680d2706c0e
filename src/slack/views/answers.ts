/** Short answers to commands and clicks: one fact, one next action. */

import { bySeverity } from '../../domain/finding.ts';
import type { ProblemRecord } from '../../domain/problem.ts';
import { textOf } from '../../texts/catalogue.ts';
import { chat } from '../../texts/en/chat.ts';
import { type CommandName, GRAMMAR, ruleOf, usageOf } from '../commands/grammar.ts';
import type { HostRow, OperationView, Refusal } from '../ports.ts';
import {
  channelLink,
  cut,
  escaped,
  type Message,
  mention,
  message,
  named,
  SECTION_CHARS_MAX,
  section,
} from './blocks.ts';
import { percentOf, routeOf, stateLine } from './operation-message.ts';

const ANSWER_CHARS_MAX = 600;
const USERS_SHOWN_MAX = 10;
const HOSTS_SHOWN_MAX = 15;
const VMS_SHOWN_MAX = 10;
const OPERATIONS_SHOWN_MAX = 15;
/** Slack refuses messages whose blocks have about 13,000 characters together. */
const SECTIONS_MAX = 4;

/** A sentence of ours, with names in it: escaped here. */
export const sentence = (text: string): Message => lines([escaped(text)]);

/** A problem in words; `whoMay` are the people who could do it. */
export function problemAnswer(problem: ProblemRecord, whoMay: readonly string[] = []): Message {
  const said = [sentences(problem)];
  if (whoMay.length > 0) {
    said.push(`${chat.whoMay} ${whoMay.slice(0, USERS_SHOWN_MAX).map(mention).join(', ')}`);
  }
  return lines(said);
}

/** Why a VM cannot be moved: one problem, or what the preflight found. */
export function refusalAnswer(route: { vm: string; target: string }, refused: Refusal): Message {
  if ('code' in refused) return problemAnswer(refused);
  const unwell = bySeverity(refused).filter((finding) => finding.severity === 'blocker');
  const title = escaped(chat.cannotMove(named(route.vm), named(route.target)));
  return lines([`*${title}*`, ...unwell.map((finding) => `• ${sentences(finding)}`)]);
}

export function plannedAnswer(operation: string, channel: string): Message {
  return lines([`${escaped(chat.planned(named(operation)))} ${channelLink(channel)}.`]);
}

export function hostsAnswer(hosts: readonly HostRow[]): Message {
  if (hosts.length === 0) return sentence(chat.noHosts);
  const rows = hosts.slice(0, HOSTS_SHOWN_MAX).map(hostLine);
  return lines([`*${chat.hosts}*`, ...rows, ...more(hosts.length - rows.length)]);
}

function hostLine(host: HostRow): string {
  const vms = host.vms.slice(0, VMS_SHOWN_MAX).map((vm) => `${named(vm.name)} (${vm.state})`);
  const all = [...vms, ...more(host.vms.length - vms.length)];
  const list = all.length === 0 ? chat.noVms : all.join(', ');
  return `• ${escaped(`${named(host.name)}: ${chat.hostState[host.state]}; ${list}`)}`;
}

export function statusAnswer(views: readonly OperationView[]): Message {
  if (views.length === 0) return sentence(chat.idle);
  const rows = views.slice(0, OPERATIONS_SHOWN_MAX).map((view) => {
    const percent = view.progress ? ` ${chat.percent(percentOf(view.progress))}` : '';
    const title = escaped(`${view.operation}, ${chat.title(routeOf(view))}`);
    return `• ${title}: ${stateLine(view)}${percent} ${channelLink(view.channel)}`;
  });
  return lines([`*${chat.status}*`, ...rows, ...more(views.length - rows.length)]);
}

/** All commands, or one. */
export function helpAnswer(command?: string): Message {
  const rule = command === undefined ? undefined : ruleOf(command);
  const rules = rule ? [rule] : GRAMMAR;
  const unknown = command !== undefined && !rule;
  return lines([
    ...(unknown ? [escaped(chat.helpUnknown(named(command)))] : []),
    `*${chat.help}*`,
    ...rules.map((one) => helpLine(one.name, usageOf(one))),
    escaped(chat.helpNote),
  ]);
}

const helpLine = (name: CommandName, usage: string): string =>
  `• ${escaped(`/migrate ${usage}`)}: ${escaped(chat.commands[name])}`;

const more = (count: number): string[] => (count > 0 ? [chat.more(count)] : []);

function sentences(problem: ProblemRecord): string {
  const { text, remedy } = textOf(problem);
  const half = ANSWER_CHARS_MAX / 2;
  return `${cut(escaped(text), half)} ${cut(escaped(remedy), half)}`;
}

/** Lines that are escaped already, in as few sections as hold them. */
function lines(all: readonly string[]): Message {
  const sections: string[] = [];
  for (const line of all.map((one) => cut(one, ANSWER_CHARS_MAX))) {
    const last = sections.at(-1);
    const fits = last !== undefined && last.length + line.length < SECTION_CHARS_MAX;
    if (fits) sections[sections.length - 1] = `${last}\n${line}`;
    else sections.push(line);
  }
  return message(all.join('\n'), sections.slice(0, SECTIONS_MAX).map(section));
}
