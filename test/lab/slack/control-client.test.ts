import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SlackControl } from '../../../src/lab/slack/control.ts';
import { controlClient } from '../../../src/lab/slack/control-client.ts';
import { type SlackStandIn, startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { type Bot, buttonBlock, startBot, webClientOf } from './bolt-bot.ts';
import { catalogueOfLab } from './lab-words.ts';

let standIn: SlackStandIn;
let control: SlackControl;
let bot: Bot | undefined;

beforeEach(async () => {
  standIn = await startSlackStandIn();
  control = controlClient(standIn.addresses);
});

afterEach(async () => {
  await bot?.stop();
  bot = undefined;
  await standIn.stop();
});

describe('the control client', () => {
  it('does from another process what the stand-in does in its own', async () => {
    bot = await startBot(standIn.addresses, (app) => {
      app.command(/.*/, async ({ ack, command, client }) => {
        await ack({ text: 'on it' });
        const blocks = [buttonBlock('approve', 'Approve', 'v')];
        await client.chat.postMessage({ channel: command.channel_id, text: 'plan', blocks });
      });
      app.action(/.*/, async ({ ack, respond }) => {
        await ack();
        await respond({ replace_original: true, text: 'approved' });
      });
    });
    expect(await control.connections()).toBe(1);
    expect((await control.say('olga', '/migrate dc02 to hv-b')).outcome).toBe('acknowledged');
    const plan = await control.waitFor(({ messages }) => messages[0]);
    expect((await control.click('aldo', plan.ts, 'approve')).outcome).toBe('acknowledged');
    await control.waitFor(({ messages }) => messages[0]?.text === 'approved');
    expect(await control.messages()).toEqual(await standIn.messages());
    expect(await control.ephemerals('U-OPERATOR')).toMatchObject([{ text: 'on it' }]);
    expect(await control.calls()).toEqual(await standIn.calls());
  });

  it('hears of changes at once, deletions too', async () => {
    const { version } = await control.changes(0);
    const next = control.changes(version, 20_000);
    const client = webClientOf(standIn.addresses);
    const { ts = '' } = await client.chat.postMessage({ channel: 'C-MIGRATIONS', text: 'x' });
    expect((await next).messages).toMatchObject([{ ts, isDeleted: false }]);
    const gone = control.waitFor(({ messages }) => messages.length === 0);
    await client.chat.delete({ channel: 'C-MIGRATIONS', ts });
    expect(await gone).toBe(true);
  });

  it('injects faults and disconnects', async () => {
    await control.fail('auth.test', 'http-500');
    const { apiUrl } = standIn.addresses;
    const response = await fetch(`${apiUrl}auth.test`, { method: 'POST' });
    expect(response.status).toBe(500);
    bot = await startBot(standIn.addresses, () => undefined);
    await control.disconnect('refresh_requested');
    expect(await control.connections()).toBe(0);
  });

  it('says what it waited for in vain, and what was there instead', async () => {
    await control.say('olga', 'hello');
    for (const side of [control, standIn]) {
      const wait = side.waitFor(() => false, { what: 'the plan', timeoutMs: 20 });
      await expect(wait).rejects.toMatchObject({
        code: 'slack-wait-timeout',
        facts: { what: 'the plan', waitSeconds: 0.02, lastMessages: ['hello'] },
      });
    }
  });

  it('stops waiting when it is told to', async () => {
    for (const side of [control, standIn]) {
      const abort = new AbortController();
      const wait = side.waitFor(() => false, { signal: abort.signal });
      abort.abort(new Error('enough'));
      await expect(wait).rejects.toThrow('enough');
    }
  });

  it('does not wait for a stand-in that was stopped', async () => {
    const { version } = await standIn.changes(0);
    const waiting = standIn.waitFor(() => false);
    const answered = expect(waiting).rejects.toMatchObject({ code: 'slack-stand-in-unreachable' });
    await standIn.stop();
    await answered;
    await expect(standIn.changes(version, 20_000)).rejects.toMatchObject({
      code: 'slack-stand-in-unreachable',
    });
  });

  it('passes on the problems of the stand-in', async () => {
    await expect(control.say('eve', 'hello')).rejects.toMatchObject({
      code: 'slack-unknown-person',
      facts: { person: 'eve' },
    });
  });

  it('names a wrong token, a refused request and an absent stand-in', async () => {
    const { controlUrl } = standIn.addresses;
    const stranger = controlClient({ controlUrl, controlToken: 'wrong' });
    await expect(stranger.messages()).rejects.toMatchObject({ code: 'slack-control-token' });
    await expect(control.fail('auth.test', 'http-500', { times: 0 })).rejects.toMatchObject({
      code: 'slack-control-refused',
    });
    const lost = controlClient({ controlUrl: `${controlUrl}lab/`, controlToken: 'x' });
    await expect(lost.messages()).rejects.toMatchObject({ code: 'slack-control-refused' });
    const nobody = controlClient({ controlUrl: 'http://127.0.0.1:1/lab/', controlToken: 'x' });
    await expect(nobody.messages()).rejects.toMatchObject({ code: 'slack-stand-in-unreachable' });
  });
});

describe('the words', () => {
  it('say for each problem what to do, with its facts', () => {
    for (const [code, { text, remedy }] of catalogueOfLab()) {
      expect([code, text, remedy].join(' ')).not.toMatch(/undefined|\[object/);
      expect(text).toMatch(/\.$/);
      expect(remedy).toMatch(/\.$/);
    }
  });
});
