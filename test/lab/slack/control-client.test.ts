import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SlackControl } from '../../../src/lab/slack/control.ts';
import { controlClient } from '../../../src/lab/slack/control-client.ts';
import { type SlackStandIn, startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { FAIR } from '../../../src/lab/slack/weather.ts';
import { until } from '../../until.ts';
import { type App, type Bot, buttonBlock, startBot, webClientOf } from './bolt-bot.ts';
import { catalogueOfLab } from './lab-words.ts';
import { moveView, option, startModalBot } from './modal-bot.ts';

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

  it('fills in and submits a modal, and hears that it changed', async () => {
    const app = await startModalBot(standIn);
    bot = app.bot;
    app.offer = { options: [option('dc02')] };
    const { version } = await control.changes(0);
    const opening = control.changes(version, 20_000);
    await control.say('livia', '/move');
    await opening;
    await until(async () => (await control.views('livia')).length === 1);
    expect((await control.changes(version)).viewsChanged).toEqual(['U-ITALIAN']);
    const [opened] = await control.views('livia');
    const viewId = opened?.viewId ?? '';
    const vm = { viewId, blockId: 'vm', actionId: 'pick' };
    const offered = await control.options('livia', { ...vm, typed: 'dc02' });
    expect(offered.options).toEqual([{ text: 'DC02', value: 'dc02' }]);
    const seen = await control.changes(0);
    expect(await control.choose('livia', { ...vm, value: 'dc02' })).toEqual({
      outcome: 'not_sent',
    });
    expect((await control.changes(seen.version, 20_000)).viewsChanged).toEqual(['U-ITALIAN']);
    expect(await control.views('livia')).toEqual(await standIn.views('livia'));
    expect(await control.views('olga')).toEqual([]);
    app.response = { response_action: 'errors', errors: { vm: 'No' } };
    expect(await control.submit('livia', viewId, { note: { type: 'now' } })).toEqual({
      outcome: 'acknowledged',
      errors: { vm: 'No' },
    });
    expect(await control.dismiss('livia', viewId)).toEqual({ outcome: 'not_sent' });
    await expect(control.submit('livia', viewId)).rejects.toMatchObject({
      code: 'slack-no-such-view',
      facts: { person: 'livia', viewId, open: [] },
    });
  });

  it('looks at the Home tab, once there is one', async () => {
    const app = await startModalBot(standIn);
    bot = app.bot;
    expect(await control.home('olga')).toBe(null);
    expect(await control.openHome('olga')).toEqual({ outcome: 'acknowledged' });
    const [, hosts] = moveView({}).blocks;
    const view = { type: 'home' as const, blocks: [hosts as { type: 'divider' }] };
    await app.client.views.publish({ user_id: 'U-OPERATOR', view });
    const home = await control.home('olga');
    expect(home?.view).toMatchObject({ type: 'home', blocks: [{ block_id: 'host' }] });
    const { outcome } = await control.click('olga', home?.viewId ?? '', 'more');
    expect(outcome).toBe('acknowledged');
    expect(app.heard).toMatchObject([{ view: { id: home?.viewId, type: 'home' } }]);
  });

  it('changes the weather, asks for it, and cuts connections', async () => {
    const listen = (app: App) => app.command(/.*/, async ({ ack }) => ack());
    bot = await startBot(standIn.addresses, listen, { clientPingTimeout: 500 });
    expect(await control.weather({})).toEqual(FAIR);
    const change = { envelopesLateMs: 100, notInChannels: ['C-OFFICE'] };
    expect(await control.weather(change)).toEqual({ ...FAIR, ...change });
    expect(await standIn.weather(FAIR)).toEqual(FAIR);
    const tooLate = control.weather({ envelopesLateMs: 60_001 });
    await expect(tooLate).rejects.toMatchObject({ code: 'slack-control-refused' });
    await control.cutConnections();
    expect(await control.connections()).toBe(0);
    await until(async () => (await control.connections()) === 1);
    // Only a bot that is connected again may be stopped: see `startBot`.
    expect((await control.say('olga', '/migrate')).outcome).toBe('acknowledged');
  });

  it('presses exactly the button that is meant', async () => {
    const app = await startModalBot(standIn);
    bot = app.bot;
    const blocks = ['a', 'b'].map((name) => ({ ...buttonBlock('go', 'Go', name), block_id: name }));
    const posted = await app.client.chat.postMessage({ channel: 'C-OFFICE', text: 'x', blocks });
    const at = { messageTs: posted.ts ?? '', actionId: 'go' };
    await control.choose('olga', { ...at, blockId: 'b' });
    expect(app.heard).toMatchObject([
      { channel: { id: 'C-OFFICE', name: 'office' }, actions: [{ block_id: 'b', value: 'b' }] },
    ]);
    await expect(control.choose('olga', { ...at, blockId: 'c' })).rejects.toMatchObject({
      code: 'slack-no-such-field',
      facts: { place: posted.ts, field: 'c/go', fields: ['a/go', 'b/go'] },
    });
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
