import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { type SlackStandIn, startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { until } from '../../until.ts';

interface Frame {
  readonly type: string;
  readonly envelope_id?: string;
  readonly reason?: string;
  readonly [name: string]: unknown;
}

interface Client {
  readonly socket: WebSocket;
  readonly frames: Frame[];
}

let standIn: SlackStandIn;
const clients: Client[] = [];

beforeEach(async () => {
  standIn = await startSlackStandIn();
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
  await standIn.stop();
});

async function address(): Promise<string> {
  const { apiUrl, appToken } = standIn.addresses;
  const headers = { authorization: `Bearer ${appToken}` };
  const response = await fetch(`${apiUrl}apps.connections.open`, { method: 'POST', headers });
  const { url } = (await response.json()) as { url: string };
  return url;
}

async function connect(url?: string): Promise<Client> {
  const socket = new WebSocket(url ?? (await address()));
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
  const client = { socket, frames };
  clients.push(client);
  await once(socket, 'message');
  return client;
}

const acknowledge = ({ socket }: Client, frame: Frame | undefined, payload?: object) =>
  socket.send(JSON.stringify({ envelope_id: frame?.envelope_id, ...(payload && { payload }) }));

describe('Socket Mode', () => {
  it('greets with hello and counts the connections', async () => {
    const first = await connect();
    const second = await connect();
    expect(first.frames[0]).toMatchObject({
      type: 'hello',
      num_connections: 1,
      connection_info: { app_id: 'A-FERRY' },
    });
    expect(second.frames[0]).toMatchObject({ type: 'hello', num_connections: 2 });
  });

  it('gives each payload to one connection, and each connection its share', async () => {
    const both = [await connect(), await connect()];
    const said = [standIn.say('olga', '/one'), standIn.say('olga', '/two')];
    await until(() => both.every(({ frames }) => frames.length === 2));
    for (const client of both) acknowledge(client, client.frames[1], {});
    const outcomes = (await Promise.all(said)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['acknowledged', 'acknowledged']);
    const envelopes = both.map(({ frames }) => frames[1]);
    expect(envelopes).toMatchObject(
      ['/one', '/two'].map((command) => ({
        type: 'slash_commands',
        accepts_response_payload: true,
        payload: { command, text: '' },
      })),
    );
  });

  it('wraps events, and says that they take no answer', async () => {
    const client = await connect();
    const said = standIn.say('olga', '@ferry');
    await until(() => client.frames.length === 2);
    acknowledge(client, client.frames[1]);
    expect((await said).outcome).toBe('acknowledged');
    expect(client.frames[1]).toMatchObject({
      type: 'events_api',
      accepts_response_payload: false,
      retry_attempt: 0,
      payload: { type: 'event_callback', event: { type: 'app_mention' } },
    });
  });

  it('ignores frames that are no ack, and acks of nothing', async () => {
    const client = await connect();
    const said = standIn.say('olga', '/migrate');
    await until(() => client.frames.length === 2);
    client.socket.send('Ping');
    client.socket.send('{"envelope_id":7}');
    client.socket.send('{"envelope_id":"unknown"}');
    client.socket.send(Buffer.from([0, 1, 2]));
    acknowledge(client, client.frames[1], { text: 'here' });
    acknowledge(client, client.frames[1], { text: 'twice' });
    expect((await said).outcome).toBe('acknowledged');
    const seen = await standIn.ephemerals('U-OPERATOR');
    expect(seen.map(({ text }) => text)).toEqual(['here']);
  });

  it('answers pings', async () => {
    const { socket } = await connect();
    socket.ping('Ping from client (1)');
    const [data] = await once(socket, 'pong');
    expect(String(data)).toBe('Ping from client (1)');
  });

  it('takes a ticket once', async () => {
    const url = await address();
    await connect(url);
    await expect(connect(url)).rejects.toThrow('401');
    await expect(connect(`${url.split('?')[0]}?ticket=made-up`)).rejects.toThrow('401');
    expect(await standIn.connections()).toBe(1);
  });

  it('asks a connection to leave, and sends it nothing more', async () => {
    const first = await connect();
    const second = await connect();
    await standIn.disconnect('warning');
    await until(() => first.frames.length === 2);
    expect(first.frames[1]).toMatchObject({ type: 'disconnect', reason: 'warning' });
    for (const command of ['/one', '/two']) {
      const said = standIn.say('olga', command);
      await until(() => second.frames.at(-1)?.type === 'slash_commands');
      acknowledge(second, second.frames.pop());
      expect((await said).outcome).toBe('acknowledged');
    }
    expect(first.frames).toHaveLength(2);
  });

  it('asks one to leave when there are more than ten', async () => {
    for (let number = 1; number <= 11; number += 1) await connect();
    const reasons = () =>
      clients.flatMap(({ frames }) => frames.flatMap((one) => one.reason ?? []));
    await until(() => reasons().length > 0);
    expect(reasons()).toEqual(['too_many_websockets']);
    expect(await standIn.connections()).toBe(10);
  });

  it('ends with a command still unanswered', async () => {
    const client = await connect();
    const said = standIn.say('olga', '/migrate');
    await until(() => client.frames.length === 2);
    await standIn.stop();
    await standIn.stop();
    expect((await said).outcome).toBe('dispatch_failed');
    standIn = await startSlackStandIn();
  });
});
