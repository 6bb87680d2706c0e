/** The bot on the real Bolt against the Slack stand-in; only the operations are in memory. */

import { describe, expect, it } from '@jest/globals';
import type { LabMessage } from '../../src/lab/slack/message.ts';
import { type SlackStandIn, startSlackStandIn } from '../../src/lab/slack/stand-in.ts';
import { ACTIONS } from '../../src/slack/actions/clicks.ts';
import { type BotOptions, startBot } from '../../src/slack/app.ts';
import { until } from '../until.ts';
import { ROLES } from './edge.ts';
import {
  APPROVER,
  type FakeOperations,
  fakeOperations,
  OPERATOR,
  STRANGER,
} from './fake-operations.ts';
import { memoryRecords } from './memory-records.ts';
import { alertOf, connectionTo, type Stage, stageOfTest, toldTo } from './stage.ts';

/** The migration's own message, once it shows these words. */
const shown = (slack: SlackStandIn, words: string): Promise<LabMessage> =>
  slack.waitFor(
    ({ messages }) =>
      messages.find(
        (one) => one.author === 'U-FERRY' && !one.threadTs && JSON.stringify(one).includes(words),
      ),
    { what: words, timeoutMs: 8000 },
  );

const ask = (operations: FakeOperations, needed = 1) =>
  operations.change('m1', {
    state: { kind: 'asking', step: 'catchUp' },
    approvals: { users: [], needed, twoPersons: false },
  });

/** The message of a migration that waits for approvals. */
async function asked(
  { slack, operations }: Pick<Stage, 'slack' | 'operations'>,
  needed = 1,
): Promise<LabMessage> {
  await slack.say(OPERATOR, '/migrate dc02 to hv-b');
  await shown(slack, 'Move dc02');
  ask(operations, needed);
  return await shown(slack, 'Approve cutover');
}

