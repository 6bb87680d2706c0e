/** Slack's rules of Socket Mode and of commands, each seen by a raw WebSocket client. */

import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { until } from '../../until.ts';
import { startBot } from './bolt-bot.ts';
import { list, opened, type RuleSlack, x } from './rule-slack.ts';
import { commandOf, slack, startAnew, told } from './slack-of-test.ts';

async function addressOf({ call, standIn }: RuleSlack): Promise<string> {
  const { url } = await call('apps.connections.open', {}, standIn.addresses.appToken);
  return String(url);
}

describe('connections', () => {
  it('hello-first: the first frame, with the number of connections', async () => {
    const [first, second] = [await slack.connect(), await slack.connect()];
    expect(first.frames).toMatchObject([{ type: 'hello', num_connections: 1 }]);
    expect(second.frames).toMatchObject([{ type: 'hello', num_connections: 2 }]);
  });

  it('ticket-once: the same address again, and a made-up one', async () => {
    const url = await addressOf(slack);
    const { socket } = await opened(url);
    await expect(opened(url)).rejects.toThrow('401');
    await expect(opened(url.replace(/ticket=\w+/, 'ticket=x'))).rejects.toThrow('401');
    socket.terminate();
  });

  it('connections-10: an eleventh', async () => {
    for (const _ of list(10, String)) await slack.connect();
    const eleventh = await slack.connect();
    expect(eleventh.frames).toMatchObject([{ type: 'disconnect', reason: 'too_many_websockets' }]);
    expect(await slack.standIn.connections()).toBe(10);
  });

  it('connection-any-one: two commands to two connections, none twice', async () => {
    const both = [await slack.connect(), await slack.connect()];
    const said = [slack.standIn.say('olga', '/one'), slack.standIn.say('olga', '/two')];
    const taken = [];
    for (const connection of both) {
      const frame = await connection.take();
      connection.acknowledge(frame);
      taken.push(commandOf(frame).command);
    }
    await Promise.all(said);
    expect(taken.sort()).toEqual(['/one', '/two']);
    expect(both.map(({ frames }) => frames.length)).toEqual([2, 2]);
  });

  it('disconnect-warning: nothing more for who was warned', async () => {
    const [warned, other] = [await slack.connect(), await slack.connect()];
    await slack.standIn.disconnect('warning');
    await until(() => warned.frames.length === 2);
    expect(warned.frames[1]).toMatchObject({ type: 'disconnect', reason: 'warning' });
    for (const command of ['/one', '/two']) {
      const said = slack.standIn.say('olga', command);
      other.acknowledge(await other.take());
      expect((await said).outcome).toBe('acknowledged');
    }
    expect(warned.frames).toHaveLength(2);
  });

  it('disconnect-gap: a command to a bot whose only connection was refreshed', async () => {
    const bot = await startBot(
      slack.standIn.addresses,
      (app) => app.command(/.*/, async ({ ack }) => ack()),
      { clientPingTimeout: 500 },
    );
    await slack.standIn.disconnect('refresh_requested');
    expect((await slack.standIn.say('olga', '/migrate')).outcome).toBe('dispatch_failed');
    expect(await told()).toEqual(['/migrate failed with the error "dispatch_failed"']);
    await until(async () => (await slack.standIn.connections()) === 1);
    expect((await slack.standIn.say('olga', '/migrate')).outcome).toBe('acknowledged');
    await bot.stop();
  });

  it('ping-pong: a ping with a text', async () => {
    const { socket } = await slack.connect();
    socket.ping('Ping from client (1)');
    const [data] = await once(socket, 'pong');
    expect(String(data)).toBe('Ping from client (1)');
  });
});

describe('acknowledgements', () => {
  it('ack-3-seconds: none', async () => {
    await startAnew({ ackWithinMs: 30 });
    const { take } = await slack.connect();
    expect((await slack.standIn.say('olga', '/migrate')).outcome).toBe('operation_timeout');
    await take();
    expect(await told()).toEqual(['/migrate failed with the error "operation_timeout"']);
  });

  it('ack-late-ignored: after the time, and a second one', async () => {
    await startAnew({ ackWithinMs: 30 });
    const connection = await slack.connect();
    await slack.standIn.say('olga', '/late');
    connection.acknowledge(await connection.take(), { text: 'late' });
    await startAnew();
    const again = await slack.connect();
    const said = slack.standIn.say('olga', '/twice');
    const frame = await again.take();
    again.acknowledge(frame, { text: 'once' });
    again.acknowledge(frame, { text: 'twice' });
    expect((await said).outcome).toBe('acknowledged');
    // What comes after on the same connection shows that the second was read.
    const after = slack.standIn.say('olga', '/after');
    again.acknowledge(await again.take());
    await after;
    expect(await told()).toEqual(['once']);
  });

  it('ack-payload-optional: empty, and absent', async () => {
    const connection = await slack.connect();
    for (const payload of [{}, undefined]) {
      const said = slack.standIn.say('olga', '/migrate');
      connection.acknowledge(await connection.take(), payload);
      expect((await said).outcome).toBe('acknowledged');
    }
    expect(await told()).toEqual([]);
  });

  it('ack-refused-blocks: a section that is too long', async () => {
    const connection = await slack.connect();
    const said = slack.standIn.say('olga', '/migrate');
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: x(3_001) } }];
    connection.acknowledge(await connection.take(), { blocks });
    await said;
    expect(await told()).toEqual(['/migrate failed with the error "invalid_blocks"']);
  });

  it('frames-ignored: no JSON, binary, an unknown id, no id', async () => {
    const connection = await slack.connect();
    const said = slack.standIn.say('olga', '/migrate');
    const frame = await connection.take();
    for (const odd of ['Ping', '{"envelope_id":7}', '{"envelope_id":"unknown"}', '[]']) {
      connection.socket.send(odd);
    }
    connection.socket.send(Buffer.from([0, 1, 2]));
    connection.acknowledge(frame, { text: 'here' });
    expect((await said).outcome).toBe('acknowledged');
    expect(connection.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('commands', () => {
  it('command-in-thread: under a message', async () => {
    const { frames } = await slack.connect();
    const { ts } = await slack.standIn.say('olga', 'a message');
    const { outcome } = await slack.standIn.say('olga', '/migrate', { threadTs: ts });
    expect(outcome).toBe('not_sent');
    expect(await told()).toEqual(['/migrate is not supported in threads. Sorry!']);
    expect(frames).toHaveLength(1);
  });

  it('command-escaped: markup that a person types', async () => {
    const connection = await slack.connect();
    const said = slack.standIn.say('olga', '/migrate <!channel> & @aldo in #office');
    const frame = await connection.take();
    connection.acknowledge(frame);
    await said;
    expect(frame.payload).toMatchObject({
      text: '&lt;!channel&gt; &amp; <@U-APPROVER|aldo> in <#C-OFFICE|office>',
    });
    expect(frame.payload).not.toHaveProperty('thread_ts');
  });
});
