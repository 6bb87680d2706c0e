import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeFile } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import type { Sender, SendOptions } from '../../src/stream/sender.ts';
import { createRateLimit, type RateLimit } from '../../src/stream/wrappers/throttled.ts';
import { type SourceEnd, sourceEnd } from '../../src/worker/source-end.ts';

let folder = '';
let shared: RateLimit;
let end: SourceEnd;
/** What a running round is limited by. */
let limit: RateLimit | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-source-'));
  await createDisk(join(folder, 'a.vhdx'), { virtualBytes: 64 * 1024 * 1024 });
  shared = createRateLimit();
  limit = undefined;
  const sender = {
    offer: () => undefined,
    withdraw: () => undefined,
    sendRound: async (round: { number: number }, options: SendOptions) => {
      limit = options.limit;
      return {
        number: round.number,
        bytesRead: 0,
        bytesSent: 0,
        bytesCarried: 0,
        seconds: 0,
        digests: [],
      };
    },
  } as unknown as Sender;
  end = sourceEnd({
    directory: join(folder, 'streams'),
    sender,
    targetOf: async () => 'key',
    patienceSeconds: 1,
    onProgress: () => undefined,
    limit: shared,
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function send(operation: string): Promise<RateLimit> {
  const file = { path: join(folder, 'a.vhdx'), linkage: 'x' };
  const disks = [{ disk: 'SCSI 0:0', virtualBytes: 64 * 1024 * 1024, file }];
  const round = { number: 0, disks };
  await end.offer(operation, round);
  const token = { operation, epoch: 1 };
  await end.send({ token, mode: 'whole', round }, new AbortController().signal);
  if (!limit) throw new Error('Nothing was sent');
  return limit;
}

/** Whether a second byte has to wait: the first one goes into debt. */
async function isHeldBack({ take }: RateLimit): Promise<boolean> {
  const waiting = new AbortController();
  await take(1);
  const second = take(1, waiting.signal).then(
    () => false,
    () => true,
  );
  setTimeout(() => waiting.abort(), 50);
  return await second;
}

it('offers each disk with the shape of the file that its chain stands on', async () => {
  const virtualBytes = 64 * 1024 * 1024;
  const [base, leaf] = [join(folder, 'b.vhd'), join(folder, 'l.avhd')];
  await createDisk(base, { virtualBytes, format: 'vhd', type: 'fixed' });
  await createChild(leaf, base);
  const disks = ['a.vhdx', 'l.avhd'].map((name, index) => {
    const file = { path: join(folder, name), linkage: 'x' };
    return { disk: `SCSI 0:${index}`, virtualBytes, file };
  });
  await end.offer('m1', { number: 0, disks });
  const offered = (await end.session('m1')).disks;
  const { diskId } = await describeFile(base);
  expect(offered).toMatchObject([
    { format: 'vhdx', type: 'dynamic', blockBytes: 32 * 2 ** 20, physicalSectorBytes: 4096 },
    { format: 'vhd', type: 'fixed', blockBytes: 0, physicalSectorBytes: 512, diskId },
  ]);
});

describe('what the source sends', () => {
  it('is held to the limit of its own operation, and to no other one', async () => {
    end.limit('m1', 1);
    expect(await isHeldBack(await send('m1'))).toBe(true);
    expect(await isHeldBack(await send('m2'))).toBe(false);
  });

  it('is held to a limit that is set while it runs, and let go when it is taken off', async () => {
    const running = await send('m1');
    expect(await isHeldBack(running)).toBe(false);
    end.limit('m1', 1);
    expect(await isHeldBack(running)).toBe(true);
    const waiting = running.take(1000);
    end.limit('m1', undefined);
    expect(await waiting).toBe(1000);
  });

  it('is held to the limit of the whole worker as well', async () => {
    shared.set(1);
    end.limit('m1', undefined);
    expect(await isHeldBack(await send('m1'))).toBe(true);
  });
});
