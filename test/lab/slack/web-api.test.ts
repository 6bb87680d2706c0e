import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { type SlackStandIn, startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { buttonBlock, webClientOf } from './bolt-bot.ts';

const CHANNEL = 'C-MIGRATIONS';

let standIn: SlackStandIn;
let client: WebClient;

beforeEach(async () => {
  standIn = await startSlackStandIn();
  client = webClientOf(standIn.addresses);
});

afterEach(async () => standIn.stop());

const post = (text: string, more: object = {}) =>
  client.chat.postMessage({ channel: CHANNEL, text, ...more });

const refused = (error: string) => ({ data: { ok: false, error } });

describe('messages', () => {
  it('get a ts of their own in the order of posting, whatever the clock says', async () => {
    const posted = await Promise.all(Array.from({ length: 20 }, (_, n) => post(`message ${n}`)));
    const shown = await standIn.messages();
    const all = shown.map(({ ts }) => ts);
    expect(new Set(posted.map(({ ts }) => ts)).size).toBe(20);
    expect(all).toEqual([...all].sort());
    for (const ts of all) expect(ts).toMatch(/^\d{10}\.\d{6}$/);
  });

  it('form threads: a reply to a reply joins the thread, a broadcast is in the channel too', async () => {
    const { ts } = await post('first');
    const reply = await post('reply', { thread_ts: ts });
    await post('reply to the reply', { thread_ts: reply.ts });
    await post('broadcast', { thread_ts: ts, reply_broadcast: true });
    expect((await standIn.messages()).map(({ threadTs }) => threadTs)).toEqual([
      undefined,
      ts,
      ts,
      ts,
    ]);
    const thread = await client.conversations.replies({ channel: CHANNEL, ts: ts ?? '' });
    expect(thread.messages?.map(({ text }) => text)).toEqual([
      'first',
      'reply',
      'reply to the reply',
      'broadcast',
    ]);
    const history = await client.conversations.history({ channel: CHANNEL });
    expect(history.messages?.map(({ text }) => text)).toEqual(['broadcast', 'first']);
    await expect(post('lost', { thread_ts: '1000000000.000001' })).rejects.toMatchObject(
      refused('thread_not_found'),
    );
  });

  it('carry metadata, shown to who asks for it', async () => {
    const metadata = { event_type: 'ferry_plan', event_payload: { operation: 'm1' } };
    await post('plan', { metadata });
    const asked = { channel: CHANNEL, include_all_metadata: true };
    expect((await client.conversations.history(asked)).messages).toMatchObject([{ metadata }]);
    const plain = await client.conversations.history({ channel: CHANNEL });
    expect(plain.messages?.[0]).not.toHaveProperty('metadata');
    await expect(post('bad', { metadata: { event_type: 'x' } })).rejects.toMatchObject(
      refused('invalid_metadata_format'),
    );
  });

  it('are paged', async () => {
    for (const number of [1, 2, 3]) await post(`${number}`);
    const first = await client.conversations.history({ channel: CHANNEL, limit: 2 });
    expect(first).toMatchObject({ has_more: true, messages: [{ text: '3' }, { text: '2' }] });
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await client.conversations.history({ channel: CHANNEL, limit: 2, cursor });
    expect(second).toMatchObject({ has_more: false, messages: [{ text: '1' }] });
  });

  it('are edited: a text without blocks removes the blocks, metadata stays', async () => {
    const metadata = { event_type: 'plan', event_payload: { id: 'm1' } };
    const { ts = '' } = await post('plan', {
      blocks: [buttonBlock('a', 'Approve', 'v')],
      metadata,
    });
    await client.chat.update({ channel: CHANNEL, ts, text: 'approved' });
    expect(await standIn.messages()).toMatchObject([
      { text: 'approved', blocks: [], edits: 1, metadata },
    ]);
  });

  it('of other people cannot be edited or deleted', async () => {
    const { ts } = await standIn.say('olga', 'mine');
    const target = { channel: CHANNEL, ts };
    await expect(client.chat.update({ ...target, text: 'x' })).rejects.toMatchObject(
      refused('cant_update_message'),
    );
    await expect(client.chat.delete(target)).rejects.toMatchObject(refused('cant_delete_message'));
  });

  it('that are deleted are gone for everybody', async () => {
    const { ts = '' } = await post('oops');
    await client.chat.delete({ channel: CHANNEL, ts });
    expect(await standIn.messages()).toEqual([]);
    const again = client.chat.update({ channel: CHANNEL, ts, text: 'x' });
    await expect(again).rejects.toMatchObject(refused('message_not_found'));
  });

  it('that are ephemeral are seen by one person, and not to be edited', async () => {
    const to = { channel: CHANNEL, user: 'U-STRANGER', text: 'You may not' };
    const { message_ts: ts = '' } = await client.chat.postEphemeral(to);
    expect(await standIn.ephemerals('U-STRANGER')).toMatchObject([{ text: 'You may not' }]);
    expect(await standIn.ephemerals('U-OPERATOR')).toEqual([]);
    expect(await standIn.messages()).toEqual([]);
    const edit = client.chat.update({ channel: CHANNEL, ts, text: 'x' });
    await expect(edit).rejects.toMatchObject(refused('message_not_found'));
    const nobody = client.chat.postEphemeral({ ...to, user: 'U-NOBODY' });
    await expect(nobody).rejects.toMatchObject(refused('user_not_in_channel'));
  });

  it('longer than 40,000 characters are cut off', async () => {
    await post('x'.repeat(40_001));
    expect((await standIn.messages())[0]?.text).toHaveLength(40_000);
  });
});

describe('what Slack refuses', () => {
  const section = (text: string) => ({
    type: 'section',
    text: { type: 'mrkdwn', text },
  });

  it('is no text and no blocks, and an unknown channel', async () => {
    await expect(post('')).rejects.toMatchObject(refused('no_text'));
    const elsewhere = client.chat.postMessage({ channel: 'C-OTHER', text: 'x' });
    await expect(elsewhere).rejects.toMatchObject(refused('channel_not_found'));
    expect(await standIn.messages()).toEqual([]);
  });

  it('is a 51st block, and 50 are taken', async () => {
    const fifty = Array.from({ length: 50 }, () => section('x'));
    await expect(post('x', { blocks: [...fifty, section('x')] })).rejects.toMatchObject(
      refused('invalid_blocks'),
    );
    expect((await post('x', { blocks: fifty })).ok).toBe(true);
  });

  it('is blocks that are too long together, each of them fine', async () => {
    const blocks = Array.from({ length: 5 }, () => section('x'.repeat(2_900)));
    await expect(post('x', { blocks })).rejects.toMatchObject(refused('msg_blocks_too_long'));
  });

  it('says where, in the way that web-api shows it', async () => {
    await expect(post('x', { blocks: [section('x'.repeat(3_001))] })).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        errors: ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      },
    });
  });

  it('is blocks that are no JSON or no list', async () => {
    for (const blocks of ['{', '{"type":"divider"}', '[{}]']) {
      await expect(post('x', { blocks })).rejects.toMatchObject(refused('invalid_blocks_format'));
    }
  });

  it('is an unknown method, no token, and the wrong kind of token', async () => {
    for (const method of ['chat.shout', 'constructor', '__proto__']) {
      await expect(client.apiCall(method)).rejects.toMatchObject(refused('unknown_method'));
    }
    expect((await standIn.calls()).byMethod).toEqual({ unknown_method: 3 });
    const { apiUrl } = standIn.addresses;
    const noToken = await fetch(`${apiUrl}auth.test`, { method: 'POST' });
    expect(await noToken.json()).toEqual({ ok: false, error: 'not_authed' });
    await expect(client.apps.connections.open()).rejects.toMatchObject(
      refused('not_allowed_token_type'),
    );
  });
});

