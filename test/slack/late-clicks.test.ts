/** A click on a message that is older than what has happened: through Slack's stand-in and Bolt. */

import { describe, expect, it } from '@jest/globals';
import type { Alert } from '../../src/domain/alert.ts';
import { Problem } from '../../src/domain/problem.ts';
import { ACTIONS, type ClickAction } from '../../src/slack/actions/clicks.ts';
import type { MigrationView, StateKind } from '../../src/slack/operation-view.ts';
import { APPROVER, OPERATOR } from './fake-operations.ts';
import { alertOf, stageOfTest, toldTo } from './stage.ts';

const OTHER = 'U-APPROVER-2';
type Changes = Partial<MigrationView>;

interface Late {
  readonly action: ClickAction;
  readonly what: string;
  /** As the message with the button shows it, and as it is when the button is clicked. */
  readonly before: Changes;
  readonly after: Changes;
  readonly says: readonly string[];
  readonly by?: string;
  readonly throws?: Problem;
}

const state = (kind: StateKind, code?: string, by = OTHER): Pick<MigrationView, 'state'> => ({
  state: { kind, step: 'x', ...(code ? { why: { code, facts: { by, vm: 'dc02' } } } : {}) },
});
const approvedBy = (users: readonly string[], needed = 1): Pick<MigrationView, 'approvals'> => ({
  approvals: { users, needed, twoPersons: false },
});
const lastAct = (code: string, by = OTHER): Changes => ({ lastAct: { code, facts: { by } } });
const alert = (changes: Partial<Alert> = {}): Changes => ({
  alerts: [{ ...alertOf('m1'), offers: ['retry', 'rollback'], ...changes }],
});
const stuck = { ...state('needs a person'), ...alert() };
const again = { ...lastAct('retried'), ...alert({ offers: [] }) };
const asking = state('asking');
const moved = 'Your click changed nothing: m1 has moved on.';

const CASES: readonly Late[] = [
  {
    ...{ action: 'approve', what: 'that somebody else approved' },
    ...{ before: asking, after: { ...state('cutting over'), ...approvedBy([OTHER]) } },
    says: [moved, 'Cutting over: dc02 stops on hv-a', `Approved by <@${OTHER}>`],
  },
  {
    ...{ action: 'approve', what: 'that was approved by the same person before' },
    ...{ before: asking, after: approvedBy([APPROVER], 2), by: APPROVER },
    says: ['counts already', 'Waiting for approval', `Approved by <@${APPROVER}>`, '1 approval is'],
  },
  {
    ...{ action: 'approve', what: 'whose plan was replaced' },
    ...{ before: asking, after: { planHash: 'a newer one' } },
    says: ['m1 asks for another plan by now', 'Waiting for approval'],
  },
  {
    ...{ action: 'approve', what: 'that was cancelled and is over' },
    ...{ before: asking, after: state('rolled back', 'cancelled') },
    says: [moved, 'Rolled back: dc02 is on hv-a as before', `Cancelled by <@${OTHER}>.`],
  },
  {
    ...{ action: 'approve', what: 'that somebody approves at the same moment' },
    ...{ before: asking, after: {}, throws: new Problem('plan-not-current', { operation: 'm1' }) },
    says: [moved, 'Waiting for approval'],
  },
  {
    ...{ action: 'cancel', what: 'that is done' },
    ...{ before: asking, after: { ...state('migrated'), ...approvedBy([OTHER]) } },
    says: [moved, 'Done: dc02 runs on hv-b', `Approved by <@${OTHER}>`],
  },
  {
    ...{ action: 'cancel', what: 'that is being cancelled' },
    ...{ before: asking, after: state('rolling back', 'cancelled') },
    says: [moved, 'Rolling back: dc02 stays on hv-a', `Cancelled by <@${OTHER}>.`],
  },
  {
    ...{ action: 'pause', what: 'that is paused' },
    ...{ before: state('copying'), after: state('paused', 'paused') },
    says: [moved, 'Paused. dc02 runs on hv-a', `Paused by <@${OTHER}>.`],
  },
  {
    ...{ action: 'pause', what: 'whose cutover begins at the same moment' },
    ...{ before: state('copying'), after: {} },
    throws: new Problem('pause-too-late', { operation: 'm1', vm: 'dc02' }),
    says: ['m1 is in its cutover', 'Copying. dc02 runs on hv-a'],
  },
  {
    ...{ action: 'resume', what: 'that goes on' },
    ...{ before: state('paused', 'paused'), after: { ...state('copying'), ...lastAct('resumed') } },
    says: [moved, 'Copying. dc02 runs on hv-a', `Resumed by <@${OTHER}>.`],
  },
  {
    ...{ action: 'retry', what: 'that is tried again' },
    ...{ before: stuck, after: { ...state('cutting over'), ...again } },
    says: [moved, 'Cutting over', `Tried again by <@${OTHER}>.`],
  },
  {
    ...{ action: 'rollback', what: 'that is taken back' },
    ...{
      before: stuck,
      after: { ...state('rolling back', 'rollback-asked'), ...alert({ offers: [] }) },
    },
    says: [moved, 'Rolling back', `Taken back by <@${OTHER}>.`],
  },
  {
    ...{ action: 'acknowledge', what: 'that somebody else has heard of' },
    ...{ before: stuck, after: alert({ heard: { by: OTHER, at: 1_700_000_000_000 } }) },
    throws: new Problem('alert-heard-already', { by: OTHER }),
    says: ['Somebody has acknowledged', `Acknowledged by <@${OTHER}> · <!date^1700000000`],
  },
  {
    ...{ action: 'acknowledge', what: 'that is mended' },
    ...{
      before: stuck,
      after: { ...state('migrated'), ...alert({ mendedAt: 1_700_000_000_000 }) },
    },
    says: [moved, 'Done: dc02 runs on hv-b', 'Mended at <!date^1700000000'],
  },
];

const roleOf = (action: ClickAction): string => (action === 'approve' ? APPROVER : OPERATOR);

describe('a late click', () => {
  it.each(CASES)('on $action of one $what says so, and who did it', async (late) => {
    const { action, before, after, says, throws, by = roleOf(action) } = late;
    const { slack, operations, logged } = await stageOfTest();
    const wish = { vm: 'dc02', target: 'hv-b', user: OPERATOR, channel: 'C-MIGRATIONS' };
    await operations.propose(wish);
    operations.change('m1', { ...before, ...(before.alerts ? {} : { alerts: [] }) });
    const { ts } = await slack.waitFor(
      ({ messages }) =>
        messages.find((one) => JSON.stringify(one.blocks).includes(ACTIONS[action])),
      { what: action },
    );
    // Slack's edit is late too: the button is still there.
    await slack.fail('chat.update', 'rate-limited', { times: 100, retryAfterSeconds: 30 });
    operations.change('m1', after);
    operations.asked.length = 0;
    if (throws) Object.assign(operations, { [action]: () => Promise.reject(throws) });
    await slack.click(by, ts, ACTIONS[action]);
    const told = await toldTo(slack, by, says[0] ?? '');
    for (const words of says) expect(told.text).toContain(words);
    expect(operations.asked).toEqual([]);
    expect(logged.filter((one) => !/rate-limited/.test(one))).toEqual([
      expect.stringContaining('slack-click-refused'),
    ]);
  });

  it('is tested for each button', () => {
    const tested = new Set(CASES.map(({ action }) => action));
    expect([...tested].toSorted()).toEqual(Object.keys(ACTIONS).toSorted());
  });
});
