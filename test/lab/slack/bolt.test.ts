import { describe, expect, it } from '@jest/globals';
import { type SlackStandIn, startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { closeAfterTest } from '../../close-after-test.ts';
import { until } from '../../until.ts';
import { type App, type Bot, type BotOptions, buttonBlock, startBot } from './bolt-bot.ts';

async function slack(ackWithinMs?: number): Promise<SlackStandIn> {
  const standIn = await startSlackStandIn(ackWithinMs === undefined ? {} : { ackWithinMs });
  closeAfterTest(() => standIn.stop());
  return standIn;
}

async function bot(
  standIn: SlackStandIn,
  listen: (app: App) => void,
  options?: BotOptions,
): Promise<Bot> {
  const started = await startBot(standIn.addresses, listen, options);
  closeAfterTest(() => started.stop());
  return started;
}

function planner(app: App): void {
  app.command(/.*/, async ({ ack, command, client }) => {
    await ack('Looking at both hosts');
    const text = `Plan: ${command.text}`;
    const blocks = [
      { type: 'section' as const, text: { type: 'mrkdwn' as const, text } },
      buttonBlock('approve', 'Approve', 'plan-hash'),
    ];
    await client.chat.postMessage({ channel: command.channel_id, text, blocks });
  });
  app.action(/.*/, async ({ ack, body, client, respond }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.channel || !body.message) throw new Error('odd');
    const [action] = body.actions;
    const value = action?.type === 'button' ? action.value : undefined;
    const text = `Approved by <@${body.user.id}> for ${value}`;
    await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text });
    await respond({ text: 'Noted' });
  });
}

describe('the Slack stand-in with Bolt', () => {
  it('carries a command to its plan, a click to its update, and answers one person alone', async () => {
    const standIn = await slack();
    await bot(standIn, planner);
    const said = await standIn.say('U-OPERATOR', '/migrate dc02 to hv-b');
    expect(said.outcome).toBe('acknowledged');
    const plan = await standIn.waitFor(({ messages }) => messages[0]);
    expect(plan).toMatchObject({ author: 'U-FERRY', text: 'Plan: dc02 to hv-b', edits: 0 });
    const clicked = await standIn.click('U-APPROVER', plan.ts, 'approve');
    expect(clicked.outcome).toBe('acknowledged');
    await standIn.waitFor(({ ephemerals }) => ephemerals.length === 2);
    const text = 'Approved by <@U-APPROVER> for plan-hash';
    expect(await standIn.messages()).toMatchObject([{ ts: plan.ts, text, blocks: [], edits: 1 }]);
    const toOperator = await standIn.ephemerals('U-OPERATOR');
    expect(toOperator.map((one) => one.text)).toEqual(['Looking at both hosts']);
    expect((await standIn.ephemerals('U-APPROVER')).map((one) => one.text)).toEqual(['Noted']);
    const { byMethod } = await standIn.calls();
    expect(byMethod).toEqual({
      'apps.connections.open': 1,
      'auth.test': 1,
      'chat.postMessage': 1,
      'chat.update': 1,
      response_url: 1,
    });
  });

  it('sends a mention as an event, and the answer goes into the thread', async () => {
    const standIn = await slack();
    await bot(standIn, (app) => {
      app.event('app_mention', async ({ event, say }) => {
        await say({ text: `You said ${event.text}`, thread_ts: event.thread_ts ?? event.ts });
      });
    });
    await standIn.say('zoe', 'nothing for the bot');
    const asked = await standIn.say('zoe', '@ferry status of <dc02>');
    expect(asked.outcome).toBe('acknowledged');
    const reply = await standIn.waitFor(({ messages }) => messages[2]);
    expect(reply).toMatchObject({
      text: 'You said <@U-FERRY> status of &lt;dc02&gt;',
      threadTs: asked.ts,
    });
    const again = await standIn.say('zoe', 'and now, @ferry?', { threadTs: asked.ts });
    const second = await standIn.waitFor(({ messages }) => messages[4]);
    expect(second.threadTs).toBe(asked.ts);
    expect(again.outcome).toBe('acknowledged');
  });

  it('refuses a wrong bot token at init and a wrong app token at start', async () => {
    const standIn = await slack();
    const { addresses } = standIn;
    const noBot = { ...addresses, botToken: 'xoxb-wrong' };
    await expect(startBot(noBot, () => undefined)).rejects.toMatchObject({
      data: { error: 'invalid_auth' },
    });
    const noApp = { ...addresses, appToken: 'xapp-wrong' };
    await expect(startBot(noApp, () => undefined)).rejects.toMatchObject({
      data: { error: 'invalid_auth' },
    });
    const swapped = { ...addresses, botToken: addresses.appToken };
    await expect(startBot(swapped, () => undefined)).rejects.toMatchObject({
      data: { error: 'not_allowed_token_type' },
    });
  });

  it('tells the person operation_timeout when an ack comes late, and ignores it then', async () => {
    const standIn = await slack(50);
    const gate = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();
    await bot(standIn, (app) => {
      app.command(/.*/, async ({ ack }) => {
        await gate.promise;
        await ack('too late');
        late.resolve();
      });
      app.event('app_mention', async ({ say }) => {
        await say('after the late ack');
      });
    });
    const { outcome } = await standIn.say('olga', '/migrate dc02 to hv-b');
    expect(outcome).toBe('operation_timeout');
    gate.resolve();
    await late.promise;
    // The answer to the mention follows the late ack on the same connection.
    await standIn.say('olga', '@ferry hello');
    await standIn.waitFor(({ messages }) => messages.length === 2);
    const seen = await standIn.ephemerals('U-OPERATOR');
    expect(seen.map(({ text }) => text)).toEqual([
      '/migrate failed with the error "operation_timeout"',
    ]);
  });

  it('tells the person dispatch_failed when no bot is connected', async () => {
    const standIn = await slack();
    const { outcome } = await standIn.say('olga', '/migrate dc02 to hv-b');
    expect(outcome).toBe('dispatch_failed');
    const seen = await standIn.ephemerals('U-OPERATOR');
    expect(seen.map(({ text }) => text)).toEqual([
      '/migrate failed with the error "dispatch_failed"',
    ]);
  });

  it('refuses a slash command in a thread, as Slack does', async () => {
    const standIn = await slack();
    await bot(standIn, planner);
    const { ts } = await standIn.say('olga', 'a message');
    const { outcome } = await standIn.say('olga', '/migrate status', { threadTs: ts });
    expect(outcome).toBe('not_sent');
    const [told] = await standIn.ephemerals('U-OPERATOR');
    expect(told).toMatchObject({ text: '/migrate is not supported in threads. Sorry!' });
  });

  it('shows the error when the text of an ack is refused', async () => {
    const standIn = await slack();
    await bot(standIn, (app) => {
      app.command(/.*/, async ({ ack }) => {
        const text = { type: 'mrkdwn' as const, text: 'x'.repeat(3_001) };
        await ack({ blocks: [{ type: 'section', text }] });
      });
    });
    await standIn.say('olga', '/migrate help');
    const [told] = await standIn.ephemerals('U-OPERATOR');
    expect(told?.text).toBe('/migrate failed with the error "invalid_blocks"');
  });

  it('is served by the other receiver while one leaves, and gets it back', async () => {
    const standIn = await slack();
    await bot(standIn, planner, { receivers: 2, clientPingTimeout: 1_000 });
    await standIn.disconnect('refresh_requested');
    expect(await standIn.connections()).toBe(1);
    const { outcome } = await standIn.say('olga', '/migrate dc02 to hv-b');
    expect(outcome).toBe('acknowledged');
    await until(async () => (await standIn.connections()) === 2);
    const after = await Promise.all([standIn.say('olga', '/a'), standIn.say('olga', '/b')]);
    expect(after.map((one) => one.outcome)).toEqual(['acknowledged', 'acknowledged']);
  });

  it('is found again by a bot whose connections were cut', async () => {
    const standIn = await slack();
    await bot(standIn, planner, { clientPingTimeout: 500 });
    await standIn.cutConnections();
    expect((await standIn.say('olga', '/migrate a')).outcome).toBe('dispatch_failed');
    await until(async () => (await standIn.connections()) === 1);
    expect((await standIn.say('olga', '/migrate b')).outcome).toBe('acknowledged');
  });
});

