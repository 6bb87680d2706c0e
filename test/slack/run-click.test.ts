import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { ACTIONS, readValue, valueText } from '../../src/slack/actions/clicks.ts';
import { answerClick } from '../../src/slack/actions/run-click.ts';
import type { StateKind } from '../../src/slack/operation-view.ts';
import { edgeOf, type FakeEdge } from './edge.ts';
import { APPROVER, OPERATOR, STRANGER } from './fake-operations.ts';

async function asking(needed = 1): Promise<{ edge: FakeEdge; value: string }> {
  const edge = edgeOf();
  await edge.operations.propose({ vm: 'dc02', target: 'hv-b', user: OPERATOR, channel: 'C' });
  const approvals = { users: [], needed, twoPersons: false };
  edge.operations.change('m1', { state: { kind: 'asking', step: 'catchUp' }, approvals });
  edge.operations.asked.length = 0;
  const view = await edge.operations.view('m1');
  return { edge, value: valueText({ operation: 'm1', planHash: view?.planHash ?? '' }) };
}

const approve = (edge: FakeEdge, value: string, user: string) =>
  answerClick({ actionId: ACTIONS.approve, value, user, channel: 'C-MIGRATIONS' }, edge);

describe('a click on Approve', () => {
  it('of an approver approves, and the message itself shows it', async () => {
    const { edge, value } = await asking();
    expect(await approve(edge, value, APPROVER)).toBeUndefined();
    expect(edge.operations.asked).toEqual([`approve m1 ${APPROVER}`]);
    expect(edge.woken).toEqual(['m1']);
  });

  it.each([OPERATOR, STRANGER])('of %s changes nothing and says who may', async (user) => {
    const { edge, value } = await asking();
    const answer = await approve(edge, value, user);
    expect(answer?.text).toContain('Who may: <@U-APPROVER>');
    expect(edge.operations.asked).toEqual([]);
  });

  it('says how many are still needed, and does not count a person twice', async () => {
    const { edge, value } = await asking(2);
    expect((await approve(edge, value, APPROVER))?.text).toContain('1 more needed');
    expect((await approve(edge, value, APPROVER))?.text).toContain('counts already');
    expect(await approve(edge, value, 'U-APPROVER-2')).toBeUndefined();
  });

  it('of two people at once lets one win and tells the other', async () => {
    const { edge, value } = await asking();
    const answers = await Promise.all([
      approve(edge, value, APPROVER),
      approve(edge, value, 'U-APPROVER-2'),
    ]);
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
    expect(answers.find((answer) => answer)?.text).toContain('has moved on');
  });

  it.each<StateKind>(['copying', 'cutting over', 'rolled back', 'migrated', 'needs a person'])(
    'is told to be late when the migration is %s',
    async (kind) => {
      const { edge, value } = await asking();
      edge.operations.change('m1', { state: { kind, step: 'x' } });
      expect((await approve(edge, value, APPROVER))?.text).toContain('has moved on');
      expect(edge.operations.asked).toEqual([]);
    },
  );

  it('on an old plan or an unknown operation is told so', async () => {
    const { edge } = await asking();
    const old = valueText({ operation: 'm1', planHash: 'an older plan' });
    expect((await approve(edge, old, APPROVER))?.text).toContain('asks for another plan');
    const gone = valueText({ operation: 'm9', planHash: 'x' });
    expect((await approve(edge, gone, APPROVER))?.text).toContain('no operation m9');
    expect(edge.operations.asked).toEqual([]);
  });
});