describe('arguments', () => {
  it('come as form, JSON or multipart, with the token in header or form', async () => {
    const { apiUrl, botToken } = standIn.addresses;
    const url = `${apiUrl}chat.postMessage`;
    const fields = { channel: CHANNEL, text: 'x', blocks: '[{"type":"divider"}]' };
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    const authorization = `Bearer ${botToken}`;
    const json = 'application/json; charset=utf-8';
    const requests: RequestInit[] = [
      { body: new URLSearchParams({ ...fields, token: botToken }) },
      { body: form, headers: { authorization } },
      {
        body: JSON.stringify({ ...fields, blocks: [{ type: 'divider' }] }),
        headers: { authorization, 'content-type': json },
      },
    ];
    for (const request of requests) {
      const response = await fetch(url, { method: 'POST', ...request });
      expect(await response.json()).toMatchObject({ ok: true });
    }
    const blocks = [{ type: 'divider', block_id: 'b0' }];
    expect(await standIn.messages()).toMatchObject([{ blocks }, { blocks }, { blocks }]);
  });

  it('that are damaged are refused, not believed', async () => {
    const { apiUrl, botToken } = standIn.addresses;
    const authorization = `Bearer ${botToken}`;
    const answers: unknown[] = [];
    for (const [contentType, body] of [
      ['application/json', '{'],
      ['application/json', '7'],
      ['multipart/form-data; boundary=x', 'nonsense'],
      ['image/png', 'x'],
      ['application/x-www-form-urlencoded', 'x'.repeat(5_000_000)],
    ]) {
      const headers = { authorization, 'content-type': contentType ?? '' };
      const request = { method: 'POST', headers, body: body ?? '' };
      const response = await fetch(`${apiUrl}auth.test`, request);
      answers.push(((await response.json()) as { error: string }).error);
    }
    expect(answers).toEqual([
      'invalid_json',
      'json_not_object',
      'invalid_form_data',
      'invalid_post_type',
      'request_too_large',
    ]);
  });
});

describe('people and groups', () => {
  it('are known by id', async () => {
    const olga = await client.users.info({ user: 'U-OPERATOR' });
    expect(olga.user).toMatchObject({ id: 'U-OPERATOR', name: 'olga' });
    await expect(client.users.info({ user: 'U-X' })).rejects.toMatchObject(
      refused('user_not_found'),
    );
    const group = await client.usergroups.users.list({ usergroup: 'S-APPROVERS' });
    expect(group.users).toEqual(['U-APPROVER', 'U-ITALIAN']);
    await expect(client.usergroups.users.list({ usergroup: 'S-X' })).rejects.toMatchObject(
      refused('no_such_subteam'),
    );
  });
});
