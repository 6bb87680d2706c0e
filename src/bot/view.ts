/** An operation as people see it: derived from its journal, with what is measured beside it. */

import type { Alert } from '../domain/alert.ts';
import type { Finding } from '../domain/finding.ts';
import { type Entry, openedOf } from '../domain/journal.ts';
import type { Facts, ProblemRecord } from '../domain/problem.ts';
import type { Next } from '../migration/next-action.ts';
import { isPastReturn, type State } from '../migration/state.ts';
import { stepsOf } from '../migration/steps.ts';
import type { OperationState, OperationView, Progress, Result } from '../slack/ports.ts';
import { overdueIn } from './overdue.ts';
import type { Seen } from './requests.ts';

/** What stands beside the journal: measured, or seen by a worker that could not write. */
export interface Beside {
  readonly findings: readonly Finding[];
  readonly progress?: Progress;
  /** Approvals given so far in this asking, before there are enough for an entry. */
  readonly approvals: readonly string[];
  /** Host name to why its worker stopped acting on this operation. */
  readonly halts: Readonly<Record<string, ProblemRecord>>;
}

export function viewOf(operation: string, seen: Seen, beside: Beside): OperationView {
  const { entries, next, state } = seen;
  const opened = openedOf(entries);
  const { plan, planHash, requestedBy, channel } = opened;
  const asking = next.kind === 'await approval' ? next : undefined;
  const closed = entries.findLast(({ body }) => body.kind === 'closed');
  const result = resultOf(entries);
  return {
    operation,
    plan,
    planHash,
    findings: beside.findings,
    requestedBy,
    channel,
    state: operationState(seen, beside),
    ...(beside.progress ? { progress: beside.progress } : {}),
    approvals: {
      users: (asking ? undefined : approvedBy(entries, state)) ?? beside.approvals,
      needed: opened.approversNeeded,
      ...(asking ? { expiresAt: asking.expiresAt } : {}),
    },
    alerts: alertsOf(operation, seen, beside),
    times: { openedAt: entries[0]?.at ?? 0, ...(closed ? { closedAt: closed.at } : {}) },
    ...(result ? { result } : {}),
  };
}

function approvedBy(entries: readonly Entry[], state: State): readonly string[] | undefined {
  if (!state.approval) return undefined;
  const approved = entries.findLast(({ body }) => body.kind === 'approved');
  return approved?.body.kind === 'approved' ? approved.body.users : undefined;
}

function operationState({ entries, next, state }: Seen, { halts }: Beside): OperationState {
  const opened = openedOf(entries);
  const step = lastStep(entries);
  const halt = Object.values(halts)[0];
  if (halt && !state.closed) return { kind: 'needs a person', step, why: halt };
  switch (next.kind) {
    case 'run':
      return { kind: phaseOf(opened, next.task.step), step };
    case 'undo': {
      const kind = next.towards === 'rolled back' ? 'rolling back' : 'cutting over';
      return { kind, step, why: next.why };
    }
    case 'await approval':
      return { kind: 'asking', step, ...(next.why ? { why: next.why } : {}) };
    case 'finished':
      return finished(next, opened.plan);
    case 'needs a person':
      return { kind: 'needs a person', step: next.step, why: next.problem };
  }
}

function finished(
  next: Extract<Next, { kind: 'finished' }>,
  plan: { source: string; target: string },
): OperationState {
  const { outcome, cleanUp, why } = next;
  const pending = cleanUp ? { cleanUpPending: plan[cleanUp.on] } : {};
  return { kind: outcome, step: '', ...(why ? { why } : {}), ...pending };
}

function phaseOf(opened: Parameters<typeof stepsOf>[0], name: string): OperationState['kind'] {
  const steps = stepsOf(opened);
  const at = steps.findIndex((step) => step.name === name);
  if (at >= steps.findIndex((step) => step.needs !== undefined)) return 'cutting over';
  return at < steps.findIndex((step) => step.name === 'copyWholeDisks') ? 'preparing' : 'copying';
}

function lastStep(entries: readonly Entry[]): string {
  const started = entries.findLast(({ body }) => body.kind === 'started');
  return started?.body.kind === 'started' ? started.body.step : '';
}

