import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Problem } from '../../src/domain/problem.ts';
import { freePort } from '../../src/lab/free-port.ts';
import { openStore, storeAt } from '../../src/store/open.ts';
import { requireTool } from '../tools.ts';
import { only, readDockerfile } from './dockerfile.ts';
import { readYaml } from './yaml.ts';

const root = join(import.meta.dirname, '../..');
const text = await readFile(join(root, 'compose.yaml'), 'utf8');
const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
const redisServer = requireTool('redis-server');

const service = z.object({
  restart: z.literal('unless-stopped'),
  environment: z.record(z.string(), z.string()),
  volumes: z.array(z.string()),
  stop_grace_period: z.string(),
});
const schema = z.strictObject({
  name: z.literal('ferry'),
  services: z.strictObject({
    redis: service.extend({
      image: z.string().regex(/^redis:\d+\.\d+$/),
      command: z.array(z.string()),
      ports: z.array(z.string()),
      healthcheck: z.strictObject({
        test: z.array(z.string()),
        interval: z.string(),
        timeout: z.string(),
        retries: z.number(),
      }),
    }),
    bot: service.extend({
      build: z.literal('.'),
      env_file: z.literal('bot.env'),
      depends_on: z.strictObject({
        redis: z.strictObject({ condition: z.literal('service_healthy') }),
      }),
      read_only: z.literal(true),
      cap_drop: z.tuple([z.literal('ALL')]),
      security_opt: z.tuple([z.literal('no-new-privileges:true')]),
    }),
  }),
  volumes: z.record(z.string(), z.null()),
});
const { services, volumes } = schema.parse(readYaml(text));
const { redis, bot } = services;

describe('compose.yaml', () => {
  it('sets Redis as the store demands it at its start', () => {
    const wanted = storeAt('redis://redis:6379').settings;
    expect(wanted).toHaveLength(3);
    expect(redis.command.join(' ')).toContain(wanted.map((one) => `--${one}`).join(' '));
  });

  it('keeps the journal and the bot in volumes of their own', () => {
    expect(redis.volumes).toEqual(['redis-data:/data']);
    const file = readDockerfile(dockerfile);
    expect(bot.volumes).toEqual([`bot-state:${only(file, 'VOLUME')}`]);
    expect(bot.environment.FERRY_STATE).toBe(only(file, 'VOLUME'));
    expect(Object.keys(volumes).toSorted()).toEqual(['bot-state', 'redis-data']);
  });

  it('opens Redis on a named address alone, with a password, and nothing else at all', () => {
    // Compose stops where a variable with ":?" is not set.
    expect(redis.ports).toEqual([expect.stringMatching(/^\$\{REDIS_BIND:\?[^}]+\}:6379:6379$/)]);
    const [flag, password] = redis.command.slice(-2);
    expect([flag, password]).toEqual([
      '--requirepass',
      expect.stringMatching(/^\$\{REDIS_PASSWORD:\?/),
    ]);
    expect(bot).not.toHaveProperty('ports');
  });

  it("gives the bot the address of this Redis, with its password, over the file's", () => {
    const url = substituted(bot.environment.STORE_URL ?? '', { REDIS_PASSWORD: 'pw' });
    expect(url).toBe('redis://:pw@redis:6379');
    expect(Object.keys(services)).toContain(new URL(url).hostname);
  });

  it('asks for a password at each variable, and for an address', () => {
    expect(() => substituted(redis.ports[0] ?? '', {})).toThrow('REDIS_BIND');
    expect(() => substituted(bot.environment.STORE_URL ?? '', {})).toThrow('REDIS_PASSWORD');
  });
});

if (redisServer) {
  describe('the Redis of compose.yaml', () => {
    const running: ChildProcess[] = [];
    const folders: string[] = [];
    afterEach(async () => {
      for (const child of running.splice(0)) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
    });

    it('is one that the store accepts, with the password alone', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'ferry-compose-'));
      folders.push(folder);
      const port = await freePort();
      const password = 'only-for-this-test';
      const [, ...args] = redis.command.map((one) =>
        substituted(one, { REDIS_PASSWORD: password }),
      );
      const here = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
      const child = spawn(redisServer, [...args, ...here], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      running.push(child);
      await ready(child);
      await using store = await openStore(`redis://:${password}@127.0.0.1:${port}`);
      expect(await store.journal.list(1)).toEqual([]);
      const stranger = await openStore(`redis://:wrong@127.0.0.1:${port}`).catch((error) => error);
      expect(stranger).toBeInstanceOf(Problem);
    });
  });
}

/** As Compose does: a variable that is missing is an error. */
function substituted(value: string, variables: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{(\w+):\?[^}]*\}/g, (_, name: string) => {
    const found = variables[name];
    if (found === undefined) throw new Error(`${name} is not set`);
    return found;
  });
}

async function ready(child: ChildProcess): Promise<void> {
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk);
    if (said.includes('Ready to accept connections')) return void child.stdout?.resume();
  }
  throw new Error(`Redis ended: ${said}`);
}
