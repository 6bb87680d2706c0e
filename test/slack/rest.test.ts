/** What the bot does not know, through the real Bolt in process: acknowledged, answered or ignored. */

import { describe, expect, it } from '@jest/globals';
import bolt from '@slack/bolt';
import { registerEvents } from '../../src/slack/events/listener.ts';
import { MODAL } from '../../src/slack/modal/form.ts';
import { edgeOf } from './edge.ts';
import { OPERATOR } from './fake-operations.ts';

const user = { id: OPERATOR, name: 'olga', username: 'olga', team_id: 'T1' };
const team = { id: 'T1', domain: 'lab' };
const view = (callback: string) => ({ id: 'V1', callback_id: callback, blocks: [], state: {} });

/** What was acknowledged with, and what was sent to the response_url. */
async function delivered(body: object) {
  const edge = edgeOf();
  const acks: unknown[] = [];
  const sent: string[] = [];
  const errors: unknown[] = [];
  const app = new bolt.App({
    token: 'xoxb-test',
    tokenVerificationEnabled: false,
    botId: 'B1',
    botUserId: 'U-FERRY',
    convoStore: false,
    logLevel: bolt.LogLevel.ERROR,
    receiver: { init: () => undefined, start: async () => undefined, stop: async () => undefined },
    clientOptions: { fetch: async (_, { body: text } = {}) => answered(sent, String(text)) },
  });
  app.error(async (error) => void errors.push(error));
  registerEvents(app, edge);
  await app.processEvent({ body: { ...body }, ack: async (answer) => void acks.push(answer) });
  return { acks, sent, errors, edge };
}

async function answered(sent: string[], text: string): Promise<Response> {
  sent.push(decodeURIComponent(text.replaceAll('+', ' ')));
  return new Response('{"ok":true}', { headers: { 'content-type': 'application/json' } });
}

describe('what the bot does not know', () => {
  it.each([
    ['a shortcut', { type: 'shortcut', callback_id: 'x <!here>', user, team }],
    ['a view', { type: 'view_submission', view: view('other'), user, team }],
    ['a closed view', { type: 'view_closed', view: view('other'), user, team }],
    [
      'options',
      {
        type: 'block_suggestion',
        action_id: 'x',
        block_id: 'b',
        value: '',
        user,
        team,
        container: {},
      },
    ],
    [
      'an event',
      {
        type: 'event_callback',
        event: { type: 'team_join', user: 'U9' },
        event_id: 'Ev1',
        team_id: 'T1',
      },
    ],
  ])('%s is acknowledged without an error', async (_, body) => {
    const { acks, errors } = await delivered(body);
    expect(errors).toEqual([]);
    expect(acks).toHaveLength(1);
  });

  it('no options are offered', async () => {
    const body = { type: 'block_suggestion', action_id: 'x', block_id: 'b', value: '', user, team };
    expect((await delivered({ ...body, container: {} })).acks).toEqual([{ options: [] }]);
  });

  it('a view of ours is left to its own listener', async () => {
    const body = { type: 'view_submission', view: view(MODAL), user, team };
    expect((await delivered(body)).acks).toEqual([]);
    const options = { type: 'block_suggestion', action_id: 'vm', block_id: 'vm', value: '', user };
    expect((await delivered({ ...options, team, view: view(MODAL) })).acks).toEqual([]);
  });

  it('a shortcut on a message is answered', async () => {
    const { acks, sent, edge } = await delivered({
      type: 'message_action',
      callback_id: 'move <!here>',
      user,
      team,
      channel: { id: 'C1', name: 'c' },
      message: { type: 'message', ts: '1.0', user: 'U1', text: '' },
      message_ts: '1.0',
      trigger_id: 't',
      action_ts: '1.0',
      response_url: 'http://127.0.0.1:1/nowhere',
      token: 't',
    });
    expect(acks).toHaveLength(1);
    expect(sent.join()).toContain('the shortcut move &lt;!here&gt;');
    expect(edge.logged.join()).toContain('slack-shortcut-unknown');
  });
});
