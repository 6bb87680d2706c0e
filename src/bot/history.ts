/** Past and open operations, as an auditor reads them. */

import { isDrainName } from '../domain/drain.ts';
import { type Entry, isOfDrain, openedOf } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import { HISTORY_OPERATIONS_MAX, type HistoryRow } from '../slack/rows.ts';
import type { Memory } from '../trust/memory.ts';
import { unlessAway } from './recall.ts';
import { isOperationName, type Ledger, meaningOf } from './requests.ts';
import { shared } from './shared.ts';
import { resultOf } from './view.ts';

const READS_AT_ONCE = 16;

export interface Past extends Pick<Ledger, 'journal' | 'store'> {
  readonly memory: Pick<Memory, 'operations' | 'seen'>;
}

/** Reads the journal of a closed operation once, however often it is asked. */
export function historyOf(past: Past): (vm?: string) => Promise<readonly HistoryRow[]> {
  const closed = new Map<string, HistoryRow>();
  const row = async (operation: string): Promise<HistoryRow | undefined> => {
    const known = closed.get(operation);
    if (known) return known;
    const entries = await entriesOf(past, operation).catch(unlessAway);
    if (!entries) return undefined;
    const found = rowOf(operation, entries, await past.journal.now());
    if (found.outcome !== 'open') closed.set(operation, found);
    return found;
  };
  const all = shared(async () => {
    const { names } = await operationsSeen(past);
    const rows = await inParts(names, row);
    for (const old of closed.keys()) if (!names.includes(old)) closed.delete(old);
    return rows.filter((one) => one !== undefined);
  });
  return async (vm) => {
    const known = await all();
    const wanted = vm?.toLowerCase();
    return known.filter((one) => wanted === undefined || one.vm.toLowerCase() === wanted);
  };
}

/** Newest first: those of the store, and those that it forgot and the bot remembers. */
export async function operationsSeen({
  store,
  memory,
}: Past): Promise<{ readonly names: readonly string[]; readonly isCut: boolean }> {
  const max = HISTORY_OPERATIONS_MAX;
  const known = [...(await store.list(max + 1)), ...(await memory.operations())];
  const numberOf = (operation: string): number => Number(operation.slice(1));
  const names = [...new Set(known.filter(isOperationName))].toSorted(
    (a, b) => numberOf(b) - numberOf(a),
  );
  return { names: names.slice(0, max), isCut: names.length > max };
}

/**
 * The verified journal; as the bot saw it where it is over, or the store's cannot be trusted. What
 * the bot saw was verified then, and nothing follows the last entry: no signature is checked again.
 */
export async function entriesOf(past: Past, operation: string): Promise<readonly Entry[]> {
  const seen = await past.memory.seen(operation);
  if (seen.at(-1)?.body.kind === 'closed') return seen;
  try {
    const entries = await past.journal.read(operation);
    if (entries.length === 0) throw new Problem('operation-unknown', { operation });
    past.journal.verify(entries);
    return entries;
  } catch (error) {
    unlessAway(error);
    if (seen.length === 0) throw error;
    return seen;
  }
}

/** In the order of `names`, a few at a time. */
export async function inParts<Row>(
  names: readonly string[],
  read: (name: string) => Promise<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let start = 0; start < names.length; start += READS_AT_ONCE) {
    rows.push(...(await Promise.all(names.slice(start, start + READS_AT_ONCE).map(read))));
  }
  return rows;
}

/** What any operation is about, of one VM or of many. */
export function aboutOf(entries: readonly Entry[]) {
  const first = entries[0]?.body;
  if (first?.kind === 'opened' && isOfDrain(first)) {
    const { operation: kind, plan, requestedBy } = first;
    const { host, method, moves } = plan;
    const vms = moves.map((move) => move.plan.vm.name);
    const others = moves.map((move) => (method === 'drain' ? move.plan.target : move.plan.source));
    const target = [...new Set(others)].join(', ');
    return {
      ...{ kind, requestedBy, vms, method, source: host, target },
      hosts: [host, ...others],
    };
  }
  const { operation: kind, plan, requestedBy } = openedOf(entries);
  const { vm, source, target, method } = plan;
  return {
    ...{ kind, requestedBy, source, target, method },
    vms: [vm.name],
    hosts: [source, target],
  };
}

function rowOf(operation: string, entries: readonly Entry[], now: number): HistoryRow {
  const { kind, vms, source, target, requestedBy } = aboutOf(entries);
  const isOne = !isDrainName(operation);
  const why = isOne ? meaningOf(entries, now).state.rollingBack?.why : undefined;
  const closed = entries.findLast(({ body }) => body.kind === 'closed');
  const pauseSeconds = isOne ? resultOf(entries)?.pauseSeconds : undefined;
  const approvedBy = entries.flatMap(({ body }) => (body.kind === 'approved' ? body.users : []));
  return {
    operation,
    ...{ kind, source, target },
    vm: isOne ? (vms[0] ?? '') : source,
    requestedBy,
    approvedBy: [...new Set(approvedBy)],
    outcome: closed?.body.kind === 'closed' ? closed.body.outcome : 'open',
    openedAt: entries[0]?.at ?? 0,
    ...(closed ? { closedAt: closed.at } : {}),
    ...(pauseSeconds === undefined ? {} : { pauseSeconds }),
    ...(why === undefined ? {} : { why }),
  };
}
