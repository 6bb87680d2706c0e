import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { int32, MESSAGE_BYTES_MAX } from '../../src/store/embedded/messages.ts';
import { type StoreProcess, startStoreProcess } from './server.ts';

describe('the server in front of PGlite', () => {
  let server: StoreProcess;
  beforeAll(async () => {
    server = await startStoreProcess();
    await withClient((client) => client.query('CREATE TABLE seen (n integer)'));
  });
  afterAll(() => server?.stop());

  async function withClient<T>(use: (client: Client) => Promise<T>, options = ''): Promise<T> {
    const client = new Client({ connectionString: server.url, options });
    // Told by the query that fails.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }

  const one = async (client: Client, sql: string): Promise<unknown> =>
    Object.values((await client.query(sql)).rows[0] ?? {})[0];

  it('lets nobody in without the password', async () => {
    const url = new URL(server.url);
    url.password = 'wrong';
    const client = new Client({ connectionString: url.href });
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
    url.password = '';
    const other = new Client({ connectionString: url.href, password: () => '' });
    await expect(other.connect()).rejects.toThrow();
  });

  it('listens on the loopback address only', () => {
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
  });

  it('goes on after an error of a statement', async () => {
    await withClient(async (client) => {
      await expect(client.query('SELECT nonsense')).rejects.toMatchObject({ code: '42703' });
      await expect(client.query('SELECT $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' });
      expect(await one(client, 'SELECT 1')).toBe(1);
    });
  });

  it('keeps the statements of clients with parameters apart', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        withClient(async (client) => {
          for (let round = 0; round < 10; round += 1) {
            const values = Array.from({ length: 1 + index }, () => `${index}`.repeat(5000));
            const sum = values.map((_value, at) => `length($${at + 1})`).join('+');
            const { rows } = await client.query(`SELECT ${sum} AS total`, values);
            expect(rows).toEqual([{ total: (1 + index) * 5000 }]);
          }
        }),
      ),
    );
  });

  it('lets nobody in between the statements of a transaction', async () => {
    await withClient((first) =>
      withClient(async (second) => {
        await first.query('BEGIN');
        await first.query('INSERT INTO seen VALUES (1)');
        const order: string[] = [];
        const counted = one(second, 'SELECT count(*)::int FROM seen').then((count) => {
          order.push(`second sees ${count}`);
        });
        // Time enough for the second one to come in between, if it could.
        for (let turn = 0; turn < 10; turn += 1) await first.query('SELECT 1');
        await first.query('INSERT INTO seen VALUES (2)');
        order.push('first wrote');
        await first.query('COMMIT');
        await counted;
        expect(order).toEqual(['first wrote', 'second sees 2']);
        await first.query('DELETE FROM seen');
      }),
    );
  });

  it('rolls back what a client that left had begun', async () => {
    await withClient(async (client) => {
      await client.query('BEGIN');
      await client.query('INSERT INTO seen VALUES (1)');
    });
    expect(await withClient((client) => one(client, 'SELECT count(*)::int FROM seen'))).toBe(0);
  });

  it('gives each client its own search path', async () => {
    const path = (options: string) =>
      withClient((client) => one(client, "SELECT current_setting('search_path')"), options);
    expect(await path('-c search_path="jobs"')).toBe('"jobs"');
    expect(await path('')).toBe('"$user", public');
    await withClient((client) => client.query('SET search_path TO other'));
    expect(await path('')).toBe('"$user", public');
    await expect(path('-c work_mem=1GB')).rejects.toMatchObject({ code: '0A000' });
  });

  it('keeps a search path that a transaction set for itself', async () => {
    await withClient(async (client) => {
      await client.query('BEGIN');
      await client.query('SET LOCAL search_path TO mine');
      expect(await one(client, "SELECT current_setting('search_path')")).toBe('mine');
      await client.query('COMMIT');
      expect(await one(client, "SELECT current_setting('search_path')")).toBe('"$user", public');
    });
  });

  it('tells a notification to all who listen to its channel, and to nobody else', async () => {
    const told: string[] = [];
    await withClient((a) =>
      withClient((b) =>
        withClient(async (c) => {
          a.on('notification', ({ payload }) => told.push(`a ${payload}`));
          b.on('notification', ({ payload }) => told.push(`b ${payload}`));
          c.on('notification', ({ payload }) => told.push(`c ${payload}`));
          await a.query('LISTEN news');
          await b.query('-- why\nLISTEN "news"');
          await c.query('LISTEN other');
          await c.query("SELECT pg_notify('news', $1)", ['hello']);
          // Notifications come before the answer of a later statement.
          await a.query('SELECT 1');
          await b.query('SELECT 1');
          expect(told.toSorted()).toEqual(['a hello', 'b hello']);
        }),
      ),
    );
    await withClient((client) => client.query("NOTIFY news, 'nobody is there'"));
    expect(told).toHaveLength(2);
  });

  it('refuses what would end PGlite or touch other clients, and serves on', async () => {
    const refused = ['COPY seen FROM STDIN', 'SELECT 1; copy seen from stdin', '-- x\nDISCARD ALL'];
    for (const sql of [...refused, 'UNLISTEN *', 'PREPARE x AS SELECT 1']) {
      const answer = withClient((client) => client.query(sql));
      await expect(answer).rejects.toMatchObject({ code: '0A000' });
    }
    const named = withClient((client) => client.query({ name: 'n', text: 'SELECT 1' }));
    await expect(named).rejects.toMatchObject({ code: '0A000' });
    expect(await withClient((client) => one(client, 'SELECT 1'))).toBe(1);
  });

  it('refuses a message larger than it takes, before holding it', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.end(Buffer.concat([int32(MESSAGE_BYTES_MAX + 1), int32(196_608)]));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('Invalid message length');
    socket.destroy();
  });

  it('takes and returns large values', async () => {
    await withClient(async (client) => {
      const { rows } = await client.query('SELECT $1::text AS back', ['x'.repeat(8_000_000)]);
      expect(rows[0]?.back).toHaveLength(8_000_000);
    });
  });
});
