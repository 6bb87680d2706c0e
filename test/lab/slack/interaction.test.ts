import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { App as BoltApp } from '@slack/bolt';
import { type SlackStandIn, startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { until } from '../../until.ts';
import { type Bot, buttonBlock, startBot } from './bolt-bot.ts';

type Respond = Parameters<Parameters<BoltApp['command']>[1]>[0]['respond'];

let standIn: SlackStandIn;
let bot: Bot;
let respond: Respond;
let clicks: object[];

beforeEach(async () => {
  standIn = await startSlackStandIn();
  clicks = [];
  bot = await startBot(standIn.addresses, (app) => {
    app.command('/keep', async (args) => {
      respond = args.respond;
      await args.ack();
    });
    app.command('/modal', async ({ ack, command, client }) => {
      await ack();
      const title = { type: 'plain_text' as const, text: 'Migrate' };
      const view = { type: 'modal' as const, title, blocks: [] };
      await client.views.open({ trigger_id: command.trigger_id, view });
      const again = client.views.open({ trigger_id: command.trigger_id, view });
      await again.catch(async ({ message: text }: Error) =>
        client.chat.postMessage({ channel: 'C-MIGRATIONS', text }),
      );
    });
    app.action(/.*/, async (args) => {
      clicks.push(args.body);
      respond = args.respond;
      await args.ack();
    });
  });
});

afterEach(async () => {
  await bot.stop();
  await standIn.stop();
});

async function messageWithButton(): Promise<string> {
  const blocks = [buttonBlock('approve', 'Approve', 'v')];
  const { client } = bot.app;
  const posted = await client.chat.postMessage({ channel: 'C-MIGRATIONS', text: 'plan', blocks });
  return posted.ts ?? '';
}

const shown = async () => (await standIn.messages()).map(({ text }) => text);
const toOlga = async () => (await standIn.ephemerals('U-OPERATOR')).map(({ text }) => text);

describe('a response_url', () => {
  it('answers a command to one person, or in the channel when asked', async () => {
    await standIn.say('olga', '/keep');
    await respond('to you');
    await respond({ response_type: 'in_channel', text: 'to all' });
    expect(await toOlga()).toEqual(['to you']);
    expect(await shown()).toEqual(['to all']);
  });

  it('replaces and deletes the message that was clicked', async () => {
    const ts = await messageWithButton();
    await standIn.click('olga', ts, 'approve');
    await respond({ replace_original: true, text: 'approved' });
    expect(await standIn.messages()).toMatchObject([{ ts, text: 'approved', blocks: [] }]);
    await respond({ delete_original: true });
    expect(await shown()).toEqual([]);
  });

  it('edits an ephemeral message, which nothing else can', async () => {
    await standIn.say('olga', '/keep');
    await respond({ text: 'sure?', blocks: [buttonBlock('yes', 'Yes', 'v')] });
    const [asked] = await standIn.ephemerals('U-OPERATOR');
    await standIn.click('olga', asked?.ts ?? '', 'yes');
    await respond({ replace_original: true, text: 'done' });
    expect(await toOlga()).toEqual(['done']);
    expect(clicks).toMatchObject([{ container: { is_ephemeral: true, message_ts: asked?.ts } }]);
    expect(clicks[0]).not.toHaveProperty('message');
  });

  it('refuses a sixth answer and bad blocks by its status', async () => {
    await standIn.say('olga', '/keep');
    const bad = { blocks: [{ type: 'progress' }] } as unknown as { text: string };
    await expect(respond(bad)).rejects.toThrow('400');
    for (const use of [2, 3, 4, 5]) await respond(`use ${use}`);
    await expect(respond('use 6')).rejects.toThrow('404');
    expect(await toOlga()).toEqual(['use 2', 'use 3', 'use 4', 'use 5']);
  });

  it('can be made to fail like a method', async () => {
    await standIn.say('olga', '/keep');
    await standIn.fail('response_url', 'http-500');
    await expect(respond('lost')).rejects.toThrow('500');
    expect(await toOlga()).toEqual([]);
    expect((await standIn.calls()).byMethod.response_url).toBe(1);
  });
});

describe('a click', () => {
  it('in a thread carries the thread', async () => {
    const ts = await messageWithButton();
    const blocks = [buttonBlock('retry', 'Retry', 'v')];
    const { client } = bot.app;
    const alert = { channel: 'C-MIGRATIONS', text: 'alert', blocks, thread_ts: ts };
    const posted = await client.chat.postMessage(alert);
    await standIn.click('olga', posted.ts ?? '', 'retry');
    expect(clicks).toMatchObject([
      { container: { thread_ts: ts }, message: { thread_ts: ts, ts: posted.ts } },
    ]);
  });

  it('needs a button that the person sees', async () => {
    const ts = await messageWithButton();
    await expect(standIn.click('olga', ts, 'aprove')).rejects.toMatchObject({
      code: 'slack-no-such-button',
      facts: { messageTs: ts, actionId: 'aprove', actionIds: ['approve'] },
    });
    const { client } = bot.app;
    const blocks = [buttonBlock('yes', 'Yes', 'v')];
    const to = { channel: 'C-MIGRATIONS', user: 'U-OPERATOR', text: 'sure?', blocks };
    const { message_ts: secret = '' } = await client.chat.postEphemeral(to);
    await expect(standIn.click('zoe', secret, 'yes')).rejects.toMatchObject({
      code: 'slack-no-such-button',
    });
    await client.chat.delete({ channel: 'C-MIGRATIONS', ts });
    await expect(standIn.click('olga', ts, 'approve')).rejects.toMatchObject({
      code: 'slack-no-such-button',
    });
    expect(clicks).toEqual([]);
  });

  it('needs a person of the workspace', async () => {
    await expect(standIn.click('eve', '1.0', 'approve')).rejects.toMatchObject({
      code: 'slack-unknown-person',
      facts: { person: 'eve', known: ['U-OPERATOR', 'U-APPROVER', 'U-STRANGER', 'U-ITALIAN'] },
    });
  });

  it('that no bot hears is told to the person', async () => {
    const ts = await messageWithButton();
    await bot.stop();
    await until(async () => (await standIn.connections()) === 0);
    const { outcome } = await standIn.click('olga', ts, 'approve');
    expect(outcome).toBe('dispatch_failed');
    expect(await toOlga()).toEqual(['"Approve" failed with the error "dispatch_failed"']);
  });
});

describe('a modal', () => {
  it('opens once by the trigger of a command', async () => {
    await standIn.say('olga', '/modal');
    await standIn.waitFor(({ messages }) => messages.length === 1);
    expect(await shown()).toEqual(['An API error occurred: exchanged_trigger_id']);
  });
});
