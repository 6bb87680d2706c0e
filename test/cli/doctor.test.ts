import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { botEnv, directory, workerEnv } from './desk.ts';
import { ferry } from './ferry.ts';

const findingSchema = z.array(z.object({ severity: z.string(), code: z.string() }));
const codesIn = (out: string): string[] =>
  findingSchema.parse(JSON.parse(out)).map(({ severity, code }) => `${severity} ${code}`);

describe('ferry doctor', () => {
  it('tells what is wrong first, with its way out, and exits 1', async () => {
    const { code, out, err } = await ferry(['doctor'], botEnv);
    expect([code, err]).toEqual([1, '']);
    const lines = out.trimEnd().split('\n');
    expect(out).toContain('Slack cannot be reached at http://127.0.0.1:1/api/');
    expect(lines.findIndex((line) => line.startsWith('unknown'))).toBeLessThan(
      lines.findIndex((line) => line.startsWith('ok')),
    );
    expect(lines.at(-1)).toMatch(/^\d+ blocker, \d+ unknown, \d+ warning, \d+ ok$/);
    expect(out).not.toMatch(/secret|undefined/);
    expect(out).not.toContain(new URL(botEnv.STORE_URL).password);
  });

  it('answers also when the store is away, as JSON', async () => {
    const env = { ...botEnv, STORE_URL: 'redis://:secret@127.0.0.1:1' };
    const { code, out } = await ferry(['doctor', '--json'], env);
    expect(code).toBe(1);
    expect(codesIn(out)).toEqual(
      expect.arrayContaining(['blocker store-unreachable', 'unknown doctor-hosts-unknown']),
    );
    expect(out).not.toContain('secret');
  });

  it('answers also when its folder cannot be written', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const env = { ...botEnv, FERRY_STATE: join(file, 'state') };
    const { code, out } = await ferry(['doctor', '--json'], env);
    expect([code, codesIn(out)]).toEqual([
      1,
      expect.arrayContaining(['blocker doctor-state-unwritable']),
    ]);
  });

  it("looks at a host from the worker's environment", async () => {
    const { code, out } = await ferry(['doctor', '--json'], workerEnv);
    expect([code, codesIn(out)]).toEqual([
      1,
      expect.arrayContaining([
        'warning doctor-host-not-enrolled',
        'ok doctor-store-ok',
        'unknown doctor-space-unknown',
      ]),
    ]);
    const away = { ...workerEnv, STORE_URL: 'redis://127.0.0.1:1' };
    const without = await ferry(['doctor', '--json'], away);
    expect(codesIn(without.out)).toContain('blocker store-unreachable');
  });

  it('looks at the host that is named, also where the tokens of the bot stand beside it', async () => {
    const both = await ferry(['doctor', '--json'], { ...botEnv, ...workerEnv });
    expect(codesIn(both.out)).toContain('warning doctor-host-not-enrolled');
    // The commands of the bot's machine name it so.
    const { FERRY_BOT } = workerEnv;
    const bot = await ferry(['doctor', '--json'], { ...botEnv, FERRY_BOT, FERRY_HOST: 'bot' });
    expect(codesIn(bot.out)).toContain('unknown slack-unreachable');
  });

  it('names a variable that is missing, and exits 2', async () => {
    const { SLACK_CHANNEL: _, ...without } = botEnv;
    const { code, err } = await ferry(['doctor'], without);
    expect([code, err]).toEqual([2, expect.stringContaining('SLACK_CHANNEL')]);
  });
});

describe('ferry health', () => {
  it('exits 1 where no bot runs, and 0 where one says that it is well', async () => {
    const FERRY_STATE = join(directory, 'health');
    const none = await ferry(['health'], { FERRY_STATE });
    expect([none.code, none.err]).toEqual([1, expect.stringContaining(FERRY_STATE)]);
    const health = { at: Date.now(), store: 'answers', connections: { open: 2, wanted: 2 } };
    await writeFile(join(directory, 'health.json'), JSON.stringify(health));
    const well = await ferry(['health'], { FERRY_STATE: directory });
    expect([well.code, well.out]).toEqual([0, expect.stringContaining('2 connections')]);
  });
});
