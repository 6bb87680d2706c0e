import { describe, expect, it } from '@jest/globals';
import { ACTIONS, valueText } from '../../src/slack/actions/clicks.ts';
import { answerClick } from '../../src/slack/actions/run-click.ts';
import { showDrains } from '../../src/slack/drains.ts';
import type { DrainView } from '../../src/slack/views/drain-view.ts';
import { drainOf, drainRow } from './drain-views.ts';
import { edgeOf } from './edge.ts';
import { channelBench, cut, gone } from './fake-channel.ts';
import { APPROVER, OPERATOR } from './fake-operations.ts';

const DAY_MS = 24 * 3_600_000;
const MOVED = [drainRow('dc02', { state: 'moved', member: 'm2' })];
const over = (changes: Partial<DrainView> = {}): DrainView =>
  drainOf('drain', { state: 'drained', times: { openedAt: 0, closedAt: 1 }, ...changes });

function bench(first: DrainView) {
  const { slack, parts, logged, clock } = channelBench();
  let views: readonly DrainView[] = [first];
  return {
    ...{ slack, logged, clock },
    show: () => showDrains({ ...parts, operations: { drains: async () => views } }),
    become: (changed: DrainView) => {
      views = [changed];
    },
    texts: () => slack.posted.map(({ message }) => message.text),
  };
}

describe('the message of a drain', () => {
  it('is posted once and edited where something changed', async () => {
    const { show, become, slack, texts } = bench(drainOf('drain'));
    await show();
    await show();
    expect(texts()).toEqual(['Drain hv-a: Waits for approval: it is asked once for all VMs.']);
    expect(slack.edits).toEqual([]);
    become(drainOf('drain', { state: 'moving', rows: MOVED }));
    await show();
    await show();
    expect(slack.edits.map(({ text }) => text)).toEqual([
      'Drain hv-a: Under way. 1 of 1 VMs moved.',
    ]);
  });

  it('is posted anew where somebody deleted it', async () => {
    const { show, become, slack, texts } = bench(drainOf('drain'));
    await show();
    slack.deleted.add('ts-1');
    become(drainOf('drain', { state: 'moving' }));
    await show();
    await show();
    expect(texts()).toHaveLength(2);
    expect(gone.code).toBe('slack-message-gone');
  });

  it('says in its thread who was left, once, and nothing where all moved', async () => {
    const rows = [...MOVED, drainRow('sql01', { state: 'failed', member: 'm3' })];
    const { show, slack, texts } = bench(over({ rows }));
    await show();
    await show();
    expect(texts()).toHaveLength(2);
    expect(texts()[1]).toMatch(
      /^:warning: One VM is still on hv-a: <!subteam\^S-OPERATORS>\n• \*sql01/,
    );
    expect(slack.posted[1]?.place.threadTs).toBe('ts-1');
    for (const quiet of [over({ rows: MOVED }), over({ rows, state: 'cancelled' })]) {
      const other = bench(quiet);
      await other.show();
      expect(other.texts()).toHaveLength(1);
    }
  });

  it('of one that ended long ago is not posted; a failure comes again', async () => {
    const { show, slack, clock, logged } = bench(over());
    clock.now = 2 * DAY_MS;
    await show();
    expect(slack.posted).toEqual([]);
    clock.now = DAY_MS / 2;
    slack.failures.push({ error: cut, done: false });
    await show();
    expect(logged.join()).toContain('slack-show-failed');
    await show();
    expect(slack.posted.length).toBeGreaterThan(0);
  });
});

describe('a click on the message of a drain', () => {
  const clicking = async (view: DrainView, action: keyof typeof ACTIONS, user: string) => {
    const edge = edgeOf();
    edge.operations.rows.drains = [view];
    const value = valueText({ operation: 'd5', planHash: 'hash' });
    const click = { actionId: ACTIONS[action], value, user, channel: 'C-MIGRATIONS' };
    return { answer: await answerClick(click, edge), asked: edge.operations.asked };
  };

  it('pauses, resumes and ends it, each by its operators', async () => {
    const moving = drainOf('drain', { state: 'moving' });
    for (const action of ['pause', 'resume', 'cancel'] as const) {
      const { answer, asked } = await clicking(moving, action, OPERATOR);
      expect(answer).toBeUndefined();
      expect(asked).toEqual([`${action} d5 ${OPERATOR}`]);
    }
  });

  it('is refused of those who may not, of another plan, and once it is over', async () => {
    const { answer } = await clicking(drainOf('drain'), 'approve', OPERATOR);
    expect(answer?.text).toContain('Who may: <@U-APPROVER>');
    const other = drainOf('drain', { planHash: 'other' });
    expect((await clicking(other, 'approve', APPROVER)).answer?.text).toContain('d5');
    const late = await clicking(over(), 'cancel', OPERATOR);
    expect(late.answer?.text).toContain('d5 is over.');
    expect(late.asked).toEqual([]);
    const wrong = await clicking(drainOf('drain'), 'retry', OPERATOR);
    expect(wrong.asked).toEqual([]);
  });
});
