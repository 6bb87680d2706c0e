/** An operation in every state that changes its words: its message, alerts, and calls to approve. */

import type { Alert } from '../../src/domain/alert.ts';
import type { Finding, Severity } from '../../src/domain/finding.ts';
import type { DeletionPlan, LiveObstacle, Plan } from '../../src/domain/plan.ts';
import { RHYTHM } from '../../src/migration/next-action.ts';
import type { Outpaced } from '../../src/migration/outpaced.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import type { Modal } from '../../src/slack/modal/form.ts';
import type { Estimate, OperationView, StateKind } from '../../src/slack/operation-view.ts';
import { remindersOf } from '../../src/slack/reminders.ts';
import * as alerts from '../../src/slack/views/alert-message.ts';
import type { Message } from '../../src/slack/views/blocks.ts';
import { lateClickAnswer } from '../../src/slack/views/late-click.ts';
import { operationMessage } from '../../src/slack/views/operation-message.ts';
import type { Loss } from '../../src/texts/loss.ts';
import type { Words } from '../../src/texts/words.ts';
import { hostFacts, subjectOf } from '../preflight/facts.ts';
import { APPROVER, OPERATOR, viewOf } from './fake-operations.ts';
import { liveEndViews, livePlans } from './gallery-live.ts';

export type Shown = readonly [name: string, shown: Message | Modal];

export const GIB = 1024 ** 3;

export const { plan } = makePlan(subjectOf({ target: hostFacts('hv-b') }), { findings: [] });
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

export const estimate: Estimate = {
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

export const cause = {
  code: 'memory',
  facts: { vm: 'dc02', host: 'hv-b', bytesMissing: 1.5 * GIB },
};
export const finding = (severity: Severity): Finding => ({ check: 'memory', severity, ...cause });
export const findings = (['ok', 'warning', 'unknown', 'blocker', 'warning'] as const).map(finding);

const deletion: DeletionPlan = {
  ...{ vm: plan.vm, source: 'hv-a', target: 'hv-a', method: 'delete', acknowledged: [] },
  copies: [
    { folder: 'D:\\copies\\dc02', operation: 'm7', round: 3, committedAt: 0, bytes: 40.5 * GIB },
  ],
};

const KINDS: Readonly<Record<StateKind, true>> = {
  preparing: true,
  copying: true,
  aligned: true,
  waiting: true,
  paused: true,
  asking: true,
  'cutting over': true,
  'rolling back': true,
  moving: true,
  deleting: true,
  deleted: true,
  migrated: true,
  restoring: true,
  restored: true,
  'rolled back': true,
  'needs a person': true,
};

export const progress = {
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

export const asking = viewOf({
  plan,
  approvals: asked,
  state: { kind: 'asking', step: 'catchUp' },
});
/** What a guest may show that writes too much for the pause. */
const outpaced: Outpaced = {
  ...{ round: 3, position: 9, keepsUp: true, fitsAgain: false },
  ...{ dirtyBytesPerSecond: 12e6, carriedBytesPerSecond: 5e6 },
  ...{ pauseSeconds: 190, pauseSecondsMax: 60, bytesPerSecondMax: 5.25e6 },
};
const OUTPACED: readonly Outpaced[] = [
  outpaced,
  { ...outpaced, keepsUp: false, pauseSecondsMax: plan.pauseSecondsMax },
  { ...outpaced, fitsAgain: true },
];
const OBSTACLES: readonly LiveObstacle[] = [
  'domain',
  'processor-vendor',
  'delegation',
  'migration-authentication',
  'migration-enabled',
];
const deleting: OperationView = { ...asking, plan: deletion };
const [firstLive] = livePlans(plan);
if (!firstLive) throw new Error('There is no live plan');
const moving: OperationView = { ...asking, plan: firstLive[1] };
const { vm, source, target, disks, migrationSubnet, volume, configuration } = plan;
const aligning: OperationView = {
  ...asking,
  plan: {
    ...{ vm, source, target, disks, migrationSubnet, volume, configuration },
    ...{ method: 'align', everySeconds: 900, bytesOnTargetMax: 1, acknowledged: [] },
  },
  alignment: { round: 3, freshAt: 1_700_000_000_000, bytesSent: 5e6, seconds: 4, problem: cause },
};
const restoring: OperationView = {
  ...asking,
  plan: {
    ...{ vm, source, target, volume, networks: plan.networks, startAction: plan.startAction },
    ...{ method: 'restore', memoryStartupBytes: 1, pauseSecondsMax: 300, acknowledged: [] },
    copy: { folder: 'D:\\ferry\\x', operation: 'm7', round: 3, committedAt: 9, bytes: 40.5 * GIB },
    freshAt: 1_700_000_000_000,
  },
};
const isOff: OperationView = { ...asking, plan: { ...plan, stop: 'already off' } };

function views(): [string, OperationView][] {
  const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];
  const seen = (changes: Parameters<typeof viewOf>[0]) => viewOf({ plan, findings, ...changes });
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
    ...kinds.map((kind): [string, OperationView] => [
      `alignment, ${kind}`,
      { ...aligning, state: { kind, step: 'x' } },
    ]),
    ['alignment, not yet', { ...aligning, alignment: { round: -1 } }],
    ...kinds.map((kind): [string, OperationView] => [
      `restore, ${kind}`,
      { ...restoring, state: { kind, step: 'x' } },
    ]),
    ...kinds.map((kind): [string, OperationView] => [
      `off, ${kind}`,
      { ...isOff, state: { kind, step: 'x' }, planBefore: plan, estimate },
    ]),
    ...livePlans(plan).map(([name, live]): [string, OperationView] => [
      `live, ${name}`,
      { ...asking, plan: live, planBefore: plan, estimate },
    ]),
    ...OBSTACLES.map((because): [string, OperationView] => [
      `not live because of ${because}`,
      { ...asking, plan: { ...plan, because, acknowledged: ['unproven'] }, planBefore: plan },
    ]),
    ['asked', { ...asking, findings, progress, estimate }],
    ...OUTPACED.map((one, index): [string, OperationView] => [
      `outpaced, ${index}`,
      { ...asking, estimate, plan: { ...plan, pauseSecondsMax: 300 }, outpaced: one },
    ]),
    ['outpaced, as planned', { ...asking, outpaced: { ...outpaced, pauseSecondsMax: 1e6 } }],
    ['asked by one', { ...asking, approvals: { ...asked, users: [], needed: 1 } }],
    ['asked again', { ...asking, planBefore: other }],
    ['asked of another', seen({ plan: other, planBefore: plan, estimate })],
    ['of a domain controller', seen({ planBefore: { ...plan, domainController: true } })],
    [
      'known as a domain controller',
      seen({ plan: { ...plan, domainController: true }, planBefore: plan }),
    ],
    ['exact difference', seen({ planBefore: { ...plan, secondsMax: plan.secondsMax + 0.1 } })],
    ['waiting until', seen({ state: { kind: 'waiting', step: 'x', until: 1_700_000_000_000 } })],
    [
      'with times',
      seen({
        plan: {
          ...{ ...plan, startAt: 1_700_000_000_000, cutoverAt: 1_700_000_000_000 },
          windows: [
            { host: 'hv-a', zone: 'Europe/Rome', from: '22:00', to: '05:00', days: [6, 0] },
            { host: 'hv-b', zone: 'Europe/Rome', from: '22:00', to: '05:00' },
          ],
        },
      }),
    ],
    ...(['received', 'left behind'] as const).map((kind): [string, OperationView] => [
      `from what was ${kind}`,
      seen({
        plan: {
          ...plan,
          base: { kind, folder: 'D:\\ferry\\x', committedAt: 0, bytes: 40.5 * GIB },
        },
      }),
    ]),
    ['start', seen({ plan: { ...plan, startAction: 'Start' }, bytesPerSecondMax: 5e6 })],
    ['without a limit', seen({ plan: { ...plan, bytesPerSecondMax: 5e6 } })],
    ...(['paused', 'cancelled', 'rollback-asked'] as const).map((code): [string, OperationView] => [
      `${code} by`,
      seen({
        state: {
          kind: 'rolled back',
          step: 'x',
          why: { code, facts: { by: OPERATOR, vm: 'dc02' } },
        },
      }),
    ]),
    ['cleaning up', seen({ state: cleaning, result: { ...result, rounds: 1 } })],
    ['result', seen({ state: { kind: 'migrated', step: 'x' }, result })],
    ...(['history', 'link', 'disks', 'limit'] as const).map((rateFrom): [string, OperationView] => [
      `rate from ${rateFrom}`,
      seen({ estimate: { ...estimate, rateFrom, pauseFrom: 'history' } }),
    ]),
    ['unmeasured', seen({ estimate: { ...unmeasured, notMeasured, pauseFrom: 'assumed' } })],
  ];
}

