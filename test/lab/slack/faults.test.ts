import { beforeEach, describe, expect, it } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { webClientOf } from './bolt-bot.ts';
import { shown, slack } from './slack-of-test.ts';

let client: WebClient;

beforeEach(() => {
  client = webClientOf(slack.standIn.addresses);
});

const post = (text: string) => client.chat.postMessage({ channel: 'C-MIGRATIONS', text });

describe('injected faults', () => {
  it('are met by the next calls of the method alone', async () => {
    await slack.standIn.fail('chat.postMessage', 'http-500', { times: 2 });
    expect((await client.auth.test()).ok).toBe(true);
    expect((await post('after two failures')).ok).toBe(true);
    expect(await shown()).toEqual(['after two failures']);
    expect((await slack.standIn.calls()).last.map(({ method, error }) => [method, error])).toEqual([
      ['auth.test', undefined],
      ['chat.postMessage', 'http-500'],
      ['chat.postMessage', 'http-500'],
      ['chat.postMessage', undefined],
    ]);
  });

  it('rate-limited says when to come again', async () => {
    await slack.standIn.fail('auth.test', 'rate-limited', { retryAfterSeconds: 7 });
    const { apiUrl } = slack.standIn.addresses;
    const response = await fetch(`${apiUrl}auth.test`, { method: 'POST' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await response.json()).toEqual({ ok: false, error: 'ratelimited' });
  });

  it('stored-then-cut keeps the message, so that a blind retry doubles it', async () => {
    await slack.standIn.fail('chat.postMessage', 'stored-then-cut');
    expect((await post('alert')).ok).toBe(true);
    expect(await shown()).toEqual(['alert', 'alert']);
  });
});
