import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BLOCK_BYTES, DIGEST_BYTES } from '../../src/stream/blocks.ts';
import { DigestFile } from '../../src/stream/digest-file.ts';
import { rootOf } from './root.ts';

/** Three pages of digests, the last one short. */
const BLOCKS = 9000;

const places = fc.record({
  block: fc.oneof(
    fc.integer({ min: 0, max: BLOCKS - 1 }),
    fc.constantFrom(0, 4095, 4096, 8191, BLOCKS - 1),
  ),
  count: fc.integer({ min: 1, max: 5000 }),
});
const steps = fc.array(
  fc.record({
    place: places,
    fill: fc.integer({ min: 1, max: 255 }),
    kind: fc.constantFrom('write', 'zero', 'read', 'root', 'sync', 'reopen', 'clear'),
  }),
  { maxLength: 25 },
);

describe('a file of digests', () => {
  it('holds what was written last, also for who opens it after it was closed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ferry-digests-'));
    const path = join(directory, 'digests');
    try {
      await fc.assert(
        fc.asyncProperty(steps, async (all) => {
          await rm(path, { force: true });
          const model = Buffer.alloc(BLOCKS * DIGEST_BYTES);
          let file = await DigestFile.open(path, BLOCKS * BLOCK_BYTES);
          for (const { place, fill, kind } of all) {
            const { block } = place;
            const count = Math.min(place.count, BLOCKS - block);
            const part = model.subarray(block * DIGEST_BYTES, (block + count) * DIGEST_BYTES);
            if (kind === 'write') await file.write(block, part.fill(fill));
            if (kind === 'zero') await file.zero(block, count);
            if (kind === 'zero') part.fill(0);
            if (kind === 'clear') await file.clear();
            if (kind === 'clear') model.fill(0);
            if (kind === 'read') expect((await file.read(block, count)).equals(part)).toBe(true);
            if (kind === 'root') expect(await file.root()).toBe(rootOf(model));
            if (kind === 'sync') await file.sync();
            if (kind !== 'reopen' && kind !== 'sync') continue;
            // After a flush, whoever opens it sees all of it.
            if (kind === 'reopen') await file[Symbol.asyncDispose]();
            await using other = await DigestFile.open(path, BLOCKS * BLOCK_BYTES);
            expect((await other.read(0, BLOCKS)).equals(model)).toBe(true);
            expect(await other.root()).toBe(rootOf(model));
            if (kind === 'reopen') file = await DigestFile.open(path, BLOCKS * BLOCK_BYTES);
          }
          await file[Symbol.asyncDispose]();
        }),
        { numRuns: 60 },
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
