/** Every other view in every state that changes its words, for one language. */

import { DRAIN_OUTCOMES } from '../../src/domain/drain.ts';
import type { Fate } from '../../src/fleet/what-if.ts';
import { GRAMMAR } from '../../src/slack/commands/grammar.ts';
import { form, skeleton } from '../../src/slack/modal/form.ts';
import type { AlignmentRow, CopyRow, HistoryRow, VmRow } from '../../src/slack/rows.ts';
import { ageMessage, youngMessage } from '../../src/slack/views/age-message.ts';
import * as answers from '../../src/slack/views/answers.ts';
import { deniedAnswer } from '../../src/slack/views/denied-answer.ts';
import { drainMessage, leftMessage } from '../../src/slack/views/drain-message.ts';
import { expiryMessage } from '../../src/slack/views/expiry-message.ts';
import { helpAnswer } from '../../src/slack/views/help-answer.ts';
import { hostsAnswer, vmsAnswer } from '../../src/slack/views/host-answers.ts';
import { findingsMessages } from '../../src/slack/views/plan-findings.ts';
import { previewMessage } from '../../src/slack/views/plan-preview.ts';
import { copiesAnswer, doctorAnswer, historyAnswer } from '../../src/slack/views/record-answers.ts';
import { scheduledAnswer } from '../../src/slack/views/scheduled.ts';
import { whatIfAnswer } from '../../src/slack/views/what-if.ts';
import type { Words } from '../../src/texts/words.ts';
import { drainsShown } from './drain-views.ts';
import { APPROVER, hostRowOf, OPERATOR, viewOf } from './fake-operations.ts';
import {
  asking,
  cause,
  estimate,
  finding,
  findings,
  GIB,
  operationViewsIn,
  plan,
  progress,
  type Shown,
} from './gallery-operations.ts';

const META = { channel: 'C-MIGRATIONS' };

function* refusals(words: Words): Generator<Shown> {
  const channels = ['C-OTHER'];
  const facts = { hosts: ['hv-c'], here: ['hv-a'] };
  const problem = { code: 'channel-not-for-hosts', facts };
  yield ['denied', deniedAnswer({ problem, whoMay: [OPERATOR], channels }, words)];
  yield ['who may', answers.problemAnswer(problem, words, [APPROVER])];
}

const HOURS = { host: 'hv-b', zone: 'Europe/Rome', from: '22:00', to: '05:00', days: [6, 0] };

