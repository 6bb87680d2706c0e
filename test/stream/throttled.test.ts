import { describe, expect, it } from '@jest/globals';
import { createRateLimit } from '../../src/stream/wrappers/throttled.ts';

/** A clock that moves only when someone sleeps. */
function fakeClock() {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms: number): Promise<void> => {
      now += ms;
    },
  };
}

describe('a rate limit', () => {
  it('lets through what it says, over time', async () => {
    const clock = fakeClock();
    const limit = createRateLimit(1000, clock);
    for (let sent = 0; sent < 100; sent += 1) await limit.take(100);
    expect(clock.now()).toBeGreaterThan(9500);
    expect(clock.now()).toBeLessThan(10_200);
  });

  it('that is changed holds from then on, also for those who wait', async () => {
    const clock = fakeClock();
    const limit = createRateLimit(1, clock);
    await limit.take(1000);
    const waiting = limit.take(1);
    limit.set(1_000_000);
    await waiting;
    expect(clock.now()).toBeLessThan(1000);
    limit.set(undefined);
    const before = clock.now();
    for (let sent = 0; sent < 100; sent += 1) await limit.take(1_000_000);
    expect(clock.now()).toBe(before);
  });

  it('does not let a pause be made up for by a flood', async () => {
    const clock = fakeClock();
    const limit = createRateLimit(1000, clock);
    await clock.sleep(60_000);
    const from = clock.now();
    for (let sent = 0; sent < 20; sent += 1) await limit.take(100);
    expect(clock.now() - from).toBeGreaterThan(1500);
  });

  it('ends a wait when it is told to', async () => {
    const limit = createRateLimit(1);
    await limit.take(1000);
    const stop = new AbortController();
    const waiting = limit.take(1, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
