import { describe, expect, it } from '@jest/globals';
import { Compression } from '../../src/stream/compression.ts';

const FRAME_BYTES = 1_048_576;
const THREADS = 2;
const GBIT = 125_000_000;

/** Bytes a second; what a sender, its link and its processors can do. */
interface Link {
  readonly link: number;
  /** Reading and all else that is done for each byte. */
  readonly own: number;
  /** Of one thread. */
  readonly pack: number;
  /** Raw over compressed. */
  readonly shrinksTo: number;
}

const SLOW: Link = { link: GBIT, own: 900_000_000, pack: 300_000_000, shrinksTo: 2 };

/** Sends for so many seconds. Returns bytes a second, and of the bytes the share that was packed. */
function send(compression: Compression, seconds: number, link: Link): [number, number] {
  let [now, bytes, packed] = [0, 0, 0];
  while (now < seconds) {
    const isPacked = compression.isOn;
    const wireBytes = isPacked ? FRAME_BYTES / link.shrinksTo : FRAME_BYTES;
    const own = FRAME_BYTES / link.own;
    const pack = FRAME_BYTES / link.pack;
    if (isPacked) compression.packed({ rawBytes: FRAME_BYTES, wireBytes, seconds: pack });
    const spent = Math.max(own, wireBytes / link.link, isPacked ? pack / THREADS : 0);
    compression.sent({ rawBytes: FRAME_BYTES, seconds: spent, waitingSeconds: spent - own });
    now += spent;
    bytes += FRAME_BYTES;
    packed += isPacked ? FRAME_BYTES : 0;
  }
  return [bytes / now, packed / bytes];
}

describe('compression', () => {
  it('is on where the link is slower than what it makes smaller', () => {
    const [rate, share] = send(new Compression(() => THREADS), 30, SLOW);
    expect(rate).toBeGreaterThan(1.8 * GBIT);
    expect(share).toBeGreaterThan(0.9);
  });

  it('is on at the slowest of links, where a frame takes a second', () => {
    const [rate] = send(new Compression(() => THREADS), 600, { ...SLOW, link: 1_000_000 });
    expect(rate).toBeGreaterThan(1_700_000);
  });

  it('is off where the link is faster than it is', () => {
    const [rate, share] = send(new Compression(() => THREADS), 30, { ...SLOW, link: 700_000_000 });
    expect(rate).toBeGreaterThan(0.98 * 700_000_000);
    expect(share).toBeLessThan(0.01);
  });

  it('leaves processors alone that have other work', () => {
    const idle = { ...SLOW, link: 250_000_000 };
    expect(send(new Compression(() => THREADS), 30, idle)[1]).toBeGreaterThan(0.9);
    expect(send(new Compression(() => 0), 30, idle)[1]).toBeLessThan(0.01);
    // For a slow link the time that is waited is enough.
    expect(send(new Compression(() => 0), 30, { ...SLOW, link: 20_000_000 })[1]).toBeGreaterThan(
      0.9,
    );
  });

  it('is not even tried where the link never keeps us waiting', () => {
    const [, share] = send(new Compression(() => THREADS), 30, { ...SLOW, link: 2_000_000_000 });
    expect(share).toBe(0);
  });

  it('is off where nothing shrinks, and looks again ever more rarely', () => {
    const [, share] = send(new Compression(() => THREADS), 60, {
      ...SLOW,
      shrinksTo: 1,
      pack: 5e9,
    });
    expect(share).toBeLessThan(0.01);
  });

  it('ends where it promised more than it keeps', () => {
    const compression = new Compression(() => THREADS);
    send(compression, 10, SLOW);
    expect(compression.isOn).toBe(true);
    // Other work takes the processors.
    const [rate] = send(compression, 30, { ...SLOW, pack: 50_000_000 });
    expect(rate).toBeGreaterThan(0.95 * GBIT);
  });

  it('follows a link that becomes faster, and slower again', () => {
    const compression = new Compression(() => THREADS);
    send(compression, 10, SLOW);
    const fast = { ...SLOW, link: 800_000_000 };
    send(compression, 60, fast);
    const [rate, share] = send(compression, 60, fast);
    expect(rate).toBeGreaterThan(0.95 * 800_000_000);
    expect(share).toBeLessThan(0.01);
    send(compression, 30, SLOW);
    expect(send(compression, 30, SLOW)[0]).toBeGreaterThan(1.8 * GBIT);
  });

  it('follows what the disk holds', () => {
    const compression = new Compression(() => THREADS);
    send(compression, 60, { ...SLOW, shrinksTo: 1, pack: 5e9 });
    send(compression, 20, SLOW);
    expect(send(compression, 30, SLOW)[0]).toBeGreaterThan(1.8 * GBIT);
  });
});