const LOSSES: Readonly<Record<Loss, true>> = {
  ...{ 'at-source': true, 'at-both': true, 'at-target': true, 'at-target-perhaps': true },
  ...{ 'copy-whole': true, 'copy-perhaps': true, 'copy-deleted': true, 'not-known': true },
  'restore-older': true,
};

function* alertViews(view: OperationView, words: Words): Generator<Shown> {
  const look = { words, operators: ['S-OPERATORS'], isLate: true };
  const alert: Alert = {
    ...{ key: 'k', operation: 'm1', cause, home: 'source' },
    ...{ offers: ['retry', 'rollback', 'cancel', 'heal-store'], raisedAt: 1_700_000_000_000 },
  };
  const heard = { by: APPROVER, at: 1_700_000_500_000 };
  const mendedAt = 1_700_000_900_000;
  for (const home of ['source', 'target', 'nowhere', 'unknown'] as const) {
    yield [`alert, home ${home}`, alerts.alertMessage(view, { ...alert, home }, look)];
  }
  for (const lost of Object.keys(LOSSES)) {
    const losing = { ...alert, cause: { ...cause, facts: { ...cause.facts, lost } } };
    yield [`alert, lost ${lost}`, alerts.alertMessage(view, losing, look)];
  }
  yield ['alert, no button', alerts.alertMessage(view, { ...alert, offers: [] }, look)];
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

function* lateClicks(view: OperationView, words: Words): Generator<Shown> {
  const problem = { code: 'plan-not-current', facts: { operation: 'm1' } };
  for (const code of ['resumed', 'retried']) {
    const late = { view: { ...view, lastAct: { code, facts: { by: OPERATOR } } } };
    yield [`late click, ${code}`, lateClickAnswer(problem, late, words)];
  }
}

export function* operationViewsIn(words: Words): Generator<Shown> {
  for (const [name, view] of views()) yield [name, operationMessage(view, words)];
  yield* liveEndViews(moving, words);
  for (const view of [asking, deleting, moving, isOff, aligning, restoring]) {
    yield* alertViews(view, words);
    yield* approvalViews(view, words);
    yield* lateClicks(view, words);
  }
}
