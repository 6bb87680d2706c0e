/** What was done, which copies there are, and what the doctor found, as lists of lines. */

import { isDrainOutcome } from '../../domain/drain.ts';
import { bySeverity, type Finding } from '../../domain/finding.ts';
import type { ProblemRecord } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import { EXPORT_AUDIT, exportText } from '../actions/clicks.ts';
import {
  type AlignmentRow,
  type CopyRow,
  HISTORY_OPERATIONS_MAX,
  type HistoryRow,
} from '../rows.ts';
import { actedBy } from './acted-by.ts';
import { sentence } from './answers.ts';
import {
  actions,
  type Block,
  BUTTON_VALUE_CHARS_MAX,
  button,
  dateText,
  escaped,
  type Message,
  mention,
  named,
} from './blocks.ts';
import { list, sentences } from './lines.ts';

const HISTORY_SHOWN_MAX = 10;
const COPIES_SHOWN_MAX = 20;
const APPROVERS_SHOWN_MAX = 5;

export interface PastRows {
  /** Newest first. */
  readonly rows: readonly HistoryRow[];
  /** Older ones were not looked at. */
  readonly isCut: boolean;
  /** Absent for all. */
  readonly vm?: string;
}

/** For the asker alone: it mentions people without meaning to call them. */
export function historyAnswer({ rows, isCut, vm }: PastRows, words: Words): Message {
  const { commands } = words;
  const title = vm === undefined ? commands.history : commands.historyOf(named(vm));
  if (rows.length === 0) return sentence(commands.noHistory);
  const all = rows.map((row) => historyLine(row, words));
  const hint = vm === undefined ? [escaped(commands.allOf('history'))] : [];
  const older = isCut ? [escaped(commands.lookedBack(HISTORY_OPERATIONS_MAX))] : [];
  const below = (hidden: number) => [...older, ...(hidden > 0 ? hint : [])];
  const more = (hidden: number) => escaped(commands.newestOf(all.length - hidden, all.length));
  const answer = list(
    { title: escaped(title), rows: all, rowsMax: HISTORY_SHOWN_MAX, more, below },
    words,
  );
  return { ...answer, blocks: [...answer.blocks, ...exportBlocks(vm, words)], onlyForAsker: true };
}

/** None for a name that is too long for a button: no VM has it. */
function exportBlocks(vm: string | undefined, { commands }: Words): readonly Block[] {
  const value = exportText(vm);
  if (value.length > BUTTON_VALUE_CHARS_MAX) return [];
  const { export: label, confirmExport: confirm } = commands;
  return actions([button({ action: EXPORT_AUDIT, label, value, confirm })]);
}

function historyLine(row: HistoryRow, words: Words): string {
  const { commands } = words;
  const approvers = row.approvedBy.slice(0, APPROVERS_SHOWN_MAX).map(mention).join(', ');
  const said = [
    `${escaped(`${row.operation}, ${whatWas(row, words)}`)}, ${dateText(row.openedAt)}`,
    escaped(outcomeOf(row, words)),
    ...(row.pauseSeconds === undefined ? [] : [escaped(commands.off(row.pauseSeconds))]),
    ...tookOf(row, words),
    `${escaped(commands.askedBy)} ${mention(row.requestedBy)}`,
    approvers === ''
      ? escaped(commands.approvedByNobody)
      : `${escaped(commands.approvedBy)} ${approvers}`,
    ...(row.why ? [whyLine(row.why, words)] : []),
  ];
  return `• ${said.join('; ')}`;
}

function whatWas(row: HistoryRow, { commands, drain }: Words): string {
  const vm = named(row.vm);
  const route = [vm, named(row.source), named(row.target)] as const;
  switch (row.kind) {
    case 'deletion':
      return commands.deletion(vm, named(row.target));
    case 'restore':
      return commands.restore(vm, named(row.target));
    case 'alignment':
      return commands.alignment(...route);
    case 'migration':
      return commands.move(...route);
    case 'drain':
    case 'return':
      return drain.chat.title[row.kind](vm);
  }
}

const outcomeOf = ({ outcome }: HistoryRow, { commands, drain }: Words): string =>
  isDrainOutcome(outcome) ? drain.outcome[outcome] : commands.outcome[outcome];

