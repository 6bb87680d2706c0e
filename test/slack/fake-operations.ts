/** Operations in memory, with the rules that the port promises. */

import { lacksAdministrator, needsAdministrator } from '../../src/domain/approvers.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { planHash } from '../../src/domain/plan.ts';
import { Problem } from '../../src/domain/problem.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { isOver, type MigrationView } from '../../src/slack/operation-view.ts';
import type { Operations } from '../../src/slack/ports.ts';
import type { AlignmentRow, CopyRow, HistoryRow, HostRow } from '../../src/slack/rows.ts';
import type { DrainView } from '../../src/slack/views/drain-view.ts';
import { hostFacts, subjectOf, vmFacts } from '../preflight/facts.ts';

type Changes = Partial<MigrationView>;

export interface FakeOperations extends Operations {
  /** What people asked for, in order. */
  readonly asked: string[];
  readonly refusals: Map<string, Problem | readonly Finding[]>;
  /** What the lists show. */
  readonly rows: Rows;
  change(operation: string, changes: Changes): void;
}

interface Rows {
  hosts: readonly HostRow[];
  alignments: readonly AlignmentRow[];
  drains: readonly DrainView[];
  copies: readonly CopyRow[];
  history: readonly HistoryRow[];
  findings: readonly Finding[];
}

const GIB = 1024 ** 3;

export function hostRowOf(changes: Partial<HostRow> = {}): HostRow {
  const { id, name, state } = vmFacts();
  return {
    name: 'hv-a',
    state: 'ready',
    vms: [{ id, name, state, memoryBytes: 4 * GIB, disks: 1, virtualBytes: 100 * GIB }],
    volumes: [{ path: 'D:', bytesFree: 500 * GIB, bytesTotal: 1000 * GIB }],
    ...changes,
  };
}

export const OPERATOR = 'U-OPERATOR';
export const APPROVER = 'U-APPROVER';
export const VIEWER = 'U-VIEWER';
export const STRANGER = 'U-STRANGER';

export function viewOf(changes: Changes & { vm?: string; target?: string } = {}): MigrationView {
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
    approvals: { users: [], needed: 1, twoPersons: false },
    alerts: [],
    times: { openedAt: 0 },
    ...rest,
  };
}

