import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { type SlackStandIn, startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { webClientOf } from './bolt-bot.ts';

let standIn: SlackStandIn;
let client: WebClient;

beforeEach(async () => {
  standIn = await startSlackStandIn();
  client = webClientOf(standIn.addresses);
});

afterEach(async () => standIn.stop());

const post = (text: string) => client.chat.postMessage({ channel: 'C-MIGRATIONS', text });

describe('injected faults', () => {
  it('are met by the next calls of the method alone', async () => {
    await standIn.fail('chat.postMessage', 'http-500', { times: 2 });
    expect((await client.auth.test()).ok).toBe(true);
    expect((await post('after two failures')).ok).toBe(true);
    expect((await standIn.messages()).map(({ text }) => text)).toEqual(['after two failures']);
    expect((await standIn.calls()).last.map(({ method, error }) => [method, error])).toEqual([
      ['auth.test', undefined],
      ['chat.postMessage', 'http-500'],
      ['chat.postMessage', 'http-500'],
      ['chat.postMessage', undefined],
    ]);
  });

  it('rate-limited says when to come again', async () => {
    await standIn.fail('auth.test', 'rate-limited', { retryAfterSeconds: 7 });
    const { apiUrl } = standIn.addresses;
    const response = await fetch(`${apiUrl}auth.test`, { method: 'POST' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await response.json()).toEqual({ ok: false, error: 'ratelimited' });
  });

  it('stored-then-cut keeps the message, so that a blind retry doubles it', async () => {
    await standIn.fail('chat.postMessage', 'stored-then-cut');
    expect((await post('alert')).ok).toBe(true);
    expect((await standIn.messages()).map(({ text }) => text)).toEqual(['alert', 'alert']);
  });
});