describe('the bot', () => {
  it('takes a migration from the command to its result in one message', async () => {
    const { slack, operations, logged } = await stageOfTest();
    const { outcome } = await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    expect(outcome).toBe('acknowledged');
    const { ts } = await shown(slack, 'Move dc02 from hv-a to hv-b');
    for (const bytesDone of [10, 43]) {
      const progress = { bytesDone, bytesTotal: 100, bytesPerSecond: 1, round: 0, etaSeconds: 1 };
      operations.change('m1', { progress });
      await shown(slack, `${bytesDone} %`);
    }
    ask(operations);
    await shown(slack, 'Approve cutover');
    await slack.click(APPROVER, ts, ACTIONS.approve);
    await shown(slack, 'Approved by <@U-APPROVER>');
    operations.change('m1', { state: { kind: 'migrated', step: 'retireSource' } });
    const end = await shown(slack, 'Done: dc02 runs on hv-b');
    expect(end.ts).toBe(ts);
    const own = (await slack.messages()).filter((one) => one.author === 'U-FERRY');
    expect(own).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it('answers a mention in its thread, by the same grammar', async () => {
    const { slack } = await stageOfTest();
    const { ts } = await slack.say(OPERATOR, '@ferry hosts');
    const reply = await slack.waitFor(
      ({ messages }) => messages.find((one) => one.threadTs === ts),
      { timeoutMs: 8000 },
    );
    expect(reply.text).toContain('dc02 (running)');
  });

  it('answers every odd command with one sentence to the one who typed it', async () => {
    const { slack, operations } = await stageOfTest();
    for (const typed of ['/migrate <!channel>', `/migrate ${'x'.repeat(5000)}`]) {
      await slack.say(OPERATOR, typed);
    }
    const shownAsText = await toldTo(slack, OPERATOR, 'Not understood');
    expect(shownAsText.text).toContain('&lt;!channel&gt;');
    await toldTo(slack, OPERATOR, 'a command has at most 400');
    expect(operations.asked).toEqual([]);
  });

  it("tells a stranger who may, and counts nobody's click twice", async () => {
    const { slack, operations } = await stageOfTest();
    await slack.say(STRANGER, '/migrate dc02 to hv-b');
    await toldTo(slack, STRANGER, 'Who may: <@U-OPERATOR>');
    const { ts } = await asked({ slack, operations }, 2);
    await slack.click(STRANGER, ts, ACTIONS.approve);
    await toldTo(slack, STRANGER, 'not one of the approvers');
    await Promise.all([1, 2].map(() => slack.click(APPROVER, ts, ACTIONS.approve)));
    await toldTo(slack, APPROVER, '1 more needed');
    await toldTo(slack, APPROVER, 'counts already');
    expect((await operations.view('m1'))?.approvals.users).toEqual([APPROVER]);
  });

  it('tells that a plan was replaced', async () => {
    const { slack, operations } = await stageOfTest();
    const { ts } = await asked({ slack, operations });
    operations.change('m1', { planHash: 'a newer plan' });
    await slack.click(APPROVER, ts, ACTIONS.approve);
    await toldTo(slack, APPROVER, 'asks for another plan by now');
    expect(operations.asked).not.toContain(`approve m1 ${APPROVER}`);
  });

  it('posts an alert once in the thread, and its buttons work after a restart', async () => {
    const { slack, operations, restart } = await stageOfTest();
    await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    await shown(slack, 'Move dc02');
    operations.change('m1', {
      state: { kind: 'needs a person', step: 'startTarget' },
      alerts: [
        {
          key: 'k',
          operation: 'm1',
          cause: { code: 'memory', facts: { vm: 'dc02', host: 'hv-b' } },
          home: 'source',
          offers: ['retry', 'rollback'],
          raisedAt: Date.now(),
        },
      ],
    });
    const alert = await slack.waitFor(
      ({ messages }) => messages.find((one) => one.text.startsWith('Alert')),
      { timeoutMs: 8000 },
    );
    expect(alert).toMatchObject({ isBroadcast: true, threadTs: expect.any(String) });
    await restart();
    await slack.click(OPERATOR, alert.ts, ACTIONS.rollback);
    await toldTo(slack, OPERATOR, 'm1 is being rolled back');
    expect(operations.asked).toContain(`rollback m1 ${OPERATOR}`);
    const own = (await slack.messages()).filter((one) => one.author === 'U-FERRY');
    const files = own.flatMap((one) => one.files.map(({ name }) => name));
    expect([own.length, files]).toEqual([3, ['m1.txt']]);
  });

  it('names the new operation when what was rolled back is tried again, and shows it', async () => {
    const { slack, operations } = await stageOfTest();
    await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    const { ts } = await shown(slack, 'Move dc02');
    operations.change('m1', { state: { kind: 'rolled back', step: '' } });
    await shown(slack, 'Rolled back: dc02');
    await slack.say(OPERATOR, '/migrate retry dc02');
    await toldTo(slack, OPERATOR, 'dc02 is planned anew: m2, in <#C-MIGRATIONS>.');
    const anew = await shown(slack, 'm2 · ');
    expect(anew.ts).not.toBe(ts);
    const alert = {
      ...alertOf('m2'),
      cause: { code: 'approval-expired', facts: { vm: 'dc02' } },
      offers: ['retry'] as const,
    };
    operations.change('m2', { state: { kind: 'rolled back', step: '' }, alerts: [alert] });
    const raised = await slack.waitFor(
      ({ messages }) => messages.find((one) => one.text.startsWith('Alert')),
      { timeoutMs: 8000 },
    );
    await slack.click(OPERATOR, raised.ts, ACTIONS.retry);
    await toldTo(slack, OPERATOR, 'm2 is planned anew: m3, in <#C-MIGRATIONS>.');
    await shown(slack, 'm3 · ');
  });

  it('shows after a restart what happened meanwhile, in the same message', async () => {
    const { slack, operations, restart } = await stageOfTest();
    await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    const { ts } = await shown(slack, 'Move dc02');
    const restarting = restart();
    operations.change('m1', { state: { kind: 'migrated', step: 'x' } });
    await restarting;
    expect((await shown(slack, 'Done: dc02')).ts).toBe(ts);
  });

  it('does not post twice when the answer to its post is lost', async () => {
    const { slack, logged } = await stageOfTest();
    await slack.fail('chat.postMessage', 'stored-then-cut');
    await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    await slack.waitFor(({ messages }) => messages.some((one) => one.edits > 0), {
      what: 'the message found and edited',
      timeoutMs: 8000,
    });
    const own = (await slack.messages()).filter((one) => one.author === 'U-FERRY');
    expect(own).toHaveLength(1);
    expect(logged.join()).toContain('slack-call-failed');
  });

  it('answers a click although one connection is being refreshed', async () => {
    const { slack, operations } = await stageOfTest();
    const { ts } = await asked({ slack, operations });
    await slack.disconnect('refresh_requested');
    expect((await slack.click(APPROVER, ts, ACTIONS.approve)).outcome).toBe('acknowledged');
    await shown(slack, 'Approved by <@U-APPROVER>');
  });

  it('leaves no connection behind when it stops', async () => {
    const { slack, bot } = await stageOfTest();
    expect(await slack.connections()).toBe(2);
    await bot().stop();
    // The other end sees it a moment later.
    await until(async () => (await slack.connections()) === 0);
  });
});

describe('a bot that cannot start', () => {
  const start = (slack: SlackStandIn, changes: Partial<BotOptions>) =>
    startBot({
      ...connectionTo(slack),
      operations: fakeOperations(),
      records: memoryRecords(),
      roles: ROLES,
      audit: { record: async () => undefined },
      log: () => undefined,
      ...changes,
    });

  it('says which token Slack refuses', async () => {
    await using slack = await startSlackStandIn();
    const { tokens } = connectionTo(slack);
    await expect(start(slack, { tokens: { ...tokens, bot: 'xoxb-wrong' } })).rejects.toMatchObject({
      code: 'slack-token-refused',
      facts: { token: 'bot', error: 'invalid_auth' },
    });
    await expect(start(slack, { tokens: { ...tokens, app: 'xapp-wrong' } })).rejects.toMatchObject({
      code: 'slack-token-refused',
      facts: { token: 'app' },
    });
    expect(await slack.connections()).toBe(0);
  });

  it('says that nobody could approve', async () => {
    await using slack = await startSlackStandIn();
    const roles = { operators: [OPERATOR], approvers: [], viewers: [] };
    await expect(start(slack, { roles })).rejects.toMatchObject({
      code: 'slack-roles-missing',
      facts: { missing: ['FERRY_APPROVERS'] },
    });
  });

  it('says that Slack is not there', async () => {
    await using slack = await startSlackStandIn();
    const slackApiUrl = 'http://127.0.0.1:1/api/';
    await expect(start(slack, { slackApiUrl })).rejects.toMatchObject({
      code: 'slack-unreachable',
      facts: { url: slackApiUrl },
    });
  });
});
