/** Slack's rules of envelopes, each seen by a raw WebSocket client. */

import { describe, expect, it } from '@jest/globals';
import { list } from './rule-slack.ts';
import { commandOf, slack, startAnew, told } from './slack-of-test.ts';

describe('envelopes', () => {
  it('accepts-response-payload: an answer with the ack of an event', async () => {
    const connection = await slack.connect();
    for (const [typed, accepts] of [
      ['/migrate', true],
      ['@ferry', false],
    ] as const) {
      const said = slack.standIn.say('olga', typed);
      const frame = await connection.take();
      expect(frame.accepts_response_payload).toBe(accepts);
      connection.acknowledge(frame, { text: `to ${typed}` });
      expect((await said).outcome).toBe('acknowledged');
    }
    expect(await told()).toEqual(['to /migrate']);
  });

  it('event-wrapped: a mention and an opened Home tab', async () => {
    const connection = await slack.connect();
    for (const [act, type] of [
      [() => slack.standIn.say('olga', '@ferry'), 'app_mention'],
      [() => slack.standIn.openHome('olga'), 'app_home_opened'],
    ] as const) {
      const done = act();
      const frame = await connection.take();
      connection.acknowledge(frame);
      await done;
      expect(frame).toMatchObject({
        type: 'events_api',
        payload: { type: 'event_callback', event: { type }, event_id: expect.any(String) },
      });
    }
  });

  it('event-retried: not acknowledged, and sent while nobody was connected', async () => {
    await startAnew({ ackWithinMs: 30 });
    const connection = await slack.connect();
    const { outcome } = await slack.standIn.say('olga', '@ferry');
    expect(outcome).toBe('operation_timeout');
    const [first, second] = [await connection.take(), await connection.take()];
    expect(first).toMatchObject({ retry_attempt: 0, retry_reason: '' });
    expect(second).toMatchObject({ retry_attempt: 1, retry_reason: 'timeout' });
    expect(second.payload).toEqual(first.payload);
    connection.acknowledge(second);
    const command = await slack.standIn.say('olga', '/migrate');
    expect(command.outcome).toBe('operation_timeout');
    expect((await connection.take()).type).toBe('slash_commands');
    await slack.stop();
    await startAnew({ ackWithinMs: 5_000, eventRetriesMs: list(100, () => 100) });
    expect((await slack.standIn.say('olga', '@ferry')).outcome).toBe('dispatch_failed');
    const later = await slack.connect();
    const missed = await later.take();
    expect(missed).toMatchObject({ type: 'events_api', retry_reason: 'timeout' });
    later.acknowledge(missed);
  });

  it('envelope-repeated: a command, a click and an event, to both connections', async () => {
    const both = [await slack.connect(), await slack.connect()];
    await slack.standIn.weather({ envelopesRepeated: true });
    const button = { type: 'button', text: { type: 'plain_text', text: 'Go' }, action_id: 'go' };
    const { ts } = await slack.post({ blocks: [{ type: 'actions', elements: [button] }] });
    for (const act of [
      () => slack.standIn.say('olga', '/migrate'),
      () => slack.standIn.click('olga', String(ts), 'go'),
      () => slack.standIn.say('olga', '@ferry'),
    ]) {
      const done = act();
      const frames = await Promise.all(both.map(({ take }) => take()));
      both.forEach((connection, index) => {
        const frame = frames[index];
        if (frame) connection.acknowledge(frame);
      });
      expect((await done).outcome).toBe('acknowledged');
      expect(frames[1]?.payload).toEqual(frames[0]?.payload);
      const attempts = frames.map(({ retry_attempt }) => retry_attempt).sort();
      const isEvent = frames[0]?.type === 'events_api';
      expect(attempts).toEqual(isEvent ? [0, 1] : [undefined, undefined]);
    }
  });

  it('envelope-reordered: the second command comes first', async () => {
    const connection = await slack.connect();
    await slack.standIn.weather({ envelopesReordered: true });
    const said = [slack.standIn.say('olga', '/one'), slack.standIn.say('olga', '/two')];
    const frames = [await connection.take(), await connection.take()];
    for (const frame of frames) connection.acknowledge(frame);
    await Promise.all(said);
    expect(frames.map((frame) => commandOf(frame).command)).toEqual(['/two', '/one']);
    const alone = slack.standIn.say('olga', '/alone');
    connection.acknowledge(await connection.take());
    expect((await alone).outcome).toBe('acknowledged');
  });

  it('envelope-late: after the person was told', async () => {
    await startAnew({ ackWithinMs: 30 });
    const connection = await slack.connect();
    await slack.standIn.weather({ envelopesLateMs: 100 });
    expect((await slack.standIn.say('olga', '/migrate')).outcome).toBe('operation_timeout');
    expect(connection.frames).toHaveLength(1);
    expect(commandOf(await connection.take())).toMatchObject({ command: '/migrate' });
  });

  it('ack-lost: the app acted, and the person hears operation_timeout', async () => {
    await startAnew({ ackWithinMs: 50 });
    const connection = await slack.connect();
    await slack.standIn.weather({ acksLost: true });
    const said = slack.standIn.say('olga', '/migrate');
    connection.acknowledge(await connection.take(), { text: 'on it' });
    expect((await said).outcome).toBe('operation_timeout');
    expect(await told()).toEqual(['/migrate failed with the error "operation_timeout"']);
  });
});
