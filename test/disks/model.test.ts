/** Disks against a plain buffer: whatever is done to both, they read the same. */

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeFile, openChain } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { compareDisks, exportRaw } from '../../src/disks/flat.ts';
import { mergeIntoParent } from '../../src/disks/merge.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { contentOf, extentsOf, type Folder, MIB, newFolder, pattern } from './folder.ts';

const CHAIN_FILES_MAX = 5;

type Action =
  | { readonly do: 'write' | 'zero'; readonly at: number; readonly sectors: number; seed: number }
  | { readonly do: 'zero blocks'; readonly at: number; readonly blocks: number }
  | { readonly do: 'flush' | 'reopen' | 'child' | 'merge' | 'compare' };

const actions = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom('write', 'zero'),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        sectors: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5000 })),
        seed: fc.nat(1000),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('zero blocks'),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        blocks: fc.integer({ min: 1, max: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('flush', 'reopen', 'child', 'merge', 'compare'),
      }),
    },
  ) as fc.Arbitrary<Action>,
  { minLength: 1, maxLength: 30, size: 'max' },
);

// The last block is not whole, in the first also not a whole number of bitmap bytes.
const virtualBytes = fc.constantFrom(5 * MIB + 3 * 4096, 6 * MIB, 8 * MIB - 4096);
const type = fc.constantFrom('fixed', 'dynamic');
const disks = {
  vhdx: fc.record({
    virtualBytes,
    type,
    sectorBytes: fc.constantFrom(512, 4096),
    blockBytes: fc.constantFrom(MIB, 2 * MIB, 32 * MIB),
  }),
  vhd: fc.record({
    virtualBytes,
    type,
    sectorBytes: fc.constant(512),
    blockBytes: fc.constantFrom(MIB / 2, 2 * MIB, 32 * MIB),
  }),
};
const FORMATS = ['vhdx', 'vhd'] as const;

class Pair implements AsyncDisposable {
  readonly #folder: Folder;
  readonly #sectorBytes: number;
  readonly #blockBytes: number;
  readonly #chain: string[];
  readonly expected: Buffer;
  #writer: Awaited<ReturnType<typeof openForWriting>> | undefined;
  #files = 1;

  constructor(folder: Folder, base: string, disk: { virtualBytes: number } & typeof DISK) {
    this.#folder = folder;
    this.#sectorBytes = disk.sectorBytes;
    this.#blockBytes = disk.blockBytes;
    this.#chain = [base];
    this.expected = Buffer.alloc(disk.virtualBytes);
  }

  get leaf(): string {
    return this.#chain.at(-1) ?? '';
  }