describe('a click', () => {
  it.each(['not JSON', '{}', '[]', 'null', undefined, '{"operation":1,"planHash":"x"}'])(
    'with the value %j is answered, never ignored',
    async (value) => {
      const { edge } = await asking();
      const answer = await answerClick(
        { actionId: ACTIONS.approve, value, user: APPROVER, channel: 'C-MIGRATIONS' },
        edge,
      );
      expect(answer?.text).toContain('none that the bot knows');
      expect(readValue(value)).toBeUndefined();
    },
  );

  it('on a button of another version is answered', async () => {
    const { edge, value } = await asking();
    const click = {
      actionId: 'ferry.pause <!here>',
      value,
      user: APPROVER,
      channel: 'C-MIGRATIONS',
    };
    expect((await answerClick(click, edge))?.text).toContain('ferry.pause &lt;!here&gt;');
  });

  it('that stops or takes back is not bound to a plan', async () => {
    const { edge } = await asking();
    const value = valueText({ operation: 'm1', planHash: 'an older plan' });
    const click = { actionId: ACTIONS.cancel, value, user: OPERATOR, channel: 'C-MIGRATIONS' };
    await answerClick(click, edge);
    expect(edge.operations.asked).toEqual([`cancel m1 ${OPERATOR}`]);
  });

  it('that is late is told the reason alone where the operation cannot be shown', async () => {
    const { edge, value } = await asking();
    const { view } = edge.operations;
    let looks = 0;
    const operations = {
      ...edge.operations,
      approve: () => Promise.reject(new Problem('plan-not-current', { operation: 'm1' })),
      view: async (operation: string) => {
        looks += 1;
        if (looks > 1) throw new Error('store away');
        return await view(operation);
      },
    };
    const answer = await approve({ ...edge, operations }, value, APPROVER);
    expect(answer?.text).toContain('store away');
  });

  it('on Cancel cancels the operation', async () => {
    const { edge, value } = await asking();
    await answerClick(
      { actionId: ACTIONS.cancel, value, user: OPERATOR, channel: 'C-MIGRATIONS' },
      edge,
    );
    expect(edge.operations.asked).toEqual([`cancel m1 ${OPERATOR}`]);
  });

  it('on Retry or Roll back counts only while its alert offers it', async () => {
    const { edge } = await asking();
    const { planHash = '' } = (await edge.operations.view('m1')) ?? {};
    const cause = { code: 'memory', facts: {} };
    edge.operations.change('m1', {
      state: { kind: 'needs a person', step: 'startTarget' },
      alerts: [
        { key: 'k', operation: 'm1', cause, home: 'source', offers: ['retry'], raisedAt: 0 },
      ],
    });
    const value = valueText({ operation: 'm1', planHash, alert: 'k' });
    const click = (actionId: string) =>
      answerClick({ actionId, value, user: OPERATOR, channel: 'C-MIGRATIONS' }, edge);
    expect((await click(ACTIONS.retry))?.text).toContain('tried again');
    expect((await click(ACTIONS.rollback))?.text).toContain('has moved on');
    edge.operations.change('m1', { state: { kind: 'migrated', step: 'x' } });
    expect((await click(ACTIONS.retry))?.text).toContain('has moved on');
    expect(edge.operations.asked).toEqual([`retry m1 ${OPERATOR}`]);
  });

  it('on Acknowledge counts for an alert that stands, and only for one', async () => {
    const { edge } = await asking();
    const { planHash = '' } = (await edge.operations.view('m1')) ?? {};
    const cause = { code: 'memory', facts: {} };
    const alert = { key: 'k', operation: 'm1', cause, home: 'source', offers: [] } as const;
    edge.operations.change('m1', { alerts: [{ ...alert, raisedAt: 0 }] });
    const click = (user: string, key: string) => {
      const value = valueText({ operation: 'm1', planHash, alert: key });
      const actionId = ACTIONS.acknowledge;
      return answerClick({ actionId, value, user, channel: 'C-MIGRATIONS' }, edge);
    };
    expect((await click(STRANGER, 'k'))?.text).toContain('may');
    expect((await click(APPROVER, 'other'))?.text).toContain('has moved on');
    expect((await click(APPROVER, 'k'))?.text).toContain('no reminder follows');
    edge.operations.change('m1', { alerts: [{ ...alert, raisedAt: 0, mendedAt: 1 }] });
    expect((await click(OPERATOR, 'k'))?.text).toContain('has moved on');
    expect(edge.operations.asked).toEqual([`acknowledge m1 k ${APPROVER}`]);
  });

  it('that fails is told why', async () => {
    const { edge, value } = await asking();
    const operations = {
      ...edge.operations,
      approve: () => Promise.reject(new Error('store away')),
    };
    const answer = await answerClick(
      { actionId: ACTIONS.approve, value, user: APPROVER, channel: 'C-MIGRATIONS' },
      { ...edge, operations },
    );
    expect(answer?.text).toContain('store away');
    expect(edge.logged[0]).toContain('slack-click-refused');
  });
});
