import { describe, expect, it } from '@jest/globals';
import type { VolumeFacts } from '../../src/domain/host.ts';
import { roomFor } from '../../src/worker/room.ts';
import { codeOf } from '../bot/world.ts';
import { GIB, hostFacts } from '../preflight/facts.ts';

const [volume] = hostFacts('hv-b').volumes;
const COPY = 'D:\\ferry\\dc02-3f2504e0';

/** What is free changes, and looks are counted. */
function target(bytesFree: number) {
  const seen = { bytesFree, looks: 0 };
  const volumes = async (): Promise<VolumeFacts[]> => {
    seen.looks += 1;
    return volume ? [{ ...volume, bytesFree: seen.bytesFree }] : [];
  };
  return { seen, check: roomFor(COPY, { host: 'hv-b', volumes }) };
}

describe('the room for what comes in', () => {
  it('is there down to the last GiB', async () => {
    await target(GIB).check();
    const { check } = target(GIB - 1);
    expect(await codeOf(check())).toBe('target-full');
    await expect(check()).rejects.toMatchObject({
      facts: { host: 'hv-b', volume: 'D:', bytesFree: GIB - 1, bytesMin: GIB },
    });
  });

  it('is not asked for with every piece, and is there as soon as somebody makes it', async () => {
    const { seen, check } = target(0);
    expect(await codeOf(check())).toBe('target-full');
    seen.bytesFree = GIB;
    await check();
    await check();
    expect(seen.looks).toBe(2);
  });

  it('is not judged on a volume that nobody lists', async () => {
    await roomFor(COPY, { host: 'hv-b', volumes: async () => [] })();
  });
});
