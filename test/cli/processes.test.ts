import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sharedStore } from '../store/server.ts';
import { ferry } from './ferry.ts';

jest.setTimeout(60_000);

let server: Awaited<ReturnType<typeof sharedStore>>;
let directory = '';
beforeAll(async () => {
  server = await sharedStore();
  directory = await mkdtemp(join(tmpdir(), 'ferry-cli-'));
});
afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

const botEnv = () => ({
  STORE_URL: server.url,
  FERRY_STATE: join(directory, 'bot'),
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_CHANNEL: 'C0123456789',
  // Nobody listens there.
  SLACK_API_URL: 'http://127.0.0.1:1/api/',
  FERRY_OPERATORS: 'U1',
  FERRY_APPROVERS: 'U1',
  LOG_LEVEL: 'silent',
});

describe('a process that cannot start', () => {
  it('names the missing variable in one sentence, says what to do, and exits 2', async () => {
    const { SLACK_APP_TOKEN: _, ...without } = botEnv();
    expect(await ferry(['bot'], without)).toEqual({
      code: 2,
      out: '',
      err: 'The environment variable SLACK_APP_TOKEN is missing.\nSet it as .env.example shows, and start again.\n',
    });
  });

  it('reads the environment from the file that is named, and says so when there is none', async () => {
    const file = join(directory, 'bot.env');
    const { FERRY_APPROVERS: _, ...without } = botEnv();
    const lines = Object.entries(without).map(([name, value]) => `${name}=${value}`);
    await writeFile(file, lines.join('\n'));
    const ended = await ferry(['--env', file, 'bot']);
    expect([ended.code, ended.err]).toEqual([2, expect.stringContaining('FERRY_APPROVERS')]);
    const missing = await ferry(['--env', join(directory, 'none.env'), 'bot']);
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('none.env')]);
    expect(missing.err).not.toMatch(/\n\s+at /);
  });

  it('ends when the store is away', async () => {
    const ended = await ferry(['bot'], { ...botEnv(), STORE_URL: 'postgres://127.0.0.1:1/x' });
    expect(ended.code).toBe(2);
    expect(ended.err.split('\n')).toHaveLength(3);
  });

  it('ends when the lab of the worker has no such host, though the store answers', async () => {
    const ended = await ferry(['worker'], {
      STORE_URL: server.url,
      FERRY_STATE: join(directory, 'hv-z'),
      FERRY_HOST: 'hv-z',
      FERRY_LISTEN: '127.0.0.1:0',
      FERRY_BOT: 'f'.repeat(64),
      FERRY_LAB: directory,
      LOG_LEVEL: 'silent',
    });
    expect(ended.code).toBe(2);
    expect(ended.err).toContain('hv-z');
  });

  it('ends when Slack cannot be reached, though the store answers', async () => {
    const ended = await ferry(['bot'], botEnv());
    expect(ended.code).not.toBe(0);
    expect(ended.out).toBe('');
  });
});
