import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAligned } from '../../src/disks/unbuffered.ts';
import { type FrameBuffer, FrameBuffers, frameMemory } from '../../src/stream/frame-buffers.ts';
import { encodeFrame, FRAME_SLOT_BYTES } from '../../src/stream/frames.ts';
import { Inbox } from '../../src/stream/inbox.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const part = { min: 2, max: 6 };
const SLOT = Buffer.alloc(FRAME_SLOT_BYTES);

describe('the buffers of many streams', () => {
  it('stay within their minimums and what is shared, and all streams end', async () => {
    const stream = fc.record({
      min: fc.integer({ min: 1, max: 4 }),
      more: fc.nat(8),
      frames: fc.integer({ min: 1, max: 30 }),
      /** Turns for which it holds each. */
      holds: fc.integer({ min: 1, max: 5 }),
    });
    const streams = fc.array(stream, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(streams, fc.nat(8), async (all, sharedMax) => {
        const memory = frameMemory(sharedMax);
        const budget = all.reduce((sum, { min }) => sum + min, sharedMax);
        // What is in them does not matter here: none is made beyond these.
        memory.free.push(...Array.from({ length: budget }, () => SLOT));
        let held = 0;
        let heldMax = 0;
        await Promise.all(
          all.map(async ({ min, more, frames, holds }) => {
            const buffers = new FrameBuffers({ min, max: min + more }, memory);
            const held1 = async () => {
              const buffer = await buffers.take();
              held += 1;
              heldMax = Math.max(heldMax, held);
              for (let at = 0; at < holds; at += 1) await turn();
              held -= 1;
              buffer.release();
            };
            await Promise.all(Array.from({ length: frames }, held1));
          }),
        );
        expect(heldMax).toBeLessThanOrEqual(budget);
        expect(memory.left).toBe(sharedMax);
        expect(memory.free).toHaveLength(budget);
        expect(memory.waiting).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('are there up to its minimum for a stream that comes last', () => {
    const memory = frameMemory(4);
    const first = new FrameBuffers(part, memory);
    while (first.now());
    expect(memory.left).toBe(0);
    const last = new FrameBuffers(part, memory);
    expect([last.now(), last.now(), last.now()].map((one) => one !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('go first to whoever holds the fewest', async () => {
    const memory = frameMemory(4);
    const greedy = new FrameBuffers(part, memory);
    const held: FrameBuffer[] = [];
    for (let next = greedy.now(); next; next = greedy.now()) held.push(next);
    const late = new FrameBuffers(part, memory);
    const got: string[] = [];
    void greedy.take().then(() => got.push('greedy'));
    for (let at = 0; at < 4; at += 1) void late.take().then(() => got.push('late'));
    for (const buffer of held.slice(0, 3)) buffer.release();
    await turn();
    // Its own two at once, then what is freed, until both hold as many.
    expect(got).toEqual(['late', 'late', 'late', 'late', 'greedy']);
  });

  it('are not waited for once a stream has failed, and used again once it gives them back', async () => {
    const memory = frameMemory(0);
    const broken = new FrameBuffers(part, memory);
    const held = [await broken.take(), await broken.take()];
    const waiting = broken.take();
    broken.abandon();
    await expect(waiting).rejects.toThrow('This stream has ended');
    await expect(broken.take()).rejects.toThrow('This stream has ended');
    for (const buffer of held) buffer.release();
    expect([memory.left, memory.waiting]).toEqual([0, []]);
    expect(memory.free).toHaveLength(held.length);
  });

  it('lie so that a payload can be written past the page cache', async () => {
    const { payload } = await new FrameBuffers(part, frameMemory(0)).take();
    expect(isAligned(payload.subarray(0, 8192), 0)).toBe(true);
  });
});

describe('a connection that finds no buffer', () => {
  const wire = Array.from({ length: 6 }, (_, at) => encodeFrame('data', Buffer.alloc(5000, at)));

  it('goes on once another stream has given one back', async () => {
    const memory = frameMemory(1);
    const other = new FrameBuffers({ min: 0, max: 1 }, memory);
    const borrowed = await other.take();
    const inbox = new Inbox(8, memory);
    expect(inbox.take(Buffer.concat(wire))).toBe(false);
    const [first, second] = [await inbox.next(), await inbox.next()];
    const third = inbox.next();
    borrowed.release();
    expect((await third).payload[0]).toBe(2);
    first.release();
    second.release();
    for (const at of [3, 4]) expect((await inbox.next()).payload[0]).toBe(at);
  });

  it('gives back what it holds when it breaks', async () => {
    const memory = frameMemory(3);
    const inbox = new Inbox(8, memory);
    inbox.take(Buffer.concat(wire));
    expect(memory.left).toBe(0);
    inbox.fail(new Error('It broke'));
    expect(memory.left).toBe(3);
    expect((await inbox.next()).payload[0]).toBe(0);
  });
});
