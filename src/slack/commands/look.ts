/** Commands that look at several things at once. */

import { Problem } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import type { Edge } from '../edge.ts';
import type { OperationView } from '../operation-view.ts';
import { HISTORY_OPERATIONS_MAX } from '../rows.ts';
import { statusAnswer } from '../views/answers.ts';
import { type Message, named } from '../views/blocks.ts';
import { isDrainOver, isMeantDrain } from '../views/drain-view.ts';
import { vmLine, vmsAnswer } from '../views/host-answers.ts';
import { lines } from '../views/lines.ts';
import { copiesAnswer, historyAnswer } from '../views/record-answers.ts';

/** Names that may have been meant; a problem is kept small. */
const KNOWN_MAX = 200;

type Looking = Pick<Edge, 'operations'>;

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** All that is under way; or one operation or VM, which may also just run. */
export async function status(
  which: string | undefined,
  words: Words,
  { operations }: Looking,
): Promise<Message> {
  const [open, all] = await Promise.all([operations.openViews(), operations.drains()]);
  if (which === undefined) {
    const drains = all.filter((one) => !isDrainOver(one));
    return statusAnswer(open, words, drains);
  }
  const drains = all.filter((one) => isMeantDrain(one, which));
  if (drains.length > 0) return statusAnswer([], words, drains);
  const found = open.filter((view) => isMeant(view, which));
  if (found.length > 0) return statusAnswer(found, words);
  const ended = await operations.view(which.toLowerCase());
  if (ended) return statusAnswer([ended], words);
  return await idleVm(which, words, { operations });
}

const isMeant = ({ operation, plan }: OperationView, which: string): boolean =>
  same(operation, which) || same(plan.vm.name, which);

/** @throws Problem `nothing-under-way` when no host that answers has this VM either */
async function idleVm(vm: string, words: Words, { operations }: Looking): Promise<Message> {
  const [hosts, copies] = await Promise.all([operations.hosts(), operations.copies()]);
  const news = { copies, open: [] };
  const found = hosts.flatMap((host) =>
    host.vms.filter(({ name }) => same(name, vm)).map((one) => vmLine(host, one, { news, words })),
  );
  if (found.length > 0) return lines([...found, words.commands.idle]);
  const known = hosts.flatMap(({ vms }) => vms.map(({ name }) => name));
  throw new Problem('nothing-under-way', { vm: named(vm), known });
}

/** Copies, and the orders that keep them young. */
export async function copies(words: Words, { operations }: Looking): Promise<Message> {
  const [rows, orders] = await Promise.all([operations.copies(), operations.alignments()]);
  return copiesAnswer({ copies: rows, orders, now: Date.now() }, words);
}

export async function vms(words: Words, { operations }: Looking): Promise<Message> {
  const [hosts, copies, open] = await Promise.all([
    operations.hosts(),
    operations.copies(),
    operations.openViews(),
  ]);
  return vmsAnswer({ hosts, copies, open }, words);
}

/**
 * Of all, of one VM, or of the operation with this name.
 * @throws Problem `no-history`
 */
export async function history(
  which: string | undefined,
  words: Words,
  { operations }: Looking,
): Promise<Message> {
  const rows = await operations.history(which);
  const all = which === undefined ? rows : await operations.history();
  const isCut = all.length >= HISTORY_OPERATIONS_MAX;
  if (which === undefined) return historyAnswer({ rows, isCut }, words);
  if (rows.length > 0) return historyAnswer({ rows, isCut, vm: which }, words);
  const ofOperation = all.filter(({ operation }) => same(operation, which));
  const [first] = ofOperation;
  if (first) return historyAnswer({ rows: ofOperation, isCut: false, vm: first.vm }, words);
  const known = [...new Set(all.map(({ vm }) => vm))].slice(0, KNOWN_MAX);
  const facts = { vm: named(which), known };
  throw new Problem('no-history', isCut ? { ...facts, operations: all.length } : facts);
}