  async act(action: Action): Promise<void> {
    switch (action.do) {
      case 'write':
      case 'zero': {
        const { offset, length } = this.#range(action.at, action.sectors, this.#sectorBytes);
        const data = action.do === 'zero' ? Buffer.alloc(length) : pattern(length, action.seed);
        data.copy(this.expected, offset);
        const writer = await this.#open();
        if (action.do === 'zero') await writer.zero(offset, length);
        else await writer.write(offset, data);
        return;
      }
      case 'zero blocks': {
        const { offset, length } = this.#range(action.at, action.blocks, this.#blockBytes);
        this.expected.fill(0, offset, offset + length);
        return (await this.#open()).zero(offset, length);
      }
      case 'flush':
        return (await this.#open()).flush();
      case 'reopen':
        return this.#close();
      case 'child':
        return this.#child();
      case 'merge':
        return this.#merge();
      case 'compare':
        return this.#compare();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #child(): Promise<void> {
    await this.#close();
    if (this.#chain.length === CHAIN_FILES_MAX) return;
    const child = this.#folder.path(`${this.#files++}${extname(this.leaf)}`);
    await createChild(child, this.leaf, { blockBytes: Math.min(this.#blockBytes, 2 * MIB) });
    this.#chain.push(child);
  }

  async #merge(): Promise<void> {
    await this.#close();
    if (this.#chain.length === 1) return;
    await mergeIntoParent(this.leaf);
    this.#chain.pop();
    await this.#compare();
  }

  async #compare(): Promise<void> {
    const writer = await this.#open();
    const content = Buffer.alloc(this.expected.length, 0xee);
    await writer.read(0, content);
    expect(content.equals(this.expected)).toBe(true);
  }

  #range(at: number, units: number, unitBytes: number): { offset: number; length: number } {
    const size = this.expected.length;
    const offset = Math.min(Math.floor((at * size) / unitBytes), Math.ceil(size / unitBytes) - 1);
    return {
      offset: offset * unitBytes,
      length: Math.min(units * unitBytes, size - offset * unitBytes),
    };
  }

  async #open() {
    this.#writer ??= await openForWriting(this.leaf);
    return this.#writer;
  }

  async #close(): Promise<void> {
    await this.#writer?.[Symbol.asyncDispose]();
    this.#writer = undefined;
  }
}

const DISK = { sectorBytes: 512, blockBytes: MIB };

it.each(FORMATS)('reads what was written, zeroed, stacked and merged: %s', async (format) => {
  await fc.assert(
    fc.asyncProperty(disks[format], actions, async (disk, list) => {
      await using folder = await newFolder();
      const base = folder.path(`base.${format}`);
      await createDisk(base, { ...disk, format, logicalSectorBytes: disk.sectorBytes });
      await using pair = new Pair(folder, base, disk);
      for (const action of list) await pair.act(action);
      await pair.act({ do: 'reopen' });
      expect((await contentOf(pair.leaf)).equals(pair.expected)).toBe(true);
      const raw = folder.path('raw.img');
      await exportRaw(pair.leaf, raw);
      expect((await readFile(raw)).equals(pair.expected)).toBe(true);
      expect(await compareDisks(pair.leaf, raw)).toEqual({ equal: true });
      // The whole map is well formed, too.
      await describeFile(pair.leaf);
    }),
    { numRuns: 15 },
  );
});

it.each(FORMATS)(
  'lists above an ancestor exactly the sectors written since: %s',
  async (format) => {
    const writes = fc.array(
      fc.record({ sector: fc.nat(6 * 2048 - 1), sectors: fc.integer({ min: 1, max: 700 }) }),
      { minLength: 0, maxLength: 25, size: 'max' },
    );
    await fc.assert(
      fc.asyncProperty(writes, writes, async (lower, upper) => {
        await using folder = await newFolder();
        const [base, middle, leaf] = ['b', 'm', 'l'].map(folder.path) as [string, string, string];
        const virtualBytes = 6 * MIB;
        await createDisk(base, { virtualBytes, blockBytes: MIB, format });
        const expected = pattern(virtualBytes, 1);
        {
          await using writer = await openForWriting(base);
          await writer.write(0, expected);
        }
        const touched = new Uint8Array(virtualBytes / 512);
        for (const [file, parent, list] of [
          [middle, base, lower],
          [leaf, middle, upper],
        ] as const) {
          await createChild(file, parent, { blockBytes: file === leaf ? 2 * MIB : MIB });
          await using writer = await openForWriting(file);
          for (const { sector, sectors } of list) {
            const count = Math.min(sectors, virtualBytes / 512 - sector);
            const data = pattern(count * 512, sector);
            data.copy(expected, sector * 512);
            await writer.write(sector * 512, data);
            touched.fill(1, sector, sector + count);
          }
        }
        const listed = new Uint8Array(virtualBytes / 512);
        let end = -1;
        for (const extent of await extentsOf(leaf, base)) {
          expect(extent.kind).toBe('data');
          // Neighbours are one extent, so there is always a gap.
          expect(extent.offset).toBeGreaterThan(end);
          end = extent.offset + extent.length;
          listed.fill(1, extent.offset / 512, end / 512);
        }
        expect(Buffer.compare(listed, touched)).toBe(0);
        await using above = await openChain(leaf, { above: base });
        const content = Buffer.alloc(virtualBytes);
        await above.read(0, content);
        expect(content.equals(expected)).toBe(true);
      }),
      { numRuns: 15 },
    );
  },
);
