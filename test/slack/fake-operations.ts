/** Operations in memory, with the rules that the port promises. */

import type { Finding } from '../../src/domain/finding.ts';
import { planHash } from '../../src/domain/plan.ts';
import { Problem } from '../../src/domain/problem.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { isOver, type Operations, type OperationView } from '../../src/slack/ports.ts';
import { hostFacts, subjectOf, vmFacts } from '../preflight/facts.ts';

type Changes = Partial<OperationView>;

export interface FakeOperations extends Operations {
  /** What people asked for, in order. */
  readonly asked: string[];
  readonly refusals: Map<string, Problem | readonly Finding[]>;
  change(operation: string, changes: Changes): void;
}

export const OPERATOR = 'U-OPERATOR';
export const APPROVER = 'U-APPROVER';
export const STRANGER = 'U-STRANGER';

export function viewOf(changes: Changes & { vm?: string; target?: string } = {}): OperationView {
  const { vm = 'dc02', target = 'hv-b', ...rest } = changes;
  const subject = subjectOf({ vm: vmFacts({ name: vm }), target: hostFacts(target) });
  const { plan } = makePlan(subject, { findings: [] });
  return {
    operation: 'm1',
    plan,
    planHash: planHash(plan),
    findings: [],
    requestedBy: OPERATOR,
    channel: 'C-MIGRATIONS',
    state: { kind: 'copying', step: 'copyWholeDisks' },
    approvals: { users: [], needed: 1 },
    alerts: [],
    times: { openedAt: 0 },
    ...rest,
  };
}

export function fakeOperations(): FakeOperations {
  const views = new Map<string, OperationView>();
  const log: string[] = [];
  const asked: string[] = [];
  const refusals = new Map<string, Problem | readonly Finding[]>();
  const viewed = (operation: string): OperationView => {
    const view = views.get(operation);
    if (!view) throw new Error(`No operation ${operation}`);
    return view;
  };
  const change = (operation: string, changes: Changes) => {
    views.set(operation, { ...viewed(operation), ...changes });
    log.push(operation);
  };
  return {
    asked,
    refusals,
    change,
    async propose({ vm, target, user, channel }) {
      asked.push(`propose ${vm} ${target} ${user}`);
      const refusal = refusals.get(vm);
      if (refusal instanceof Problem) throw refusal;
      if (refusal) return { refused: refusal };
      const operation = `m${views.size + 1}`;
      views.set(operation, viewOf({ operation, vm, target, requestedBy: user, channel }));
      log.push(operation);
      return { operation };
    },
    async view(operation) {
      return views.get(operation);
    },
    async openViews() {
      return [...views.values()].filter((view) => !isOver(view));
    },
    async changed(cursor) {
      return { cursor: log.length, operations: [...new Set(log.slice(cursor))] };
    },
    async approve(operation, { user, planHash: hash }) {
      asked.push(`approve ${operation} ${user}`);
      const { state, approvals, planHash: current } = viewed(operation);
      if (state.kind !== 'asking' || hash !== current) {
        throw new Problem('plan-not-current', { operation });
      }
      if (approvals.users.includes(user)) throw new Problem('already-approved', { operation });
      const users = [...approvals.users, user];
      change(operation, { approvals: { ...approvals, users } });
      if (users.length < approvals.needed) return { waitingFor: approvals.needed - users.length };
      change(operation, { state: { kind: 'cutting over', step: 'recheck' } });
      return 'approved';
    },
    async cancel(which, user) {
      const named = 'vm' in which ? which.vm : which.operation;
      asked.push(`cancel ${named} ${user}`);
      const found = [...views.values()].find(
        (view) => !isOver(view) && [view.operation, view.plan.vm.name].includes(named),
      );
      if (!found) throw new Problem('nothing-under-way', { vm: named });
      change(found.operation, { state: { kind: 'rolling back', step: 'copyWholeDisks' } });
    },
    async retry(operation, user) {
      asked.push(`retry ${operation} ${user}`);
    },
    async rollback(operation, user) {
      asked.push(`rollback ${operation} ${user}`);
    },
    async hosts() {
      return [{ name: 'hv-a', state: 'ready', vms: [{ name: 'dc02', state: 'Running' }] }];
    },
    async enroll(host, code, user) {
      asked.push(`enroll ${host} ${code} ${user}`);
    },
  };
}
