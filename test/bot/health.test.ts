import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  HEALTH_SECONDS_MAX,
  type HealthKept,
  keepHealth,
  readHealth,
  requireHealthy,
} from '../../src/bot/health.ts';
import { Problem } from '../../src/domain/problem.ts';
import { until } from '../until.ts';

let state = '';
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'ferry-health-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

const file = () => join(state, 'health.json');
const write = (health: object) => writeFile(file(), JSON.stringify(health));
const two = { open: 2, wanted: 2 };

/** One look of a bot, and its end. */
async function kept(changes: Partial<HealthKept>, look: () => Promise<void>): Promise<unknown[]> {
  const stopping = new AbortController();
  const errors: unknown[] = [];
  const keeping = keepHealth(state, {
    journal: { now: async () => 1 },
    connections: () => two,
    onError: (error) => errors.push(error),
    stopping: stopping.signal,
    ...changes,
  });
  await until(async () => (await readHealth(state)) !== undefined || errors.length > 0);
  await look();
  stopping.abort();
  await keeping;
  return errors;
}

const codeOf = async (): Promise<string> => {
  const error = await requireHealthy(state).catch((failure: unknown) => failure);
  return error instanceof Problem ? error.code : 'healthy';
};

describe("a bot's sign of life", () => {
  it('is there while it runs and gone when it has stopped', async () => {
    const errors = await kept({}, async () => expect(await codeOf()).toBe('healthy'));
    expect(errors).toEqual([]);
    expect(await codeOf()).toBe('bot-not-running');
    expect(await readdir(state)).toEqual([]);
  });

  it('is no health without a connection to Slack, nor without the store', async () => {
    await kept({ connections: () => ({ open: 0, wanted: 2 }) }, async () =>
      expect(await codeOf()).toBe('bot-without-slack'),
    );
    const now = () => Promise.reject(new Problem('store-unreachable', { url: 'x' }));
    await kept({ journal: { now } }, async () => expect(await codeOf()).toBe('bot-without-store'));
  });

  it('does not outlive a bot that was killed', async () => {
    const at = Date.now();
    await write({ at, store: 'answers', connections: two });
    expect(await readHealth(state, at + HEALTH_SECONDS_MAX * 1000)).toBeDefined();
    expect(await readHealth(state, at + HEALTH_SECONDS_MAX * 1000 + 1)).toBeUndefined();
    // A clock that was set back does not make it good for ever.
    expect(await readHealth(state, at - HEALTH_SECONDS_MAX * 1000 - 1)).toBeUndefined();
    // And the next bot does not inherit it: it is not connected yet.
    await kept({ connections: () => ({ open: 0, wanted: 1 }) }, async () => {
      await until(async () => (await codeOf()) !== 'healthy');
      expect(await codeOf()).toBe('bot-without-slack');
    });
  });

  it.each(['', '{', '{}', '{"at":"now"}', 'null'])('is none when it reads %p', async (text) => {
    await writeFile(file(), text);
    expect(await codeOf()).toBe('bot-not-running');
  });

  it('that cannot be written stops nothing', async () => {
    await rm(state, { recursive: true });
    await writeFile(state, '');
    const errors = await kept({}, async () => undefined);
    expect(errors.length).toBeGreaterThan(0);
    await rm(state);
  });
});
