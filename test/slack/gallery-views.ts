/** Every view in every state that changes its words, for one language. */

import type { Alert } from '../../src/domain/alert.ts';
import type { Finding, Severity } from '../../src/domain/finding.ts';
import type { DeletionPlan, Plan } from '../../src/domain/plan.ts';
import { RHYTHM } from '../../src/migration/next-action.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { GRAMMAR } from '../../src/slack/commands/grammar.ts';
import { form, type Modal, skeleton } from '../../src/slack/modal/form.ts';
import type { Estimate, OperationView, StateKind } from '../../src/slack/operation-view.ts';
import { remindersOf } from '../../src/slack/reminders.ts';
import type { CopyRow, HistoryRow, VmRow } from '../../src/slack/rows.ts';
import * as alerts from '../../src/slack/views/alert-message.ts';
import * as answers from '../../src/slack/views/answers.ts';
import type { Message } from '../../src/slack/views/blocks.ts';
import { deniedAnswer } from '../../src/slack/views/denied-answer.ts';
import { helpAnswer } from '../../src/slack/views/help-answer.ts';
import { hostsAnswer, vmsAnswer } from '../../src/slack/views/host-answers.ts';
import { operationMessage } from '../../src/slack/views/operation-message.ts';
import { findingsMessages } from '../../src/slack/views/plan-findings.ts';
import { previewMessage } from '../../src/slack/views/plan-preview.ts';
import { copiesAnswer, doctorAnswer, historyAnswer } from '../../src/slack/views/record-answers.ts';
import type { Words } from '../../src/texts/words.ts';
import { hostFacts, subjectOf } from '../preflight/facts.ts';
import { APPROVER, hostRowOf, OPERATOR, viewOf } from './fake-operations.ts';

export type Shown = readonly [name: string, shown: Message | Modal];

const GIB = 1024 ** 3;
const META = { channel: 'C-MIGRATIONS' };

const { plan } = makePlan(subjectOf({ target: hostFacts('hv-b') }), { findings: [] });
/** Differs in all that a plan has words for. */
const other: Plan = {
  ...plan,
  vm: { id: 'other', name: 'sql01' },
  source: 'hv-c',
  target: 'hv-d',
  method: 'live',
  disks: plan.disks.flatMap((disk) => [disk, { ...disk, targetPath: 'E:\\data.vhdx' }]),
  networks: [],
  migrationSubnet: '10.0.7.0/24',
  volume: 'E:',
  bytesPerSecondMax: 50e6,
  pauseSecondsMax: 75,
  bytesOnTargetMax: 7 * GIB,
  secondsMax: 7200,
  memoryStartupBytes: GIB,
  startAction: 'Nothing',
  configuration: 'other',
  acknowledged: ['dedicated-network'],
};

const estimate: Estimate = {
  bytesToCopy: 12 * GIB,
  bytesPerSecond: 110e6,
  rateFrom: 'link',
  nominalBitsPerSecond: 1.5e9,
  measuredBytesPerSecond: 110e6,
  secondsToCopy: 360,
  pauseSeconds: 20,
  pauseFrom: 'round',
  stopAndStartSeconds: 15,
};
const { nominalBitsPerSecond: _, measuredBytesPerSecond: __, ...unmeasured } = estimate;
const notMeasured = { code: 'peer-unreachable', facts: { host: 'hv-b', port: 7420, reason: 'x' } };

const cause = { code: 'memory', facts: { vm: 'dc02', host: 'hv-b', bytesMissing: 1.5 * GIB } };
const finding = (severity: Severity): Finding => ({ check: 'memory', severity, ...cause });
const findings = (['ok', 'warning', 'unknown', 'blocker', 'warning'] as const).map(finding);

const deletion: DeletionPlan = {
  ...{ vm: plan.vm, source: 'hv-a', target: 'hv-a', method: 'delete', acknowledged: [] },
  copies: [
    { folder: 'D:\\copies\\dc02', operation: 'm7', round: 3, committedAt: 0, bytes: 40.5 * GIB },
  ],
};

const KINDS: Readonly<Record<StateKind, true>> = {
  preparing: true,
  copying: true,
  paused: true,
  asking: true,
  'cutting over': true,
  'rolling back': true,
  deleting: true,
  deleted: true,
  migrated: true,
  'rolled back': true,
  'needs a person': true,
};

const progress = {
  bytesDone: 43.5 * GIB,
  bytesTotal: 100 * GIB,
  bytesPerSecond: 110e6,
  round: 2,
  etaSeconds: 530,
};
const result = {
  virtualBytes: 100 * GIB,
  allocatedBytes: 40.5 * GIB,
  sentBytes: 42 * GIB,
  rounds: 3,
  pauseSeconds: 7.25,
  totalSeconds: 640,
};
const asked = {
  users: [APPROVER],
  needed: 3,
  whoMay: ['U-APPROVER-2', 'S-APPROVERS'],
  twoPersons: true,
  expiresAt: 1_800_000_000_000,
};

