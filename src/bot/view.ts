/** An operation as people see it: derived from its journal, with what is measured beside it. */

import type { Finding } from '../domain/finding.ts';
import { type Entry, openedOf } from '../domain/journal.ts';
import { isMove, type Plan, staysOff } from '../domain/plan.ts';
import type { Facts, ProblemRecord } from '../domain/problem.ts';
import { alignmentOf } from '../fleet/alignment.ts';
import type { State } from '../migration/how-far.ts';
import { limitNow } from '../migration/limit.ts';
import type { Next } from '../migration/next-action.ts';
import { outpacedIn } from '../migration/outpaced.ts';
import { stepsOf } from '../migration/steps.ts';
import type { OperationState, OperationView, Progress, Result } from '../slack/operation-view.ts';
import type { AlertBook } from './alert-book.ts';
import { alertsOf } from './alerts.ts';
import { progressNow } from './progress.ts';
import type { Seen } from './requests.ts';

/** What stands beside the journal: measured, or seen by a worker that could not write. */
export interface Beside {
  readonly findings: readonly Finding[];
  readonly progress?: Progress;
  /** Approvals given so far in this asking, before there are enough for an entry. */
  readonly approvals: readonly string[];
  /** Host name to why its worker stopped acting on this operation. */
  readonly halts: Readonly<Record<string, ProblemRecord>>;
  /** What is remembered of its alerts. */
  readonly book: AlertBook;
}

export function viewOf(operation: string, seen: Seen, beside: Beside): OperationView {
  const { entries, next, state } = seen;
  const opened = openedOf(entries);
  const { plan, planHash, requestedBy, channel } = opened;
  const asking = next.kind === 'await approval' ? next : undefined;
  const closed = entries.findLast(({ body }) => body.kind === 'closed');
  const result = resultOf(entries);
  const shown = operationState(seen, beside);
  const progress = progressNow(beside.progress, { entries, kind: shown.kind });
  return {
    operation,
    plan,
    planHash,
    findings: beside.findings,
    requestedBy,
    channel,
    state: shown,
    ...(progress ? { progress } : {}),
    ...limitOf(seen),
    ...(asking ? outpacedOf(entries) : {}),
    ...planBeforeOf(entries),
    ...(opened.operation === 'alignment' ? { alignment: alignmentOf(entries) } : {}),
    approvals: {
      users: (asking ? undefined : approvedBy(entries, state)) ?? beside.approvals,
      needed: opened.approversNeeded,
      twoPersons: opened.twoPersons,
      ...(asking ? { expiresAt: asking.expiresAt } : {}),
    },
    ...lastActOf(entries),
    alerts: alertsOf(operation, seen, beside),
    times: {
      openedAt: entries[0]?.at ?? 0,
      lookedAt: seen.now,
      ...(closed ? { closedAt: closed.at } : {}),
    },
    ...(result ? { result } : {}),
    ...notesOf(entries),
  };
}

/** What the VM has no more at the target. */
function notesOf(entries: readonly Entry[]): Pick<OperationView, 'notes'> {
  const done = (step: string): Facts => {
    const body = entries.findLast(
      (entry) => entry.body.kind === 'done' && entry.body.step === step,
    )?.body;
    return body?.kind === 'done' && body.move === 'run' ? body.facts : {};
  };
  const { vm, target } = openedOf(entries).plan;
  const { media, adapters } = done('carryIn');
  const { addressesMissing: addresses } = done('confirmTarget');
  const about = { vm: vm.name, id: vm.id, host: target };
  const notes: ProblemRecord[] = [
    ...(media === undefined ? [] : [{ code: 'media-not-back', facts: { ...about, files: media } }]),
    ...(adapters === undefined
      ? []
      : [{ code: 'adapters-not-back', facts: { ...about, adapters } }]),
    ...(addresses === undefined
      ? []
      : [{ code: 'addresses-not-back', facts: { ...about, addresses } }]),
  ];
  return notes.length > 0 ? { notes } : {};
}

/** What people asked for, by the kind of its entry. Approvals have a place of their own. */
const ACTS: Readonly<Record<string, string>> = {
  paused: 'paused',
  resumed: 'resumed',
  cancelled: 'cancelled',
  retried: 'retried',
  rollback: 'rollback-asked',
};