const vm: VmRow = {
  ...{ id: 'A1', name: 'dc02', state: 'Running', disks: 1 },
  ...{ memoryBytes: 4.5 * GIB, virtualBytes: 100 * GIB },
};
const hosts = [
  hostRowOf({ vms: Array.from({ length: 12 }, () => vm) }),
  hostRowOf({ name: 'hv-b', vms: [], maintenance: 'd5', window: HOURS }),
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
  const outcomes = ['migrated', 'restored', 'deleted', 'rolled back', 'open'] as const;
  const rows = outcomes.map((outcome): HistoryRow => ({ ...row, outcome, approvedBy: [] }));
  const kinds = (['deletion', 'alignment', 'restore'] as const).map((kind) => ({ ...row, kind }));
  yield ['history', historyAnswer({ rows: [row, ...kinds], isCut: true, vm: 'dc02' }, words)];
  yield ['outcomes', historyAnswer({ rows, isCut: false }, words)];
  const drains = (['drain', 'return'] as const).flatMap((kind) =>
    DRAIN_OUTCOMES.map((outcome): HistoryRow => ({ ...row, kind, outcome })),
  );
  yield ['drains', historyAnswer({ rows: drains, isCut: false }, words)];
  const { why: ____, ...short } = row;
  yield [
    'long history',
    historyAnswer({ rows: Array<HistoryRow>(30).fill(short), isCut: false }, words),
  ];
  yield ['no history', historyAnswer({ rows: [], isCut: false }, words)];
  const left = { ...copy, kind: 'left behind', inUse: false, keptUntil: 700_000 } as const;
  const copies = [copy, left, { ...left, keptUntil: 500_000 }];
  yield ['copies alone', copiesAnswer({ copies, orders: [], now: 600_000 }, words)];
  yield ['expiry', expiryMessage(left, words)];
  const order: AlignmentRow = {
    ...{ vm: copy.vm, source: 'hv-a', target: copy.host, everySeconds: 900, orderedAt: 0 },
    ...{ channel: 'C1', requestedBy: 'U1', operation: 'm3', freshAt: 300_000, problem: cause },
  };
  const { freshAt: _____, problem: ______, operation: _______, ...young } = order;
  const orders = [order, { ...young, vm: { id: 'x', name: 'sql01' } }];
  const late = { now: 1e9, operators: [OPERATOR] };
  yield ['old', ageMessage(order, late, words)];
  yield ['never', ageMessage({ ...young, vm: copy.vm }, late, words)];
  yield ['young', youngMessage(order, words)];
  yield ['copies', copiesAnswer({ copies, orders, now: 600_000 }, words)];
  const atNight = { ...asking, plan: { ...plan, cutoverAt: 2e12 } };
  const later = viewOf({ plan: { ...plan, startAt: 2e12 } });
  yield ['scheduled', scheduledAnswer({ views: [asking, atNight, later], orders, now: 0 }, words)];
  const fates: readonly Fate[] = [
    { kind: 'restorable', host: 'hv-b', freshAt: 0 },
    {
      kind: 'no room',
      host: 'hv-b',
      freshAt: 0,
      memoryBytesMissing: 2 ** 30,
      leaveOff: ['a', 'b'],
    },
    { kind: 'no room', host: 'hv-b', freshAt: 0, memoryBytesMissing: 2 ** 30, leaveOff: [] },
    { kind: 'no definition', host: 'hv-b', freshAt: 0 },
    { kind: 'domain controller' },
    { kind: 'on a share' },
    { kind: 'lost' },
  ];
  const threatened = fates.map((fate) => ({ vm: copy.vm, fate }));
  const dies = { host: 'hv-a', answers: true, silent: [], vms: threatened, bare: [] };
  yield ['what if', whatIfAnswer(dies, 900_000, words)];
  const all = { carries: 'bot', silent: ['hv-c', 'hv-d'], bare: ['app01'] } as const;
  yield ['what if Ferry dies too', whatIfAnswer({ ...dies, ...all }, 900_000, words)];
  const away = { ...dies, answers: false, carries: 'store', vms: [] } as const;
  yield ['what if it is away', whatIfAnswer(away, 0, words)];
  yield ['no copies', copiesAnswer({ copies: [], orders: [], now: 0 }, words)];
  yield ['doctor', doctorAnswer(findings, words)];
  yield ['doctor, all well', doctorAnswer([finding('ok'), finding('ok')], words)];
  yield ['doctor, nothing', doctorAnswer([], words)];
  const wish = { vm: 'dc02', target: 'hv-b' };
  yield ['refusal', answers.refusalAnswer(wish, findings, words)];
  const old = { vm: 'dc02', host: 'hv-b' };
  yield ['refusal of an alignment', answers.alignRefusalAnswer(wish, findings, words)];
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

function* drainViews(words: Words): Generator<Shown> {
  for (const [name, view] of drainsShown()) {
    yield [name, drainMessage(view, words)];
    yield [`${name}, left`, leftMessage(view, [OPERATOR], words)];
    yield [`${name}, status`, answers.statusAnswer([], words, [view])];
  }
}

/** Nothing here asks or waits: each is a pure function of its words. */
export function* viewsIn(words: Words): Generator<Shown> {
  yield ['help', helpAnswer(words)];
  yield ['help, unknown', helpAnswer(words, 'limt')];
  for (const { name } of GRAMMAR) yield [`help ${name}`, helpAnswer(words, name)];
  yield* operationViewsIn(words);
  yield* refusals(words);
  yield* listViews(words);
  yield* planViews(words);
  yield* formViews(words);
  yield* drainViews(words);
}