const asking = viewOf({ plan, approvals: asked, state: { kind: 'asking', step: 'catchUp' } });
const deleting: OperationView = { ...asking, plan: deletion };

function views(): [string, OperationView][] {
  const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];
  const seen = (changes: Parameters<typeof viewOf>[0]) => viewOf({ plan, findings, ...changes });
  const by = { kind: 'paused', step: 'x', by: OPERATOR, why: cause } as const;
  const cleaning = { kind: 'rolled back', step: 'x', cleanUpPending: 'hv-b', why: cause } as const;
  return [
    ...kinds.map((kind): [string, OperationView] => [
      kind,
      seen({ state: { kind, step: 'x' }, progress }),
    ]),
    ...kinds.map((kind): [string, OperationView] => [
      `deletion, ${kind}`,
      { ...deleting, state: { kind, step: 'x' } },
    ]),
    ['asked', { ...asking, findings, progress, estimate }],
    ['asked by one', { ...asking, approvals: { ...asked, users: [], needed: 1 } }],
    ['asked again', { ...asking, planBefore: other }],
    ['asked of another', seen({ plan: other, planBefore: plan, estimate })],
    ['exact difference', seen({ planBefore: { ...plan, secondsMax: plan.secondsMax + 0.1 } })],
    ['start', seen({ plan: { ...plan, startAction: 'Start' }, bytesPerSecondMax: 5e6 })],
    ['without a limit', seen({ plan: { ...plan, bytesPerSecondMax: 5e6 } })],
    ['paused by', seen({ state: by })],
    ['cleaning up', seen({ state: cleaning, result: { ...result, rounds: 1 } })],
    ['result', seen({ state: { kind: 'migrated', step: 'x' }, result })],
    ...(['history', 'link', 'disks', 'limit'] as const).map((rateFrom): [string, OperationView] => [
      `rate from ${rateFrom}`,
      seen({ estimate: { ...estimate, rateFrom, pauseFrom: 'history' } }),
    ]),
    ['unmeasured', seen({ estimate: { ...unmeasured, notMeasured, pauseFrom: 'assumed' } })],
  ];
}

function* alertViews(view: OperationView, words: Words): Generator<Shown> {
  const look = { words, operators: ['S-OPERATORS'], isLate: true };
  const alert: Alert = {
    ...{ key: 'k', operation: 'm1', cause, home: 'source' },
    ...{ offers: ['retry', 'rollback', 'cancel', 'heal-store'], raisedAt: 1_700_000_000_000 },
  };
  const lost = { ...cause, facts: { ...cause.facts, lost: '3 s' } };
  const heard = { by: APPROVER, at: 1_700_000_500_000 };
  const mendedAt = 1_700_000_900_000;
  for (const home of ['source', 'target', 'nowhere', 'unknown'] as const) {
    yield [`alert, home ${home}`, alerts.alertMessage(view, { ...alert, home }, look)];
  }
  yield ['alert, lost', alerts.alertMessage(view, { ...alert, cause: lost, offers: [] }, look)];
  yield ['alert, heard', alerts.alertMessage(view, { ...alert, heard }, look)];
  yield ['alert, mended', alerts.alertMessage(view, { ...alert, mendedAt }, look)];
  yield ['reminder', alerts.reminderMessage(view, alert, { ...look, number: 1, count: 3 })];
  yield ['failed again', alerts.failedAgainMessage(view, alert, look)];
  yield ['mended', alerts.mendedMessage(view, { ...alert, mendedAt, heard }, words)];
}

function* approvalViews(view: OperationView, words: Words): Generator<Shown> {
  const due = remindersOf(words);
  const expiresAt = asked.expiresAt;
  for (const minutes of [RHYTHM.approvalSeconds / 60, 600, 30]) {
    for (const { name, message } of due(view, expiresAt - minutes * 60_000)) yield [name, message];
  }
  for (const code of ['approval-expired', 'pause-expired'] as const) {
    const state = { kind: 'rolled back', step: 'x', why: { code, facts: {} } } as const;
    for (const { name, message } of due({ ...view, state }, expiresAt)) yield [name, message];
  }
}

function* refusals(words: Words): Generator<Shown> {
  const channels = ['C-OTHER'];
  const facts = { hosts: ['hv-c'], here: ['hv-a'] };
  const problem = { code: 'channel-not-for-hosts', facts };
  yield ['denied', deniedAnswer({ problem, whoMay: [OPERATOR], channels }, words)];
  yield ['who may', answers.problemAnswer(problem, words, [APPROVER])];
}

