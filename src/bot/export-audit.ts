/** The audit and the journals' decisions as one stream of JSON lines, in the order of their times. */

import type { Entry, Opened, OpenedDrain } from '../domain/journal.ts';
import { toProblemRecord } from '../domain/problem.ts';
import type { AuditWish } from '../slack/ports.ts';
import type { AuditLine } from './audit-chain.ts';
import { aboutOf, entriesOf, inParts, operationsSeen, type Past } from './history.ts';
import { unlessAway } from './recall.ts';
import { auditLines } from './verify-audit.ts';

/** What machines did on the way; the rest of a journal is somebody's decision, or an outcome. */
const STEPS: readonly string[] = ['started', 'done'];

interface Told {
  readonly at: number;
  readonly told: Readonly<Record<string, unknown>>;
}

/** @throws {Problem} store-unreachable */
export async function* exportAudit(
  past: Past,
  directory: string,
  wish: AuditWish = {},
): AsyncIterable<string> {
  const { names, isCut } = await operationsSeen(past);
  if (isCut) yield JSON.stringify(cutAt(names.length));
  const operations = await operationsIn(past, names);
  const wanted = new Map(
    operations.filter((one) => isWanted(one, wish)).map((one) => [one.operation, one]),
  );
  const known = new Set(operations.map(({ operation }) => operation));
  const decisions = [...wanted.values()].flatMap(decisionsOf).toSorted((a, b) => a.at - b.at);
  const since = wish.since ?? 0;
  let next = decisions.findIndex(({ at }) => at >= since);
  if (next < 0) next = decisions.length;
  for await (const line of auditLines(directory)) {
    const at = Date.parse(line.at);
    if (at < since || !isLineWanted(line, { wish, wanted, known })) continue;
    for (; next < decisions.length; next += 1) {
      const decision = decisions[next];
      if (!decision || decision.at > at) break;
      yield JSON.stringify(decision.told);
    }
    yield JSON.stringify({ source: 'audit', ...line });
  }
  for (const { told } of decisions.slice(next)) yield JSON.stringify(told);
}

interface Read {
  readonly operation: string;
  readonly entries: readonly Entry[];
  /** Why its journal is not believed; nothing of it is told but that. */
  readonly error?: unknown;
}

/** An auditor must not take it for all there is. */
const cutAt = (operations: number) => ({
  source: 'journal',
  problem: { code: 'history-cut', facts: { operations } },
});

async function operationsIn(past: Past, names: readonly string[]): Promise<Read[]> {
  return await inParts(names, async (operation) => {
    try {
      return { operation, entries: await entriesOf(past, operation) };
    } catch (error) {
      unlessAway(error);
      return { operation, entries: [], error };
    }
  });
}

/** A journal that cannot be read is everybody's concern, except where only some hosts are. */
function isWanted({ entries }: Read, { vm, from }: AuditWish): boolean {
  if (entries.length === 0) return from === undefined;
  const about = aboutOf(entries);
  const isVm = vm === undefined || about.vms.some((one) => one.toLowerCase() === vm.toLowerCase());
  const hosts = from?.hosts.map((host) => host.toLowerCase());
  const isHere = !hosts || about.hosts.every((host) => hosts.includes(host.toLowerCase()));
  return isVm && isHere;
}

function decisionsOf({ operation, entries, error }: Read): Told[] {
  if (error) {
    const told = { source: 'journal', operation, problem: toProblemRecord(error) };
    return [{ at: Number.POSITIVE_INFINITY, told }];
  }
  const about = aboutOf(entries);
  return entries
    .filter(({ body }) => !STEPS.includes(body.kind))
    .map(({ at, position, author, body }) => ({
      at,
      told: {
        source: 'journal',
        at: new Date(at).toISOString(),
        operation,
        vm: about.vms.join(', '),
        position,
        author,
        // The keys and paths of a plan are the journal's; its hash names them here.
        ...(body.kind === 'opened' ? openingOf(body, about) : withoutPlan(body)),
      },
    }));
}

function openingOf(
  body: Opened | OpenedDrain,
  { source, target, method }: ReturnType<typeof aboutOf>,
) {
  const { kind, planHash, requestedBy, approversNeeded, twoPersons, channel } = body;
  const parent = 'parent' in body ? { parent: body.parent } : {};
  const route = { from: source, to: target, method };
  return { kind, ...route, ...parent, planHash, requestedBy, approversNeeded, twoPersons, channel };
}

function withoutPlan(body: Entry['body']): object {
  if (body.kind !== 'replanned') return body;
  const { kind, planHash } = body;
  return { kind, planHash };
}

interface Filter {
  readonly wish: AuditWish;
  readonly wanted: ReadonlyMap<string, Read>;
  readonly known: ReadonlySet<string>;
}

/** By its operation; where a line names none, by what was typed and where. */
function isLineWanted(line: AuditLine, { wish, wanted, known }: Filter): boolean {
  const { vm, from } = wish;
  if (line.kind === 'mended') return vm === undefined;
  const operation = typeof line.operation === 'string' ? line.operation : undefined;
  if (operation !== undefined && known.has(operation)) return wanted.has(operation);
  if (from && line.channel !== from.channel) return false;
  const text = typeof line.text === 'string' ? line.text : '';
  return (
    vm === undefined ||
    text
      .toLowerCase()
      .split(/[\s"“”'‘’]+/)
      .includes(vm.toLowerCase())
  );
}
