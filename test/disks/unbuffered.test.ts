import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Storage } from '../../src/disks/storage.ts';
import { alignedMemory, isAligned } from '../../src/disks/unbuffered.ts';

const SECTOR = 512;
const PAGE = 4096;
const FILE_BYTES = 64 * PAGE;
/** Linux on x64 and on arm64. */
const O_DIRECT_FLAGS = [0o40000, 0o200000];

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-unbuffered-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** Whether this process has the file open past the page cache. */
function isOpenUnbuffered(path: string): boolean {
  return readdirSync('/proc/self/fd').some((fd) => {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`) !== path) return false;
      const [, flags = ''] =
        /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
      return O_DIRECT_FLAGS.some((flag) => (Number.parseInt(flags, 8) & flag) !== 0);
    } catch {
      return false; // It was closed meanwhile.
    }
  });
}

describe('aligned memory', () => {
  it('counts where place, length and memory are whole pages', () => {
    const memory = alignedMemory(4 * PAGE);
    expect(isAligned(memory.subarray(PAGE, 3 * PAGE), 5 * PAGE)).toBe(true);
    expect(isAligned(memory.subarray(SECTOR, SECTOR + PAGE), 0)).toBe(false);
    expect(isAligned(memory.subarray(0, PAGE + SECTOR), 0)).toBe(false);
    expect(isAligned(memory.subarray(0, PAGE), SECTOR)).toBe(false);
    expect(isAligned(Buffer.alloc(PAGE), 0)).toBe(false);
  });

  it('is written past the page cache, other memory never', async () => {
    const path = join(directory, 'one');
    await using storage = await Storage.open(path, 'wx');
    await storage.growTo(FILE_BYTES);
    await storage.write(0, randomBytes(PAGE));
    expect(isOpenUnbuffered(path)).toBe(false);
    const memory = alignedMemory(PAGE);
    randomBytes(PAGE).copy(memory);
    await storage.write(PAGE, memory);
    // Where the file system does not offer it, it is written all the same.
    if (process.platform === 'linux') expect(isOpenUnbuffered(path)).toBe(true);
    expect((await readFile(path)).subarray(PAGE, 2 * PAGE)).toEqual(memory);
  });

  it('may be written in turn with other memory: both ways of reading see the last write', async () => {
    const memory = alignedMemory(8 * PAGE);
    const write = fc.record({
      sector: fc.nat(FILE_BYTES / SECTOR - 64),
      sectors: fc.integer({ min: 1, max: 64 }),
      pages: fc.boolean(),
      byte: fc.integer({ min: 1, max: 255 }),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 20 }), async (writes) => {
        const path = join(directory, `random-${run++}`);
        const expected = Buffer.alloc(FILE_BYTES);
        {
          await using storage = await Storage.open(path, 'wx');
          await storage.growTo(FILE_BYTES);
          for (const { sector, sectors, pages, byte } of writes) {
            const unit = pages ? PAGE : SECTOR;
            const position = Math.floor((sector * SECTOR) / unit) * unit;
            const length = Math.ceil((sectors * SECTOR) / unit) * unit;
            const bytes = (pages ? memory : Buffer.alloc(length)).subarray(0, length).fill(byte);
            await storage.write(position, bytes);
            expected.fill(byte, position, position + length);
            const seen = Buffer.alloc(length);
            await storage.read(position, seen, 'payload');
            expect(seen.equals(bytes)).toBe(true);
          }
          await storage.flush();
        }
        await using file = await open(path);
        expect((await file.readFile()).equals(expected)).toBe(true);
        await using past = await Storage.open(path, 'unbuffered');
        const found = Buffer.alloc(FILE_BYTES);
        await past.read(0, found, 'payload');
        expect(found.equals(expected)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
