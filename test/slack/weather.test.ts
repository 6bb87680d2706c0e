/** The bot in Slack's bad weather, through the stand-in with the real Bolt. */

import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '../../src/slack/actions/clicks.ts';
import { until } from '../until.ts';
import { APPROVER, OPERATOR } from './fake-operations.ts';
import { openStage, type Stage, shownBy, toldTo } from './stage.ts';

const RUNS = 20;
const progress = (bytesDone: number) => ({
  progress: { bytesDone, bytesTotal: 100, bytesPerSecond: 1, round: 0, etaSeconds: 1 },
});
const cutNext = ({ slack }: Stage, times = 1) =>
  slack.fail('chat.postMessage', 'stored-then-cut', { times });

describe('a message of which the bot does not know whether Slack took it', () => {
  it(`is there once, ${RUNS} of ${RUNS} times: migrations, alerts and notes in threads`, async () => {
    await using stage = await openStage();
    await cutNext(stage, RUNS);
    await stage.begin(RUNS);
    await cutNext(stage, RUNS);
    stage.raise(RUNS);
    await stage.own(2 * RUNS);
    await cutNext(stage, RUNS);
    stage.raise(RUNS, { mendedAt: Date.now(), heard: { by: APPROVER, at: Date.now() } });
    const own = await stage.own(3 * RUNS);
    // The bot found them all: it edits what it found and logs nothing more.
    await until(() => stage.logged.filter((one) => one.includes('call-failed')).length >= 3 * RUNS);
    await stage.restart();
    await shownBy(stage.slack, 'Mended at');
    expect(own).toHaveLength(3 * RUNS);
    expect(await stage.own(3 * RUNS)).toHaveLength(3 * RUNS);
    const calls = (await stage.slack.calls()).byMethod['chat.postMessage'];
    expect(calls).toBe(3 * RUNS);
  });

  it('is repeated once with a word that says so, where the bot may not read', async () => {
    await using stage = await openStage();
    await stage.slack.weather({ missingScopes: ['channels:history', 'groups:history'] });
    await cutNext(stage);
    await stage.begin(2);
    await stage.own(3);
    await stage.restart();
    stage.operations.change('m2', { state: { kind: 'migrated', step: 'x' } });
    await shownBy(stage.slack, 'Done: vm2');
    const own = await stage.own(3);
    expect(own).toHaveLength(3);
    expect(own.filter((one) => JSON.stringify(one).includes('may stand above'))).toHaveLength(1);
  });
});

describe('an alert', () => {
  it('is posted while Slack lets no message be edited for half a minute', async () => {
    await using stage = await openStage();
    const { slack, operations } = stage;
    await stage.begin(3);
    await slack.fail('chat.update', 'rate-limited', { times: 100, retryAfterSeconds: 30 });
    for (const operation of ['m1', 'm2', 'm3']) operations.change(operation, progress(50));
    await until(async () => ((await slack.calls()).byMethod['chat.update'] ?? 0) > 0);
    const before = Date.now();
    stage.raise(3);
    await stage.own(6);
    expect(Date.now() - before).toBeLessThan(15_000);
    // Nobody asked Slack again and again meanwhile.
    expect((await slack.calls()).byMethod['chat.update']).toBeLessThanOrEqual(3);
  });

  it('is posted as soon as Slack is back, with the time at which it arose', async () => {
    await using stage = await openStage();
    await stage.begin(1);
    await stage.slack.weather({ webApi: 'down' });
    stage.raise(1, { raisedAt: Date.now() - 60_000 });
    await until(() => stage.logged.some((one) => one.includes('slack-show-failed')));
    await stage.slack.weather({ webApi: 'up' });
    expect((await shownBy(stage.slack, 'Alert')).text).toContain('late: raised at');
    expect(await stage.own(2)).toHaveLength(2);
  });

  it('waits as long as Slack asks between two posts, and comes', async () => {
    await using stage = await openStage();
    await stage.begin(4);
    await stage.slack.weather({ rateLimits: 'strict' });
    stage.raise(4);
    expect(await stage.own(8)).toHaveLength(8);
  });

  it('goes to the default channel when the bot was removed from its own', async () => {
    await using stage = await openStage();
    const { slack, operations } = stage;
    const wish = { vm: 'vm1', target: 'hv-b', user: OPERATOR, channel: 'C-OFFICE' };
    await operations.propose(wish);
    await shownBy(slack, 'Move vm1');
    await slack.weather({ notInChannels: ['C-OFFICE'] });
    stage.raise(1);
    expect(await shownBy(slack, 'Alert')).toMatchObject({ channel: 'C-MIGRATIONS' });
  });

  it('is acknowledged by a click, which its message shows', async () => {
    await using stage = await openStage();
    const { slack, operations } = stage;
    await stage.begin(1);
    stage.raise(1);
    const { ts } = await shownBy(slack, 'Alert');
    await slack.click(APPROVER, ts, ACTIONS.acknowledge);
    await toldTo(slack, APPROVER, 'no reminder follows');
    expect(operations.asked).toContain(`acknowledge m1 k ${APPROVER}`);
    stage.raise(1, { heard: { by: APPROVER, at: Date.now() } });
    expect((await shownBy(slack, 'Acknowledged by <@U-APPROVER>')).ts).toBe(ts);
  });
});

