/** Slack's rules of tokens, scopes, channels and rates, each broken by real HTTP. */

import { describe, expect, it } from '@jest/globals';
import webApi from '@slack/web-api';
import { until } from '../../until.ts';
import { webClientOf } from './bolt-bot.ts';
import { answer, CHANNEL, list, type RuleSlack, refused, responseUrlOf } from './rule-slack.ts';
import { MINUTE_MS, shown, slack, startAnew } from './slack-of-test.ts';

describe('access', () => {
  it('token-kinds: no token, a wrong one, and the one of the other kind', async () => {
    const { appToken, botToken } = slack.standIn.addresses;
    const ask = (method: string, token: string) => slack.call(method, {}, token);
    expect(await ask('auth.test', '')).toMatchObject(refused('not_authed'));
    expect(await ask('auth.test', 'xoxb-wrong')).toMatchObject(refused('invalid_auth'));
    const otherKind = refused('not_allowed_token_type');
    expect(await ask('auth.test', appToken)).toMatchObject(otherKind);
    expect(await ask('apps.connections.open', botToken)).toMatchObject(otherKind);
  });

  it('scope-missing: posting without chat:write, users without users:read', async () => {
    await slack.standIn.weather({ missingScopes: ['chat:write', 'users:read'] });
    const posted = await slack.post({ text: 'x' });
    expect(posted).toMatchObject({ ...refused('missing_scope'), needed: 'chat:write' });
    expect(String(posted.provided).split(',')).toContain('usergroups:read');
    const user = { user: 'U-OPERATOR' };
    expect(await slack.call('users.info', user)).toMatchObject(refused('missing_scope'));
    await slack.standIn.weather({ missingScopes: [] });
    expect(await slack.post({ text: 'y' })).toMatchObject({ ok: true });
    expect(await shown()).toEqual(['y']);
  });

  it('scopes-shown: what the app was installed with, and no more', async () => {
    await startAnew({ scopes: ['commands', 'chat:write'] });
    const { response_metadata } = await webClientOf(slack.standIn.addresses).auth.test();
    expect(response_metadata?.scopes).toEqual(['commands', 'chat:write']);
    const group = { usergroup: 'S-APPROVERS' };
    expect(await slack.call('usergroups.users.list', group)).toMatchObject({
      error: 'missing_scope',
      needed: 'usergroups:read',
      provided: 'commands,chat:write',
    });
  });

  it('scope-commands: a command and a mention that the app may not hear', async () => {
    const { frames } = await slack.connect();
    await slack.standIn.weather({ missingScopes: ['commands', 'app_mentions:read'] });
    const said = await slack.standIn.say('olga', '/migrate status');
    const mentioned = await slack.standIn.say('olga', '@ferry status');
    expect([said.outcome, mentioned.outcome]).toEqual(['not_sent', 'not_sent']);
    expect(frames).toMatchObject([{ type: 'hello' }]);
    const told = await slack.standIn.ephemerals('U-OPERATOR');
    expect(told).toMatchObject([{ text: '/migrate is not a valid command.' }]);
  });

  it('not-in-channel: every write to a channel that somebody removed the app from', async () => {
    const { ts } = await slack.post({ text: 'before' });
    await slack.standIn.weather({ notInChannels: [CHANNEL] });
    const args = { channel: CHANNEL, user: 'U-OPERATOR', ts, text: 'x' };
    for (const method of ['chat.postMessage', 'chat.postEphemeral', 'chat.update']) {
      expect(await slack.call(method, args)).toMatchObject(refused('not_in_channel'));
    }
    expect((await slack.standIn.say('olga', '@ferry status')).outcome).toBe('not_sent');
    expect(await answer(await responseUrlOf(slack), { text: 'invite me' })).toEqual([
      200,
      undefined,
    ]);
    await slack.standIn.say('olga', '/invite @ferry');
    expect(await slack.post({ text: 'back' })).toMatchObject({ ok: true });
  });

  it('channel-not-found: a made-up channel, and a private one without the app', async () => {
    for (const channel of ['C-NOWHERE', 'C-PRIVATE', '#private', '']) {
      const reply = await slack.post({ channel, text: 'x' });
      expect(reply).toMatchObject(refused('channel_not_found'));
    }
    for (const channel of ['C-OFFICE', '#office', 'office']) {
      expect(await slack.post({ channel, text: 'x' })).toMatchObject({ channel: 'C-OFFICE' });
    }
    const connection = await slack.connect();
    const said = slack.standIn.say('olga', '/migrate', { channel: 'C-PRIVATE' });
    const frame = await connection.take();
    connection.acknowledge(frame, { text: 'here' });
    expect((await said).outcome).toBe('acknowledged');
    expect(frame.payload).toMatchObject({ channel_id: 'C-PRIVATE', channel_name: 'private' });
    const answers = await slack.standIn.ephemerals('U-OPERATOR');
    expect(answers).toMatchObject([{ text: 'here', channel: 'C-PRIVATE' }]);
  });

  it('conversations-info: a member, a channel that it left, a private one', async () => {
    const ask = (channel: string) => slack.call('conversations.info', { channel });
    expect(await ask(CHANNEL)).toMatchObject({ channel: { id: CHANNEL, is_member: true } });
    await slack.standIn.weather({ notInChannels: [CHANNEL] });
    expect(await ask(CHANNEL)).toMatchObject({ channel: { name: 'migrations', is_member: false } });
    expect(await ask('C-PRIVATE')).toMatchObject(refused('channel_not_found'));
  });

  it('usergroup-unknown: a made-up group', async () => {
    const ask = (usergroup: string) => slack.call('usergroups.users.list', { usergroup });
    expect(await ask('S-OPERATORS')).toMatchObject({ users: ['U-OPERATOR', 'U-ITALIAN'] });
    expect(await ask('S-NOBODY')).toMatchObject(refused('no_such_subteam'));
  });

  it('users-info-locale: a question that does not ask for it', async () => {
    const ask = (more: object) => slack.call('users.info', { user: 'U-ITALIAN', ...more });
    expect((await ask({})).user).not.toHaveProperty('locale');
    expect((await ask({ include_locale: true })).user).toMatchObject({ locale: 'it-IT' });
  });
});

