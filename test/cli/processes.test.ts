import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { botEnv, directory, workerEnv } from './desk.ts';
import { ferry } from './ferry.ts';

/** The tests read what else it says. */
const quietBot = { ...botEnv, LOG_LEVEL: 'silent' };

describe('a process that cannot start', () => {
  it('names the missing variable in one sentence, says what to do, and exits 2', async () => {
    const { SLACK_APP_TOKEN: _, ...without } = quietBot;
    expect(await ferry(['bot'], without)).toEqual({
      code: 2,
      out: '',
      err:
        'The environment variable SLACK_APP_TOKEN is missing.\n' +
        'Set it as .env.example shows, or name the file that sets it before the command, with --env.\n',
    });
  });

  it('reads the environment from the file that is named, and says so when there is none', async () => {
    const file = join(directory, 'bot.env');
    const { FERRY_APPROVERS: _, ...without } = quietBot;
    const lines = Object.entries(without).map(([name, value]) => `${name}=${value}`);
    await writeFile(file, lines.join('\n'));
    const ended = await ferry(['--env', file, 'bot']);
    expect([ended.code, ended.err]).toEqual([2, expect.stringContaining('FERRY_APPROVERS')]);
    const missing = await ferry(['--env', join(directory, 'none.env'), 'bot']);
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('none.env')]);
    expect(missing.err).not.toMatch(/\n\s+at /);
  });

  it('ends when the store is away', async () => {
    const ended = await ferry(['bot'], { ...quietBot, STORE_URL: 'postgres://127.0.0.1:1/x' });
    expect(ended.code).toBe(2);
    expect(ended.err.split('\n')).toHaveLength(3);
  });

  it('ends when the lab of the worker has no such host, though the store answers', async () => {
    const ended = await ferry(['worker'], { ...workerEnv, LOG_LEVEL: 'silent' });
    expect(ended.code).toBe(2);
    expect(ended.err).toContain('hv-z');
  });

  it('ends when Slack cannot be reached, though the store answers', async () => {
    const ended = await ferry(['bot'], quietBot);
    expect(ended.code).not.toBe(0);
    expect(ended.out).toBe('');
  });
});
