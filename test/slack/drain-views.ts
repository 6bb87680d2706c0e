/** Drains and returns in every state that changes their words. */

import type { DrainMethod } from '../../src/domain/drain.ts';
import { planHash } from '../../src/domain/plan.ts';
import type { DrainRow, DrainView } from '../../src/slack/views/drain-view.ts';
import { APPROVER, OPERATOR } from './fake-operations.ts';
import { cause, estimate, finding, plan } from './gallery-operations.ts';

const STATES = [
  'asking',
  'moving',
  'paused',
  'stopping',
  'drained',
  'returned',
  'cancelled',
] as const;
const ROW_STATES = [
  ...['not opened', 'runs', 'asks', 'stuck', 'moved', 'failed', 'waits', 'not begun'],
] as const satisfies readonly DrainRow['state'][];

export const drainRow = (name: string, changes: Partial<DrainRow> = {}): DrainRow => ({
  ...{ vm: { id: name, name }, target: 'hv-b', state: 'waits', warnings: [], ...changes },
});

export function drainOf(method: DrainMethod, changes: Partial<DrainView> = {}): DrainView {
  const moves = [{ plan, planHash: planHash(plan), group: 0 }];
  return {
    operation: 'd5',
    plan: { method, host: 'hv-a', moves, stays: [], atOnce: 2 },
    planHash: 'hash',
    requestedBy: OPERATOR,
    channel: 'C-MIGRATIONS',
    state: 'asking',
    rows: [drainRow('dc02')],
    approvals: { users: [], needed: 1, twoPersons: false, expiresAt: 1_700_000_000_000 },
    times: { openedAt: 0 },
    ...changes,
  };
}

export function* drainsShown(): Generator<[name: string, view: DrainView]> {
  const warnings = [finding('warning')];
  const rows = [
    drainRow('dc02', { warnings, estimate }),
    drainRow('sql01', { warnings: [...warnings, ...warnings] }),
    ...ROW_STATES.map((state) => drainRow('dc02', { state, member: 'm3', why: cause })),
    { vm: { id: 'x', name: 'sql01' }, state: 'stays', why: cause, warnings: [] } as const,
  ];
  for (const method of ['drain', 'return'] as const) {
    for (const state of STATES) yield [`${method} ${state}`, drainOf(method, { state, rows })];
    const one = drainOf(method);
    yield [`${method} of one`, one];
    yield [`${method} of many`, drainOf(method, { rows: Array(50).fill(drainRow('dc02')) })];
    const strict = { ...one.plan, stopOnFailure: true } as const;
    const approvals = { users: [APPROVER], needed: 1, twoPersons: false };
    yield [`${method}, strict`, drainOf(method, { plan: strict, approvals, state: 'moving' })];
    const times = { openedAt: 0, closedAt: 1 };
    yield [
      `${method}, over`,
      drainOf(method, { state: 'cancelled', cancelledBy: OPERATOR, times }),
    ];
  }
}