function lastActOf(entries: readonly Entry[]): Pick<OperationView, 'lastAct'> {
  for (const { body } of entries.toReversed()) {
    const code = ACTS[body.kind];
    if (code !== undefined && 'by' in body) return { lastAct: { code, facts: { by: body.by } } };
  }
  return {};
}

/** While something may still be sent. */
function limitOf({ entries, state, next }: Seen): Pick<OperationView, 'bytesPerSecondMax'> {
  const { plan } = openedOf(entries);
  const bytesPerSecondMax = next.kind === 'finished' ? undefined : limitNow(plan, state);
  return bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax };
}

function outpacedOf(entries: readonly Entry[]): Pick<OperationView, 'outpaced'> {
  const outpaced = outpacedIn(entries);
  return outpaced ? { outpaced } : {};
}

/** Until the newest plan is approved: what people approved before; where nobody had, were asked last. */
function planBeforeOf(entries: readonly Entry[]): Pick<OperationView, 'planBefore'> {
  const isApproved = ({ body }: Entry): boolean => body.kind === 'approved';
  const at = entries.findLastIndex(({ body }) => body.kind === 'replanned');
  if (at < 0 || entries.slice(at).some(isApproved)) return {};
  const before = entries.slice(0, at);
  const approvedAt = before.findLastIndex(isApproved);
  const { plan } = openedOf(approvedAt < 0 ? before : before.slice(0, approvedAt));
  return isMove(plan) ? { planBefore: plan } : {};
}

function approvedBy(entries: readonly Entry[], state: State): readonly string[] | undefined {
  if (!state.approval) return undefined;
  const approved = entries.findLast(({ body }) => body.kind === 'approved');
  return approved?.body.kind === 'approved' ? approved.body.users : undefined;
}

function operationState({ entries, next, state }: Seen, { halts }: Beside): OperationState {
  const opened = openedOf(entries);
  const step = lastStep(entries);
  // Where nobody watches the volumes it goes on all the same.
  const halt = Object.values(halts).find(({ code }) => code !== 'volumes-unwatched');
  if (halt && !state.closed) return { kind: 'needs a person', step, why: halt };
  switch (next.kind) {
    case 'run':
      return { kind: phaseOf(opened, next.task.step), step };
    case 'stays':
      return { kind: 'aligned', step };
    case 'await time':
      return { kind: 'waiting', step, until: next.until };
    case 'undo': {
      const kind = next.towards === 'rolled back' ? 'rolling back' : 'cutting over';
      return { kind, step, why: next.why };
    }
    case 'paused': {
      const facts = { by: next.by, vm: opened.plan.vm.name };
      return { kind: 'paused', step, why: { code: 'paused', facts } };
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
  if (opened.operation === 'deletion') return 'deleting';
  if (opened.operation === 'restore') return 'restoring';
  const steps = stepsOf(opened);
  const at = steps.findIndex((step) => step.name === name);
  const isCopying = at >= steps.findIndex((step) => step.name === 'copyWholeDisks');
  if (opened.operation === 'alignment') return isCopying ? 'copying' : 'preparing';
  const isApproved = at >= steps.findIndex((step) => step.needs !== undefined);
  if (opened.list === 'live@1') return isApproved ? 'moving' : 'preparing';
  if (isApproved) return 'cutting over';
  return isCopying ? 'copying' : 'preparing';
}

function lastStep(entries: readonly Entry[]): string {
  const started = entries.findLast(({ body }) => body.kind === 'started');
  return started?.body.kind === 'started' ? started.body.step : '';
}

/** The step that sends all that is allocated. */
export const wholeCopyOf = (plan: Plan): string =>
  staysOff(plan) ? 'copyLastRound' : 'copyWholeDisks';

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
  if (!isMove(plan)) return undefined;
  return {
    virtualBytes: plan.disks.reduce((sum, disk) => sum + disk.virtualBytes, 0),
    allocatedBytes: Number(done(wholeCopyOf(plan))?.facts.bytesRead ?? 0),
    sentBytes: sent,
    rounds: Number(done('copyLastRound')?.facts.round ?? 0) + 1,
    // Until its heartbeat: what it was waited for afterwards is no pause.
    ...(staysOff(plan)
      ? {}
      : {
          pauseSeconds:
            (confirmed.at - stop.at) / 1000 - Number(confirmed.facts.addressSeconds ?? 0),
        }),
    totalSeconds: (confirmed.at - (entries[0]?.at ?? 0)) / 1000,
  };
}
