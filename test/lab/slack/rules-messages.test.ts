/** Slack's rules of messages, answers and files, each broken by real HTTP. */

import { describe, expect, it } from '@jest/globals';
import { webClientOf } from './bolt-bot.ts';
import { answer, CHANNEL, list, refused, responseUrlOf, x } from './rule-slack.ts';
import { MINUTE_MS, shown, slack } from './slack-of-test.ts';

describe('messages', () => {
  it('text-40000: what is longer is cut off', async () => {
    const { ts } = await slack.post({ text: x(40_001) });
    const shown = (await slack.standIn.messages()).find((message) => message.ts === ts);
    expect(shown?.text).toHaveLength(40_000);
  });

  it('text-or-blocks: a message of nothing', async () => {
    expect(await slack.post({})).toMatchObject({ error: 'no_text' });
    expect(await slack.post({ text: '', blocks: [] })).toMatchObject({ error: 'no_text' });
  });

  it('nested-json: blocks and metadata that are no JSON', async () => {
    const text = 'x';
    expect(await slack.post({ text, blocks: '[{' })).toMatchObject({
      error: 'invalid_blocks_format',
    });
    expect(await slack.post({ text, blocks: { type: 'divider' } })).toMatchObject({
      error: 'invalid_blocks_format',
    });
    expect(await slack.post({ text, metadata: 'x' })).toMatchObject({
      error: 'invalid_metadata_format',
    });
  });
});

describe('answers', () => {
  it('ephemeral-not-updated: chat.update and chat.delete of what one person sees', async () => {
    const to = { channel: CHANNEL, user: 'U-STRANGER', text: 'You may not' };
    const { message_ts: ts } = await slack.call('chat.postEphemeral', to);
    const update = { channel: CHANNEL, ts, text: 'x' };
    expect(await slack.call('chat.update', update)).toMatchObject(refused('message_not_found'));
    expect(await slack.call('chat.delete', update)).toMatchObject(refused('message_not_found'));
    const seen = await slack.standIn.ephemerals('U-STRANGER');
    expect(seen).toMatchObject([{ text: 'You may not', isDeleted: false }]);
  });

  it('own-messages-only: the message of a person, and one in another channel', async () => {
    const { ts } = await slack.standIn.say('olga', 'mine');
    const target = { channel: CHANNEL, ts, text: 'x' };
    const update = (more: object) => slack.call('chat.update', { ...target, ...more });
    expect(await update({})).toMatchObject(refused('cant_update_message'));
    expect(await slack.call('chat.delete', target)).toMatchObject(refused('cant_delete_message'));
    const { ts: own } = await slack.post({ text: 'own' });
    expect(await update({ ts: own, channel: 'C-OFFICE' })).toMatchObject(
      refused('message_not_found'),
    );
    expect(await shown()).toEqual(['mine', 'own']);
  });

  it('response-url-5-uses: a sixth answer', async () => {
    const url = await responseUrlOf(slack);
    const answers = [];
    for (const number of list(6, (index) => index)) {
      answers.push(await answer(url, { text: `answer ${number}` }));
    }
    expect(answers.map(([status]) => status)).toEqual([200, 200, 200, 200, 200, 404]);
    expect(answers.at(-1)).toEqual([404, 'used_url']);
  });

  it('response-url-30-minutes: an answer a moment later', async () => {
    const url = await responseUrlOf(slack);
    slack.clock.nowMs += 30 * MINUTE_MS;
    expect(await answer(url, { text: 'in time' })).toEqual([200, undefined]);
    slack.clock.nowMs += 1;
    expect(await answer(url, { text: 'too late' })).toEqual([404, 'expired_url']);
  });
});

describe('files', () => {
  const log = 'started\ncopied\n';

  it('file-three-steps: completed before the upload, uploaded twice, completed twice', async () => {
    const get = (more: object) =>
      slack.call('files.getUploadURLExternal', { filename: 'm42.log', length: 15, ...more });
    expect(await get({ length: 0 })).toMatchObject(refused('invalid_arguments'));
    const { upload_url, file_id } = await get({});
    const complete = () =>
      slack.call('files.completeUploadExternal', { files: [{ id: file_id }], channel_id: CHANNEL });
    const upload = async (body: string) =>
      (await fetch(String(upload_url), { method: 'POST', body })).status;
    expect(await complete()).toMatchObject(refused('file_not_found'));
    expect([await upload('short'), await upload(log), await upload(log)]).toEqual([400, 200, 400]);
    expect(await complete()).toMatchObject({ ok: true });
    expect(await complete()).toMatchObject(refused('file_not_found'));
    const [message] = await slack.standIn.messages();
    expect(message).toMatchObject({ text: '', files: [{ name: 'm42.log', size: 15 }] });
  });

  it('are shown by a message of filesUploadV2, and read with the control token alone', async () => {
    const { ts = '' } = await webClientOf(slack.standIn.addresses).chat.postMessage({
      channel: CHANNEL,
      text: 'plan',
    });
    await webClientOf(slack.standIn.addresses).filesUploadV2({
      channel_id: CHANNEL,
      thread_ts: ts,
      initial_comment: 'The log',
      filename: 'm42.log',
      title: 'Log of m42',
      file: Buffer.from(log),
    });
    const [, message] = await slack.standIn.messages();
    expect(message).toMatchObject({
      text: 'The log',
      threadTs: ts,
      files: [{ name: 'm42.log', title: 'Log of m42', mimetype: 'text/plain', size: log.length }],
    });
    const url = message?.files[0]?.url ?? '';
    const { controlToken, botToken } = slack.standIn.addresses;
    const read = (token: string, from = url) =>
      fetch(from, { headers: { authorization: `Bearer ${token}` } });
    expect(await (await read(controlToken)).text()).toBe(log);
    expect((await read(botToken)).status).toBe(401);
    expect((await read(controlToken, url.replace(/F[0-9A-F]+/, 'F00'))).status).toBe(404);
  });
});