export function fakeOperations(): FakeOperations {
  const views = new Map<string, MigrationView>();
  const log: string[] = [];
  const asked: string[] = [];
  const refusals = new Map<string, Problem | readonly Finding[]>();
  const viewed = (operation: string): MigrationView => {
    const view = views.get(operation);
    if (!view) throw new Error(`No operation ${operation}`);
    return view;
  };
  const change = (operation: string, changes: Changes) => {
    views.set(operation, { ...viewed(operation), ...changes });
    log.push(operation);
  };
  const rows: Rows = {
    hosts: [hostRowOf()],
    alignments: [],
    drains: [],
    copies: [],
    history: [],
    findings: [],
  };
  return {
    asked,
    refusals,
    rows,
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
    async approve(operation, { user, planHash: hash, administrators = [] }) {
      asked.push(`approve ${operation} ${user}`);
      const { state, approvals, plan, planHash: current } = viewed(operation);
      if (state.kind !== 'asking' || hash !== current) {
        throw new Problem('plan-not-current', { operation });
      }
      if (approvals.users.includes(user)) throw new Problem('already-approved', { operation });
      const users = [...approvals.users, user];
      const { needed } = approvals;
      if (needsAdministrator(plan) && lacksAdministrator(users, { needed, administrators })) {
        throw new Problem('administrator-needed', { operation });
      }
      change(operation, { approvals: { ...approvals, users } });
      if (users.length < approvals.needed) return { waitingFor: approvals.needed - users.length };
      change(operation, { state: { kind: 'cutting over', step: 'recheck' } });
      return 'approved';
    },
    async align({ vm, target, everySeconds, user }) {
      asked.push(`align ${vm} ${target} ${everySeconds} ${user}`);
      return {};
    },
    async proposeRestore({ vm, host, user, channel }) {
      asked.push(`restore ${vm} ${host} ${user}`);
      const operation = `m${views.size + 1}`;
      views.set(operation, viewOf({ operation, vm, target: host, requestedBy: user, channel }));
      log.push(operation);
      return { operation };
    },
    async stopAligning(vm, user) {
      asked.push(`stop aligning ${vm} ${user}`);
    },
    alignments: async () => rows.alignments,
    async drain({ host, target = 'anywhere', stopOnFailure = false, user }) {
      asked.push(`drain ${host} ${target} ${stopOnFailure} ${user}`);
      return 'd1';
    },
    async bringBack({ host, user }) {
      asked.push(`return ${host} ${user}`);
      return 'd2';
    },
    async setWindow({ host, hours, user }) {
      const said = hours
        ? `${hours.from} ${hours.to} ${hours.days?.join() ?? 'daily'} ${hours.zone}`
        : 'off';
      asked.push(`window ${host} ${said} ${user}`);
    },
    windows: async () => [],
    drains: async () => rows.drains,
    async preview(wish) {
      asked.push(`preview ${wish.vm} ${wish.target}`);
      const { plan } = viewOf({ vm: wish.vm, target: wish.target });
      return { findings: [], plan };
    },
    async pause(which, user) {
      asked.push(`pause ${which} ${user}`);
    },
    async resume(which, user) {
      asked.push(`resume ${which} ${user}`);
    },
    async limit(which, bytesPerSecondMax, user) {
      asked.push(`limit ${which} ${bytesPerSecondMax ?? 'none'} ${user}`);
    },
    async acknowledge(operation, alert, user) {
      asked.push(`acknowledge ${operation} ${alert} ${user}`);
    },
    async copies() {
      return rows.copies;
    },
    async whatIf(host) {
      asked.push(`what if ${host}`);
      const fate = { kind: 'lost' } as const;
      return {
        host,
        answers: true,
        silent: [],
        bare: [],
        vms: [{ vm: { id: 'd5b1', name: 'dc02' }, fate }],
      };
    },
    async proposeDeletion({ vm, host, user }) {
      asked.push(`delete ${vm} ${host} ${user}`);
      return { operation: 'm1' };
    },
    async history(vm) {
      asked.push(`history ${vm ?? 'all'}`);
      return rows.history.filter((row) => vm === undefined || row.vm === vm);
    },
    async doctor() {
      return rows.findings;
    },
    async report(operation) {
      return `The journal of ${operation}\n`;
    },
    async cancel(named, user) {
      asked.push(`cancel ${named} ${user}`);
      if (rows.drains.some(({ operation }) => operation === named)) return;
      const found = [...views.values()].find(
        (view) => !isOver(view) && [view.operation, view.plan.vm.name].includes(named),
      );
      if (!found) throw new Problem('nothing-under-way', { vm: named });
      change(found.operation, { state: { kind: 'rolling back', step: 'copyWholeDisks' } });
    },
    async retry(which, user) {
      asked.push(`retry ${which} ${user}`);
      const over = [...views.values()].findLast(
        (view) =>
          view.state.kind === 'rolled back' && [view.operation, view.plan.vm.name].includes(which),
      );
      if (!over) return undefined;
      const { channel, plan } = over;
      const operation = `m${views.size + 1}`;
      const wish = { vm: plan.vm.name, target: plan.target, requestedBy: user, channel };
      views.set(operation, viewOf({ operation, ...wish }));
      log.push(operation);
      return { operation, channel };
    },
    async rollback(operation, user) {
      asked.push(`rollback ${operation} ${user}`);
    },
    async hosts() {
      return rows.hosts;
    },
    async mayUnenroll(host) {
      return host;
    },
    async unenroll(host) {
      asked.push(`unenroll ${host}`);
    },
    async enroll(host, code, user) {
      asked.push(`enroll ${host} ${code} ${user}`);
    },
  };
}