function whyLine(why: ProblemRecord, words: Words): string {
  const { commands, textOf } = words;
  const by = actedBy(why, words);
  return `${escaped(commands.why(by === undefined ? textOf(why).text : ''))}${by ?? ''}`;
}

function tookOf({ openedAt, closedAt }: HistoryRow, { commands }: Words): string[] {
  return closedAt === undefined ? [] : [escaped(commands.took((closedAt - openedAt) / 1000))];
}

export interface AllCopies {
  readonly copies: readonly CopyRow[];
  readonly orders: readonly AlignmentRow[];
  /** Milliseconds since 1970, to say how old they are. */
  readonly now: number;
}

/** What is kept aligned comes first: each order once, with its copy where its host answers. */
export function copiesAnswer({ copies, orders, now }: AllCopies, words: Words): Message {
  const { commands } = words;
  if (copies.length + orders.length === 0) return sentence(commands.noCopies);
  const isOf = (copy: CopyRow, { vm, target }: AlignmentRow): boolean =>
    copy.vm.id === vm.id && copy.host === target && copy.kind === 'received';
  const aligned = orders
    .toSorted((a, b) => a.vm.name.localeCompare(b.vm.name))
    .map((order) => orderLine(order, { copy: copies.find((one) => isOf(one, order)), now }, words));
  const others = copies
    .filter((copy) => !orders.some((order) => isOf(copy, order)))
    .toSorted((a, b) => a.vm.name.localeCompare(b.vm.name) || b.committedAt - a.committedAt)
    .map((copy) => copyLine(copy, now, words));
  const rows = [...aligned, ...others];
  const below = () => [escaped(commands.deleteNote)];
  return list({ title: escaped(commands.copies), rows, rowsMax: COPIES_SHOWN_MAX, below }, words);
}

function copyLine(copy: CopyRow, now: number, { commands }: Words): string {
  const ageSeconds = Math.max(0, (now - copy.committedAt) / 1000);
  const said = [
    commands.copy(named(copy.vm.name), named(copy.host)),
    commands.size(copy.bytes),
    commands.age(ageSeconds),
    commands.copyKind[copy.kind],
    commands.copyOf(copy.operation),
    ...(copy.inUse ? [commands.inUse] : []),
  ];
  const { keptUntil } = copy;
  if (keptUntil === undefined) return `• ${escaped(said.join('; '))}`;
  const kept = keptUntil > now ? commands.keptUntil : commands.keptNoMore;
  return `• ${escaped([...said, kept].join('; '))} ${dateText(keptUntil)}`;
}

/** Its age is that of what the guest had written then, and not of the file. */
function orderLine(
  { vm, target, everySeconds, operation, freshAt, problem }: AlignmentRow,
  { copy, now }: { copy: CopyRow | undefined; now: number },
  words: Words,
): string {
  const { alignment, commands, textOf } = words;
  const said = [
    commands.copy(named(vm.name), named(target)),
    ...(copy ? [commands.size(copy.bytes)] : []),
    freshAt === undefined
      ? alignment.nothingYet
      : commands.age(Math.max(0, (now - freshAt) / 1000)),
    alignment.every(everySeconds),
    ...(operation === undefined ? [] : [commands.copyOf(operation)]),
  ];
  const failed = problem ? [`${alignment.failed} ${textOf(problem).text}`] : [];
  return `• ${[...said, ...failed].map(escaped).join('; ')}`;
}

/** What must be mended comes first, with what to do; what is well is a number. */
export function doctorAnswer(findings: readonly Finding[], words: Words): Message {
  const { chat, commands } = words;
  const unwell = bySeverity(findings).filter(({ severity }) => severity !== 'ok');
  const well = findings.length - unwell.length;
  if (findings.length === 0) return sentence(commands.nothingLooked);
  if (unwell.length === 0) return sentence(commands.allWell(well));
  const rows = unwell.map(
    (finding) => `• *${escaped(chat.severity[finding.severity])}*: ${sentences(finding, words)}`,
  );
  const below = () => (well > 0 ? [escaped(commands.othersWell(well))] : []);
  return list({ title: escaped(commands.doctor), rows, rowsMax: rows.length, below }, words);
}