const vm: VmRow = {
  ...{ id: 'A1', name: 'dc02', state: 'Running', disks: 1 },
  ...{ memoryBytes: 4.5 * GIB, virtualBytes: 100 * GIB },
};
const hosts = [
  hostRowOf({ vms: Array.from({ length: 12 }, () => vm) }),
  hostRowOf({ name: 'hv-b', vms: [] }),
  hostRowOf({ name: 'hv-c', state: 'away', seenAt: 1000, vms: [] }),
  hostRowOf({ name: 'hv-d', state: 'not enrolled', vms: [] }),
];
const copy: CopyRow = {
  ...{ vm: { id: vm.id, name: 'dc02' }, host: 'hv-b', operation: 'm7', kind: 'received' },
  ...{ committedAt: 0, bytes: 40.5 * GIB, inUse: true },
};
const row: HistoryRow = {
  ...{ operation: 'm12', kind: 'migration', vm: 'dc02', source: 'hv-a', target: 'hv-b' },
  ...{ requestedBy: OPERATOR, approvedBy: [APPROVER], outcome: 'migrated' },
  ...{ openedAt: 0, closedAt: 600_000, pauseSeconds: 12.5, why: cause },
};

function* listViews(words: Words): Generator<Shown> {
  const { seenAt: ___, ...never } = { ...hosts[2], name: 'hv-e', state: 'away', vms: [] } as const;
  yield ['hosts', hostsAnswer([...hosts, { ...never, volumes: [] }], words)];
  yield ['no hosts', hostsAnswer([], words)];
  const states = ['Running', 'Off', 'Saved', 'Paused', 'Starting', 'Stopping'];
  const vms = states.map((state, disks) => ({ ...vm, state, disks }));
  const under = { ...asking, plan: { ...plan, vm } };
  const news = { copies: [copy], open: [under] };
  yield ['vms', vmsAnswer({ hosts: [hostRowOf({ vms }), ...hosts.slice(2)], ...news }, words)];
  yield ['no vms', vmsAnswer({ hosts: [], copies: [], open: [] }, words)];
  yield ['status', answers.statusAnswer([asking, viewOf({ progress })], words)];
  yield ['idle', answers.statusAnswer([], words)];
  const outcomes = ['migrated', 'deleted', 'rolled back', 'open'] as const;
  const rows = outcomes.map((outcome): HistoryRow => ({ ...row, outcome, approvedBy: [] }));
  yield ['history', historyAnswer([row, { ...row, kind: 'deletion' }], words, 'dc02')];
  yield ['outcomes', historyAnswer(rows, words)];
  const { why: ____, ...short } = row;
  yield ['long history', historyAnswer(Array<HistoryRow>(30).fill(short), words)];
  yield ['no history', historyAnswer([], words)];
  const copies = [copy, { ...copy, kind: 'left behind', inUse: false } as const];
  yield ['copies', copiesAnswer(copies, 600_000, words)];
  yield ['no copies', copiesAnswer([], 0, words)];
  yield ['doctor', doctorAnswer(findings, words)];
  yield ['doctor, all well', doctorAnswer([finding('ok'), finding('ok')], words)];
  yield ['doctor, nothing', doctorAnswer([], words)];
  yield ['refusal', answers.refusalAnswer({ vm: 'dc02', target: 'hv-b' }, findings, words)];
  const old = { vm: 'dc02', host: 'hv-b' };
  yield ['refusal of a deletion', answers.deletionRefusalAnswer(old, findings, words)];
}

function* planViews(words: Words): Generator<Shown> {
  const about = { wish: { vm: 'dc02', target: 'hv-b' }, command: '/migrate dc02 to hv-b' };
  yield ['preview', previewMessage(about, { findings, plan, estimate }, words)];
  yield ['preview, blocked', previewMessage(about, { findings }, words)];
  const long = { ...cause, facts: { ...cause.facts, host: 'h'.repeat(400) } };
  const many = Array.from({ length: 120 }, () => ({ ...finding('blocker'), ...long }));
  for (const some of [[], findings, many]) {
    for (const message of findingsMessages('m1', some, words)) yield ['findings', message];
  }
}

function* formViews(words: Words): Generator<Shown> {
  const fields = { vm: { host: 'hv-a', name: 'dc02' }, target: 'hv-b', options: new Map() };
  const crowd = Array.from({ length: 150 }, (___, at) => ({ ...vm, name: `vm${at}` }));
  const nameless = { ...vm, name: 'x'.repeat(150) };
  yield ['form, asking', skeleton(META, words)];
  yield ['form', form({ hosts, fields, shown: [] }, META, words)];
  const full = [hostRowOf({ vms: [...crowd, nameless] })];
  yield ['form, many VMs', form({ hosts: full, shown: [] }, META, words)];
  yield ['form, no VMs', form({ hosts: hosts.slice(1), shown: [] }, META, words)];
  yield ['form, no hosts', form({ hosts: hosts.slice(2), shown: [] }, META, words)];
}

/** Nothing here asks or waits: each is a pure function of its words. */
export function* viewsIn(words: Words): Generator<Shown> {
  yield ['help', helpAnswer(words)];
  yield ['help, unknown', helpAnswer(words, 'limt')];
  for (const { name } of GRAMMAR) yield [`help ${name}`, helpAnswer(words, name)];
  for (const [name, view] of views()) yield [name, operationMessage(view, words)];
  for (const view of [asking, deleting]) {
    yield* alertViews(view, words);
    yield* approvalViews(view, words);
  }
  yield* refusals(words);
  yield* listViews(words);
  yield* planViews(words);
  yield* formViews(words);
}
