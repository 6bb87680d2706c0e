/** Operations as people see them: the journal, with what the store keeps beside it. */

import { isDrainName } from '../domain/drain.ts';
import { Problem, type ProblemRecord } from '../domain/problem.ts';
import { problemSchema } from '../domain/problem-record.ts';
import type { OperationView } from '../slack/operation-view.ts';
import type { Records } from '../store/store.ts';
import type { Language } from '../texts/words.ts';
import type { Remembered } from '../worker/remembered.ts';
import { keepAlerts, readBook } from './alert-book.ts';
import { approvalsGiven } from './approvals.ts';
import { estimateOf } from './estimate.ts';
import { keptFindings } from './findings.ts';
import { inParts } from './history.ts';
import { keptProgress } from './progress.ts';
import { isKnown, recall, unlessAway } from './recall.ts';
import { reportOf } from './report.ts';
import type { Ledger, Seen } from './requests.ts';
import { type Beside, viewOf } from './view.ts';

export interface Viewing extends Ledger {
  readonly records: Records;
}

/** `undefined` when neither the store nor the bot knows it. New alerts are kept. */
export async function readView(
  from: Viewing,
  operation: string,
): Promise<OperationView | undefined> {
  if (isDrainName(operation) || !(await isKnown(from, operation))) return undefined;
  const { seen, halt } = await recall(from, operation);
  const beside = await besideOf(from, operation, seen);
  const halts = halt ? { ...beside.halts, bot: halt } : beside.halts;
  const estimate = await estimateOf(from.records, operation, seen.entries);
  const found = viewOf(operation, seen, { ...beside, halts });
  await keepAlerts(from.records, operation, found.alerts);
  return { ...found, ...(estimate ? { estimate } : {}) };
}

/** All that are not over. */
export async function readOpenViews(
  from: Viewing & { readonly remembered: () => Promise<Remembered[]> },
): Promise<readonly OperationView[]> {
  const seen = await from.remembered();
  // A store that forgot an operation must not keep it out of sight.
  const open = new Set([...(await from.store.open()), ...seen.map(({ operation }) => operation)]);
  const views = await inParts([...open], (one) => readView(from, one).catch(unlessAway));
  return views.filter((one) => one !== undefined);
}

/** All that the bot knows about it, as plain text. @throws {Problem} operation-unknown */
export async function reportFor(
  from: Viewing & {
    readonly logLines: () => readonly string[];
    readonly language?: Language | undefined;
  },
  operation: string,
): Promise<string> {
  const view = await readView(from, operation);
  if (!view) throw new Problem('operation-unknown', { operation });
  const { seen } = await recall(from, operation);
  const halts = await haltsOf(from.records, operation);
  const { language = 'en', logLines } = from;
  return reportOf({ view, entries: seen.entries, halts, logLines: logLines(), language });
}

async function besideOf(
  { records, identity }: Viewing,
  operation: string,
  seen: Seen,
): Promise<Beside> {
  const [findings, progress, approvals, halts, book] = await Promise.all([
    keptFindings(records, operation),
    keptProgress(records, operation),
    approvalsGiven({ records, identity }, operation, seen),
    haltsOf(records, operation),
    readBook(records, operation),
  ]);
  return {
    findings,
    ...(progress ? { progress } : {}),
    approvals,
    halts,
    book,
  };
}

/** Why workers stopped acting on this operation, by host. What cannot be read is a halt all the same. */
async function haltsOf(
  records: Records,
  operation: string,
): Promise<Record<string, ProblemRecord>> {
  const prefix = `halts/${operation}/`;
  const halts: Record<string, ProblemRecord> = {};
  for (const key of await records.keys(prefix)) {
    const halt = await records.get(key);
    if (halt === undefined) continue;
    const broken = { code: 'record-broken', facts: { record: key } };
    halts[key.slice(prefix.length)] = problemSchema.safeParse(halt).data ?? broken;
  }
  return halts;
}
