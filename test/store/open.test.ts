import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';

/** Answers Redis commands: what `answer` gives, else OK. */
function redisWith(answer: (command: string) => string | undefined): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => {
      // A command is an array of texts, each behind its length.
      for (const command of chunk.toString().split(/(?=\*\d+\r\n\$)/)) {
        const words = command.split('\r\n').filter((_, index) => index > 0 && index % 2 === 0);
        socket.write(answer(words.join(' ').toLowerCase()) ?? '+OK\r\n');
      }
    });
  });
  servers.add(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`redis://:secret@127.0.0.1:${portOf(server)}`));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
const servers = new Set<Server>();
const sockets = new Set<Socket>();

const settings = (values: Readonly<Record<string, string>>) => (command: string) => {
  if (command.startsWith('info')) return bulk('loading:0');
  const name = /^config get (.*)$/.exec(command)?.[1];
  if (name === undefined) return undefined;
  return values[name] === undefined ? '*0\r\n' : `*2\r\n${bulk(name)}${bulk(values[name])}`;
};

describe('opening a store', () => {
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });

  it('refuses an address that is none, without showing it', async () => {
    for (const url of ['', 'redis', 'http://user:secret@host', 'mysql://host']) {
      const error = await openStore(url).catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: 'store-url-invalid' });
      expect(String(error)).not.toContain('secret');
    }
  });

  it('says that nobody answers, without the password', async () => {
    const { port } = new URL(await redisWith(() => undefined));
    for (const server of servers) server.close();
    for (const scheme of ['redis', 'postgres']) {
      await expect(openStore(`${scheme}://me:secret@127.0.0.1:${port}/0`)).rejects.toMatchObject({
        code: 'store-unreachable',
        facts: { url: `${scheme}://127.0.0.1:${port}/0` },
      });
    }
  });

  it('refuses a Redis that can lose what it acknowledged, with the settings to change', async () => {
    const url = await redisWith(
      settings({ appendonly: 'yes', appendfsync: 'everysec', 'maxmemory-policy': 'allkeys-lru' }),
    );
    await expect(openStore(url)).rejects.toMatchObject({
      code: 'redis-not-durable',
      facts: {
        found: ['appendfsync everysec', 'maxmemory-policy allkeys-lru'],
        wanted: ['appendfsync always', 'maxmemory-policy noeviction'],
      },
    });
  });

  it('refuses a Redis without a log, and one that does not tell', async () => {
    const url = await redisWith(settings({ appendonly: 'no', appendfsync: 'always' }));
    await expect(openStore(url)).rejects.toMatchObject({
      code: 'redis-not-durable',
      facts: { found: ['appendonly no', 'maxmemory-policy (not told)'] },
    });
  });

  it('says that Redis hides its settings, or what else it refuses', async () => {
    const refusing = (text: string) => (command: string) =>
      command.startsWith('config') ? `-${text}\r\n` : settings({})(command);
    const hidden = await redisWith(refusing("NOPERM no permissions to run 'config|get'"));
    await expect(openStore(hidden)).rejects.toMatchObject({ code: 'redis-settings-hidden' });
    const refused = await redisWith(refusing('NOAUTH Authentication required.'));
    await expect(openStore(refused)).rejects.toMatchObject({
      code: 'store-refused',
      facts: { message: 'NOAUTH Authentication required.' },
    });
    const full = await redisWith(refusing('OOM command not allowed'));
    await expect(openStore(full)).rejects.toMatchObject({ code: 'store-full' });
  });

  it('opens a Redis that keeps what it acknowledged', async () => {
    const url = await redisWith(
      settings({ appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' }),
    );
    await (await openStore(url))[Symbol.asyncDispose]();
  });
});