describe('the shapes that Bolt gets', () => {
  it('are Slack’s for commands, clicks and mentions', async () => {
    const standIn = await slack();
    const bodies: unknown[] = [];
    await bot(standIn, (app) => {
      app.use(async ({ body, next }) => {
        bodies.push(body);
        await next();
      });
      planner(app);
      app.event('app_mention', async () => undefined);
    });
    await standIn.say('olga', '/migrate dc02 to hv-b for @aldo in #migrations <!channel>');
    const plan = await standIn.waitFor(({ messages }) => messages[0]);
    await standIn.click('U-APPROVER', plan.ts, 'approve');
    await standIn.say('olga', '@ferry help');
    await standIn.waitFor(() => bodies.length === 3, { timeoutMs: 5_000 });
    expect(bodies[0]).toMatchObject({
      command: '/migrate',
      text: 'dc02 to hv-b for <@U-APPROVER|aldo> in <#C-MIGRATIONS|migrations> &lt;!channel&gt;',
      user_id: 'U-OPERATOR',
      user_name: 'olga',
      team_id: 'T-LAB',
      channel_id: 'C-MIGRATIONS',
      is_enterprise_install: 'false',
      trigger_id: expect.any(String),
      response_url: expect.stringContaining('/response/'),
    });
    expect(bodies[0]).not.toHaveProperty('thread_ts');
    expect(bodies[1]).toMatchObject({
      type: 'block_actions',
      user: { id: 'U-APPROVER', team_id: 'T-LAB' },
      container: { type: 'message', message_ts: plan.ts, is_ephemeral: false },
      message: { ts: plan.ts, bot_id: 'B-FERRY', text: plan.text },
      actions: [{ action_id: 'approve', block_id: 'b1', type: 'button', value: 'plan-hash' }],
    });
    expect(bodies[2]).toMatchObject({
      type: 'event_callback',
      event: { type: 'app_mention', user: 'U-OPERATOR', text: '<@U-FERRY> help' },
      authorizations: [{ user_id: 'U-FERRY', is_bot: true }],
    });
  });
});
