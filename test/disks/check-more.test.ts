/** What a reader does not refuse, or only at its first, and a check finds all the same. */

import { copyFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkDisk } from '../../src/disks/check/check.ts';
import { createDisk } from '../../src/disks/create.ts';
import { type Folder, MIB, newFolder, pattern, write } from './folder.ts';
import {
  all,
  BAT,
  bothTables,
  entry,
  HEADERS,
  ITEMS,
  KIB,
  METADATA,
  put,
  putChecked,
  REGION_TABLES,
} from './harm.ts';
import { newPair } from './harmed-pair.ts';
import { endFooter, spoilEnd, spoilStart } from './vhd-harm.ts';

const [HEADER_1 = 0, HEADER_2 = 0] = HEADERS;
const [TABLE_1 = 0, TABLE_2 = 0] = REGION_TABLES;
const SIZE_ENTRY = METADATA + 64;
const BITMAP_ENTRY = BAT + 8 * 4096;
/** Of the VHD: its structures, and two blocks at whole pages. */
const END_FOOTER = 2_105_344;

let folder: Folder;

beforeAll(async () => {
  folder = await newFolder();
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

const foundIn = async (path: string): Promise<string[]> =>
  (await checkDisk(path)).findings.map(({ code, facts }) => `${code} ${facts.offset}`);

interface Case {
  readonly name: string;
  readonly on?: 'child' | 'vhd';
  readonly harm: (path: string) => Promise<void>;
  readonly found: readonly string[];
}

const CASES: Case[] = [
  {
    name: 'one header with a wrong checksum',
    harm: put(HEADER_1 + 20, [9]),
    found: [`vhdx-header-checksum ${HEADER_1 + 4}`],
  },
  {
    name: 'one header that is none',
    harm: put(HEADER_2, [0]),
    found: [`vhdx-header-signature ${HEADER_2}`],
  },
  {
    name: 'one region table with a wrong checksum',
    harm: put(TABLE_1 + 100, [1]),
    found: [`vhdx-regions-checksum ${TABLE_1 + 4}`],
  },
  {
    name: 'two whole region tables that differ',
    harm: putChecked(TABLE_2, 64 * KIB, (bytes) => bytes.writeUInt32LE(1, 200)),
    found: [`vhdx-regions-differ ${TABLE_2 + 4}`],
  },
  {
    name: 'a region that is named twice',
    harm: bothTables((bytes) => bytes.copy(bytes, 48, 16, 48)),
    found: [`vhdx-region-twice ${TABLE_1 + 48}`, `vhdx-region-missing ${TABLE_1 + 8}`],
  },
  {
    name: 'reserved bits of a block',
    harm: put(BAT, Buffer.from('0e00400000000000', 'hex')),
    found: [`vhdx-block-reserved ${BAT}`],
  },
  {
    name: 'an item on another',
    harm: put(SIZE_ENTRY + 16, [0, 0, 1, 0]),
    found: [`vhdx-item-overlap ${SIZE_ENTRY + 16}`],
  },
  {
    name: 'an item of a wrong length',
    harm: put(SIZE_ENTRY + 20, [4]),
    found: [`vhdx-item-length ${SIZE_ENTRY + 20}`],
  },
  {
    name: 'an item that is there twice',
    harm: async (path) => {
      await put(METADATA + 10, [6, 0])(path);
      await put(METADATA + 192, Buffer.from('2442a52f1bcd7648b2115dbed83bf4b8', 'hex'))(path);
    },
    found: [`vhdx-item-twice ${METADATA + 192}`],
  },
  {
    name: 'a parent without a locator',
    harm: put(ITEMS + 4, [2]),
    found: [`vhdx-item-missing ${METADATA + 10}`],
  },
  {
    name: 'five things at once',
    harm: all(
      put(HEADER_1 + 20, [9]),
      put(TABLE_2 + 100, [1]),
      put(BAT, entry(4, 4)),
      put(BAT + 8, entry(6, 3)),
      put(BAT + 16, entry(6, 900)),
    ),
    found: [
      `vhdx-header-checksum ${HEADER_1 + 4}`,
      `vhdx-regions-checksum ${TABLE_2 + 4}`,
      `vhdx-block-state ${BAT}`,
      `vhdx-block-place ${BAT + 8}`,
      `vhdx-block-cut ${BAT + 16}`,
    ],
  },
  {
    name: 'both sector sizes, the block size and the disk size wrong',
    harm: put(ITEMS, Buffer.concat([entry(1, 1), Buffer.alloc(24, 1), Buffer.alloc(8, 7)])),
    found: [
      `vhdx-value ${ITEMS + 32}`,
      `vhdx-value ${ITEMS + 36}`,
      `vhdx-value ${ITEMS}`,
      `vhdx-value ${ITEMS + 8}`,
    ],
  },
  {
    name: 'a sector bitmap on a block',
    on: 'child',
    harm: put(BITMAP_ENTRY, entry(6, 4)),
    found: [`vhdx-block-overlap ${BITMAP_ENTRY}`],
  },
  {
    name: 'a wrong footer at the end',
    on: 'vhd',
    harm: spoilEnd,
    found: [`vhd-footer-checksum ${END_FOOTER + 64}`],
  },
  {
    name: 'a wrong copy of the footer',
    on: 'vhd',
    harm: spoilStart,
    found: ['vhd-footer-checksum 64'],
  },
  {
    name: 'no copy of the footer',
    on: 'vhd',
    harm: put(0, Buffer.alloc(512)),
    found: ['vhd-footer-missing 0'],
  },
  {
    name: 'two footers that differ',
    on: 'vhd',
    harm: endFooter((bytes) => bytes.writeUInt32BE(7, 24)),
    found: ['vhd-footers-differ 24'],
  },
  {
    name: 'a geometry larger than the disk',
    on: 'vhd',
    harm: endFooter((bytes) => bytes.writeUInt16BE(60_000, 56)),
    found: [`vhd-geometry ${END_FOOTER + 56}`, 'vhd-footers-differ 56'],
  },
];

describe('a check', () => {
  beforeAll(async () => {
    await newPair(folder, 'vhdx');
    await newPair(folder, 'vhd');
  });

  it.each(CASES)('finds $name', async ({ on, harm, found }) => {
    const original = on === 'child' ? 'child.avhdx' : on === 'vhd' ? 'base.vhd' : 'base.vhdx';
    const path = folder.path(`harmed-${original}`);
    await copyFile(folder.path(original), path);
    await harm(path);
    expect(await foundIn(path)).toEqual(found);
  });

  it('finds three blocks that lie on each other, and says which are second', async () => {
    const path = folder.path('three.vhdx');
    await copyFile(folder.path('base.vhdx'), path);
    await all(put(BAT + 16, entry(6, 4)), put(BAT + 24, entry(6, 4)))(path);
    const { findings } = await checkDisk(path);
    expect(findings.map(({ facts }) => facts.name)).toEqual(['block 2', 'block 3']);
  });

  it('warns once of bitmaps that a disk without a parent has, and calls it sound', async () => {
    const path = folder.path('bitmaps.vhdx');
    await createDisk(path, { virtualBytes: 12 * 1024 * MIB + MIB, blockBytes: MIB });
    await all(put(BAT + 4096 * 8, entry(6, 4)), put(BAT + 8193 * 8, entry(6, 4)))(path);
    const { isSound, findings } = await checkDisk(path);
    expect([isSound, findings.map(({ code, severity }) => [code, severity])]).toEqual([
      true,
      [['vhdx-bitmap-unneeded', 'warning']],
    ]);
  });

  it('lists a thousand findings and counts the others', async () => {
    const path = folder.path('many.vhdx');
    await createDisk(path, { virtualBytes: 2000 * MIB, blockBytes: MIB });
    await put(BAT, Buffer.alloc(2000 * 8, entry(5, 0)))(path);
    const check = await checkDisk(path);
    expect([check.findings.length, check.more, check.isSound]).toEqual([1000, 1000, false]);
  });
});

it('finds nothing in a byte of payload that was changed: no format has checksums of it', async () => {
  const path = folder.path('plain.vhdx');
  await createDisk(path, { virtualBytes: 4 * MIB, blockBytes: MIB });
  await write(path, 0, pattern(MIB, 3));
  await put(4 * MIB + 100, [0, 0])(path);
  expect(await checkDisk(path)).toMatchObject({ isSound: true, findings: [] });
});