describe('rates', () => {
  const errorsOf = async (count: number, call: () => ReturnType<RuleSlack['call']>) => {
    const replies = [];
    for (const _ of list(count, String)) replies.push((await call()).error ?? 'ok');
    return replies;
  };

  it('rate-posting: more than one message a second in a channel, and not in the other', async () => {
    await slack.standIn.weather({ rateLimits: 'strict' });
    const post = (channel: string) => slack.post({ channel, text: 'x' });
    expect(await errorsOf(2, () => post(CHANNEL))).toEqual(['ok', 'ratelimited']);
    expect(await errorsOf(2, () => post('C-OFFICE'))).toEqual(['ok', 'ratelimited']);
    slack.clock.nowMs += 1_000;
    expect(await errorsOf(2, () => post(CHANNEL))).toEqual(['ok', 'ratelimited']);
    expect(await shown()).toHaveLength(3);
    await slack.standIn.weather({ rateLimits: 'slack' });
    const burst = await errorsOf(6, () => post(CHANNEL));
    expect(burst).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ratelimited']);
  });

  it('rate-tiers: the 51st edit of a minute, and the 101st question for a user', async () => {
    await slack.standIn.weather({ rateLimits: 'slack' });
    const { ts } = await slack.post({ text: '0 %' });
    const edit = () => slack.call('chat.update', { channel: CHANNEL, ts, text: 'x' });
    const ask = () => slack.call('users.info', { user: 'U-OPERATOR' });
    for (const [most, call] of [
      [50, edit],
      [100, ask],
    ] as const) {
      const replies = await Promise.all(list(most + 1, call));
      expect(replies.filter(({ error }) => error === 'ratelimited')).toHaveLength(1);
    }
    slack.clock.nowMs += MINUTE_MS;
    expect(await edit()).toMatchObject({ ok: true });
  });

  it('rate-retry-after: says when to come again, and Slack’s client does', async () => {
    await slack.standIn.weather({ rateLimits: 'strict' });
    const { ts = '' } = await slack.post({ text: '0 %' });
    const edit = () => slack.call('chat.update', { channel: CHANNEL, ts, text: 'x' });
    expect(await errorsOf(6, edit)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ratelimited']);
    // Tier 3 gives one back each 1.2 s.
    expect(await edit()).toMatchObject({ status: 429, error: 'ratelimited', retryAfter: '2' });
    const client = webClientOf(slack.standIn.addresses);
    const limited = new Promise((resolve) => {
      client.once(webApi.WebClientEvent.RATE_LIMITED, resolve);
    });
    const update = { channel: CHANNEL, ts: String(ts), text: '50 %' };
    const edited = client.chat.update(update);
    expect(await limited).toBe(2);
    slack.clock.nowMs += 2_000;
    expect(await edited).toMatchObject({ ok: true });
  });

  it('web-api-down: cut connections, then HTTP 500, then all is well', async () => {
    const calls = ['auth.test', 'apps.connections.open', 'chat.postMessage'];
    await slack.standIn.weather({ webApi: 'down' });
    for (const method of calls) await expect(slack.call(method)).rejects.toThrow('fetch failed');
    await slack.standIn.weather({ webApi: 'http-500' });
    for (const method of calls) expect(await slack.call(method)).toMatchObject({ status: 500 });
    await slack.standIn.weather({ webApi: 'up' });
    expect(await slack.call('auth.test')).toMatchObject({ ok: true });
    expect((await slack.standIn.calls()).last.map(({ error }) => error)).toEqual([
      ...['down', 'down', 'down', 'http-500', 'http-500', 'http-500', undefined],
    ]);
  });

  it('stored-then-cut: a message whose answer is lost, posted again by Slack’s client', async () => {
    await slack.standIn.fail('chat.postMessage', 'stored-then-cut');
    const client = webClientOf(slack.standIn.addresses);
    expect(await client.chat.postMessage({ channel: CHANNEL, text: 'alert' })).toBeTruthy();
    await until(async () => (await shown()).length === 2);
    expect(await shown()).toEqual(['alert', 'alert']);
  });
});
