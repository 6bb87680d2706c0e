import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bothOf, createRateLimit, type RateLimit } from '../../src/stream/wrappers/throttled.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

const MIB = 1024 ** 2;
const WINDOW_MS = 5000;
const FRAME_BYTES_MAX = 1.25 * MIB;
const SLICE_BYTES_MAX = MIB / 8;

interface Sent {
  readonly at: number;
  readonly bytes: number;
}

/** Sends frames of these sizes, in turn, for ever; as a connection does it. */
function sender(limit: RateLimit, frames: readonly number[], clock: VirtualClock, pauseMs = 0) {
  const sent: Sent[] = [];
  const loop = async (): Promise<never> => {
    for (let frame = 0; ; frame += 1) {
      for (let left = frames[frame % frames.length] ?? MIB; left > 0; ) {
        const bytes = await limit.take(left);
        sent.push({ at: clock.now(), bytes });
        left -= bytes;
        if (pauseMs > 0) await clock.sleep(pauseMs);
      }
    }
  };
  void loop();
  return { bytes: () => sent.reduce((sum, { bytes }) => sum + bytes, 0), sent };
}

const frameBytes = fc.integer({ min: 20_000, max: FRAME_BYTES_MAX });
const frames = fc.array(frameBytes, { minLength: 1, maxLength: 5 });
/** Slow limits as often as fast ones. */
const rate = fc.double({ min: 0, max: 6, noNaN: true }).map((power) => MIB * 2 ** power);

interface Phase {
  readonly rate: number;
  readonly seconds: number;
}

const schedule = fc.array(
  fc.record({ rate, seconds: fc.double({ min: 0.3, max: 8, noNaN: true }) }),
  {
    minLength: 1,
    maxLength: 5,
  },
);

/** What the limit allows from one time to another, bytes. */
function allowed(phases: readonly Phase[], fromMs: number, toMs: number): number {
  let at = 0;
  let bytes = 0;
  for (const phase of phases) {
    const end = at + phase.seconds * 1000;
    bytes += (Math.max(0, Math.min(end, toMs) - Math.max(at, fromMs)) / 1000) * phase.rate;
    at = end;
  }
  return bytes;
}

describe('a rate limit', () => {
  it('that is changed up and down holds within 5 % in any 5 s, whatever the frames', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, frames, rate, async (before, sizes, last) => {
        const phases = [...before, { rate: last, seconds: WINDOW_MS / 1000 }];
        const clock = virtualClock();
        const limit = createRateLimit(phases[0]?.rate, clock);
        const { sent } = sender(limit, sizes, clock);
        const starts = [0];
        let at = 0;
        for (const phase of phases) {
          limit.set(phase.rate);
          at += phase.seconds * 1000;
          await clock.runUntil(at);
          starts.push(at, at - 1, at - WINDOW_MS);
        }
        for (let from = 0; from <= at - WINDOW_MS; from += 250) starts.push(from);
        for (const from of starts.filter((one) => one >= 0 && one + WINDOW_MS <= at)) {
          const inside = sent.filter((one) => one.at >= from && one.at < from + WINDOW_MS);
          const bytes = inside.reduce((sum, one) => sum + one.bytes, 0);
          const share = bytes / allowed(phases, from, from + WINDOW_MS);
          if (share < 0.95 || share > 1.05) throw new Error(`${share} from ${from} ms on`);
        }
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('that is lifted holds nobody any more, and holds again once it is set', async () => {
    const clock = virtualClock();
    const limit = createRateLimit(1, clock);
    expect(await limit.take(1000)).toBe(1);
    const waiting = limit.take(1_000_000);
    await clock.runUntil(10);
    limit.set(undefined);
    expect(await waiting).toBe(1_000_000);
    expect(await limit.take(5_000_000)).toBe(5_000_000);
    limit.set(1000);
    const { bytes } = sender(limit, [MIB], clock);
    await clock.runUntil(10_010);
    expect(bytes()).toBeGreaterThan(9900);
    expect(bytes()).toBeLessThan(10_100);
  });

  it('does not let a pause be made up for by a flood', async () => {
    const clock = virtualClock();
    const limit = createRateLimit(MIB, clock);
    await clock.runUntil(60_000);
    const { bytes } = sender(limit, [MIB], clock);
    await clock.runUntil(61_000);
    expect(bytes()).toBeLessThan(1.15 * MIB);
  });

  it('gives back what was taken and not sent', async () => {
    const clock = virtualClock();
    const limit = createRateLimit(1000, clock);
    limit.giveBack(await limit.take(10));
    limit.giveBack(-1000);
    const { bytes } = sender(limit, [MIB], clock);
    await clock.runUntil(2000);
    expect(bytes()).toBeGreaterThan(950);
    expect(bytes()).toBeLessThan(1050);
  });

  it('ends a wait when it is told to', async () => {
    const limit = createRateLimit(1);
    await limit.take(1000);
    const stop = new AbortController();
    const waiting = limit.take(1, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(limit.take(1, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('streams that share a limit', () => {
  it('get equal bytes, whatever the size of their frames', async () => {
    const streams = fc.array(frames, { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(streams, rate, async (sizes, shared) => {
        const clock = virtualClock();
        const limit = createRateLimit(shared, clock);
        const senders = sizes.map((one) => sender(limit.share(), one, clock));
        await clock.runUntil(10_000);
        const had = senders.map(({ bytes }) => bytes());
        expect(Math.max(...had) - Math.min(...had)).toBeLessThanOrEqual(3 * SLICE_BYTES_MAX);
        expect(had.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(9.5 * shared);
      }),
      // Its second stream was always away when the first had got its bytes.
      { numRuns: 25, examples: [[[[33_572], [20_000]], 40_039_126.8]] },
    );
  });

  it('are not held up by one that is slow itself, by its own limit or by its link', async () => {
    const pauseMs = fc.constantFrom(0, 50, 1000);
    const others = fc.array(frames, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(others, frames, pauseMs, async (sizes, slowSizes, pause) => {
        const clock = virtualClock();
        const limit = createRateLimit(8 * MIB, clock);
        const own = createRateLimit(MIB / 2, clock);
        const slow = sender(bothOf(own, limit.share()), slowSizes, clock, pause);
        const senders = sizes.map((one) => sender(limit.share(), one, clock));
        await clock.runUntil(10_000);
        expect(slow.bytes()).toBeLessThan(5.25 * MIB);
        if (pause === 0) expect(slow.bytes()).toBeGreaterThan(4.75 * MIB);
        const had = senders.map(({ bytes }) => bytes());
        expect(Math.max(...had) - Math.min(...had)).toBeLessThanOrEqual(3 * SLICE_BYTES_MAX);
        const all = had.reduce((sum, bytes) => sum + bytes, slow.bytes());
        expect(all).toBeGreaterThan(0.95 * 80 * MIB);
      }),
      { numRuns: 25 },
    );
  });

  it('get no more later for what they left to the others', async () => {
    const clock = virtualClock();
    const limit = createRateLimit(4 * MIB, clock);
    const [busy, late] = [limit.share(), limit.share()];
    const first = sender(busy, [MIB], clock);
    const taken = late.take(1);
    await clock.runUntil(10_000);
    await taken;
    const before = first.bytes();
    const second = sender(late, [MIB], clock);
    await clock.runUntil(20_000);
    expect(Math.abs(second.bytes() - (first.bytes() - before))).toBeLessThan(1.5 * MIB);
  });
});