/** New alerts get new keys; the same journal always gives the same ones. */
export function alertsOf(operation: string, seen: Seen, { halts }: Beside): Alert[] {
  const { entries } = seen;
  const alerts: Alert[] = [];
  for (const { body, position } of entries) {
    if (body.kind !== 'failed' || isQuiet(body.outcome, body.move)) continue;
    const home = homeAt(entries.slice(0, position));
    const key = `failed-${body.step}-${body.move}-${body.problem.code}`;
    if (alerts.some((alert) => alert.key === key)) continue;
    alerts.push({ key, operation, cause: body.problem, home, offers: offersOf(seen) });
  }
  for (const { key, cause } of overdueIn(seen, seen.now)) {
    alerts.push({ key, operation, cause, home: homeAt(entries), offers: offersOf(seen) });
  }
  for (const [host, cause] of Object.entries(halts)) {
    // Entries that contradict what a host saw cannot be mended by adding what is missing.
    const offers = cause.code === 'journal-behind' ? (['heal-store'] as const) : [];
    const key = `halt-${host}-${cause.code}`;
    alerts.push({ key, operation, cause, home: homeAt(entries), offers });
  }
  return alerts;
}

/** Rounds that keep a copy warm are tried again by themselves. */
const isQuiet = (outcome: string, move: string): boolean =>
  move === 'keepWarm' && outcome === 'unknown';

function offersOf({ next, entries, state }: Seen): Alert['offers'] {
  if (next.kind === 'finished' && next.outcome === 'rolled back') return ['retry'];
  if (next.kind !== 'needs a person') return [];
  const steps = stepsOf(openedOf(entries));
  return isPastReturn(steps, state) ? ['retry'] : ['retry', 'rollback'];
}

/** Where the VM is, by the journal: nowhere between its stop and its start elsewhere. */
function homeAt(entries: readonly Entry[]): Alert['home'] {
  const last = (step: string, kind: 'started' | 'done', move: string): number =>
    entries.findLastIndex(
      ({ body }) =>
        body.kind === kind && 'step' in body && body.step === step && body.move === move,
    );
  if (last('startTarget', 'done', 'run') >= 0) return 'target';
  const failed = entries.at(-1)?.body;
  if (failed?.kind === 'failed' && failed.problem.code === 'source-was-started') return 'source';
  const neverRan = failed?.kind === 'failed' && failed.outcome === 'never ran';
  if (!neverRan && last('startTarget', 'started', 'run') >= 0) return 'unknown';
  const stopped = last('stopSource', 'started', 'run');
  if (stopped < 0 || last('stopSource', 'done', 'undo') > stopped) return 'source';
  return last('stopSource', 'done', 'run') > stopped ? 'nowhere' : 'unknown';
}

/** Measured totals; undefined until the target was confirmed. */
export function resultOf(entries: readonly Entry[]): Result | undefined {
  const done = (step: string): { facts: Facts; at: number } | undefined => {
    const entry = entries.findLast(
      ({ body }) => body.kind === 'done' && body.step === step && body.move !== 'undo',
    );
    return entry?.body.kind === 'done' ? { facts: entry.body.facts, at: entry.at } : undefined;
  };
  const confirmed = done('confirmTarget');
  const stop = entries.findLast(
    ({ body }) => body.kind === 'started' && body.step === 'stopSource',
  );
  if (!confirmed || !stop) return undefined;
  const sent = entries.reduce((sum, { body }) => {
    const bytes = body.kind === 'done' ? body.facts.bytesSent : 0;
    return sum + (typeof bytes === 'number' ? bytes : 0);
  }, 0);
  const { plan } = openedOf(entries);
  return {
    virtualBytes: plan.disks.reduce((sum, disk) => sum + disk.virtualBytes, 0),
    allocatedBytes: Number(done('copyWholeDisks')?.facts.bytesRead ?? 0),
    sentBytes: sent,
    rounds: Number(done('copyLastRound')?.facts.round ?? 0) + 1,
    pauseSeconds: (confirmed.at - stop.at) / 1000,
    totalSeconds: (confirmed.at - (entries[0]?.at ?? 0)) / 1000,
  };
}