describe('a migration', () => {
  it('is shown in the default channel when the bot is not in the one it was asked in', async () => {
    await using stage = await openStage();
    const wish = { vm: 'vm1', target: 'hv-b', user: OPERATOR, channel: 'C-PRIVATE' };
    await stage.operations.propose(wish);
    const message = await shownBy(stage.slack, 'Move vm1');
    expect(message.channel).toBe('C-MIGRATIONS');
    expect(JSON.stringify(message.blocks)).toContain('not in this channel');
  });

  it('whose message somebody deleted is posted anew once, and not for ever', async () => {
    await using stage = await openStage();
    await stage.begin(1);
    const remove = async (ts: string) => {
      const { apiUrl, botToken } = stage.slack.addresses;
      const body = new URLSearchParams({ channel: 'C-MIGRATIONS', ts });
      const headers = { authorization: `Bearer ${botToken}` };
      const response = await fetch(`${apiUrl}chat.delete`, { method: 'POST', headers, body });
      expect(await response.json()).toMatchObject({ ok: true });
    };
    const [first] = await stage.own(1);
    await remove(first?.ts ?? '');
    stage.operations.change('m1', progress(10));
    const second = await shownBy(stage.slack, '10 %');
    expect(second.ts).not.toBe(first?.ts);
    await remove(second.ts);
    const looksBefore = (await stage.slack.calls()).byMethod['chat.update'] ?? 0;
    stage.operations.change('m1', progress(20));
    await until(
      async () => ((await stage.slack.calls()).byMethod['chat.update'] ?? 0) > looksBefore,
    );
    await stage.restart();
    stage.raise(1);
    // The alert still comes, without the thread; the message does not.
    expect(await shownBy(stage.slack, 'Alert')).not.toHaveProperty('threadTs', expect.any(String));
    expect(await stage.own(1)).toHaveLength(1);
  });
});

describe('a command', () => {
  it('in a channel without the bot is answered with how to invite it', async () => {
    await using stage = await openStage();
    const { slack } = stage;
    await slack.say(OPERATOR, '/migrate dc02 to hv-b', { channel: 'C-PRIVATE' });
    const { text } = await toldTo(slack, OPERATOR, 'invite the bot here with /invite');
    expect(text).toContain('<#C-MIGRATIONS>');
    expect(await shownBy(slack, 'Move dc02')).toMatchObject({ channel: 'C-MIGRATIONS' });
  });

  it('counts once, however often and late Slack delivers it', async () => {
    await using stage = await openStage();
    const { slack, operations } = stage;
    await slack.weather({ envelopesRepeated: true, envelopesLateMs: 200 });
    await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    await shownBy(slack, 'Move dc02');
    await slack.say(OPERATOR, '/migrate dc03 to hv-b');
    await shownBy(slack, 'Move dc03');
    const asked = operations.asked.filter((one) => one.startsWith('propose'));
    expect(asked).toHaveLength(2);
  });

  it('whose answer cannot be delivered by its response_url is answered all the same', async () => {
    await using stage = await openStage();
    await stage.slack.fail('response_url', 'http-500', { times: 5 });
    await stage.slack.say(OPERATOR, '/migrate help');
    await toldTo(stage.slack, OPERATOR, '/migrate');
    expect(stage.logged.join()).toContain('slack-answer-undelivered');
  });
});

describe('the connections', () => {
  it('come back after each kind of end, without an unhandled rejection', async () => {
    await using stage = await openStage();
    const { slack } = stage;
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    try {
      await slack.fail('apps.connections.open', 'http-500', { times: 3 });
      await slack.cutConnections();
      await until(async () => (await slack.connections()) === 2);
      for (const reason of ['warning', 'refresh_requested'] as const) {
        await slack.disconnect(reason);
        await until(async () => (await slack.connections()) === 2);
      }
    } finally {
      process.off('unhandledRejection', note);
    }
    expect((await slack.say(OPERATOR, '/migrate status')).outcome).toBe('acknowledged');
    expect(rejections).toEqual([]);
  });

  it('do not hold a bot that stops while it connects again', async () => {
    await using stage = await openStage();
    const { slack } = stage;
    await slack.weather({ webApi: 'down' });
    await slack.cutConnections();
    await until(() => stage.logged.some((one) => one.includes('slack-connection-failed')));
    await stage.bot().stop();
    expect(stage.bot().connections()).toEqual({ open: 0, wanted: 2 });
  });
});
