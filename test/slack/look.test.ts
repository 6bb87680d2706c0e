/** The doctor's calls on a small server that answers as the test says, in Slack's words. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type SlackLook, slackLookOf } from '../../src/slack/look.ts';

type Answer = Readonly<Record<string, unknown>>;

let server: Server;
let look: SlackLook;
const answers = new Map<string, Answer>();
const asked: string[] = [];
let scopes: string | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    const method = (request.url ?? '').split('/').at(-1) ?? '';
    asked.push(`${method} ${request.headers.authorization}`);
    if (scopes) response.setHeader('x-oauth-scopes', scopes);
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answers.get(method) ?? { ok: false, error: 'unknown_method' }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const tokens = { bot: 'xoxb-secret', app: 'xapp-secret' };
  look = slackLookOf({ tokens, slackApiUrl: `http://127.0.0.1:${port}/api/` });
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});
beforeEach(() => {
  answers.clear();
  asked.splice(0);
  scopes = undefined;
});

const says = (method: string, answer: Answer | string): void => {
  answers.set(method, typeof answer === 'string' ? { ok: false, error: answer } : answer);
};

describe("the doctor's questions to Slack", () => {
  it('reads the scopes that Slack names in a header, each with its own token', async () => {
    says('auth.test', { ok: true, user: 'ferry', team: 'lab' });
    says('apps.connections.open', { ok: true, url: 'wss://x' });
    scopes = 'commands, chat:write,users:read';
    const granted = ['commands', 'chat:write', 'users:read'];
    expect(await look.bot()).toEqual({ user: 'ferry', team: 'lab', scopes: granted });
    await look.app();
    expect(asked).toEqual([
      'auth.test Bearer xoxb-secret',
      'apps.connections.open Bearer xapp-secret',
    ]);
  });

  it('does not guess scopes that Slack does not name', async () => {
    says('auth.test', { ok: true, user: 'ferry', team: 'lab' });
    expect(await look.bot()).toEqual({ user: 'ferry', team: 'lab' });
  });

  it('says which token is refused', async () => {
    says('auth.test', 'invalid_auth');
    says('apps.connections.open', 'not_allowed_token_type');
    await expect(look.bot()).rejects.toMatchObject({
      code: 'slack-token-refused',
      facts: { token: 'bot', error: 'invalid_auth' },
    });
    await expect(look.app()).rejects.toMatchObject({
      code: 'slack-token-refused',
      facts: { token: 'app' },
    });
  });

  it.each([
    [{ ok: true, messages: [] }, true],
    ['not_in_channel', false],
    ['channel_not_found', false],
    ['missing_scope', 'cannot look'],
  ] as const)('takes %p for the channel as %p', async (answer, expected) => {
    says('conversations.history', answer);
    expect(await look.isInChannel('C1')).toBe(expected);
  });

  it.each([
    [{ ok: true, user: { id: 'U1' } }, 'active'],
    [{ ok: true, user: { id: 'U1', deleted: true } }, 'deactivated'],
    [{ ok: true, user: { id: 'U1', is_bot: true } }, 'bot'],
    ['user_not_found', 'absent'],
  ] as const)('takes %p for a person as %s', async (answer, expected) => {
    says('users.info', answer);
    expect(await look.user('U1')).toBe(expected);
  });

  it('reads the members of a group, or that there is none', async () => {
    says('usergroups.users.list', { ok: true, users: ['U1', 'U2'] });
    expect(await look.group('S1')).toEqual(['U1', 'U2']);
    says('usergroups.users.list', 'no_such_subteam');
    expect(await look.group('S1')).toBe('absent');
  });

  it('passes on any other refusal, and that Slack is away, without a token in its words', async () => {
    says('users.info', 'missing_scope');
    const facts = { method: 'users.info', error: 'missing_scope' };
    await expect(look.user('U1')).rejects.toMatchObject({ code: 'slack-call-refused', facts });
    const nobody = slackLookOf({
      tokens: { bot: 'xoxb-secret', app: 'xapp-secret' },
      slackApiUrl: 'http://127.0.0.1:1/api/',
    });
    const away = await nobody.bot().catch((error: unknown) => error);
    expect(away).toMatchObject({ code: 'slack-unreachable' });
    expect(String(away)).not.toContain('secret');
  });
});
