/** The size of a VHD as its guest sees it: by its geometry or by its footer, as the program that made it. */

import { expect, it } from '@jest/globals';
import { describeFile, openChain } from '../../src/disks/chain.ts';
import { createDisk } from '../../src/disks/create.ts';
import { geometryOf } from '../../src/disks/vhd/geometry.ts';
import { MIB, newFolder } from './folder.ts';
import { bothFooters } from './vhd-harm.ts';

const GIB = 1024 * MIB;
const SIZE = { virtualBytes: 4 * MIB, format: 'vhd' } as const;
const GEOMETRY = geometryOf((4 * MIB) / 512);
const GEOMETRY_BYTES = GEOMETRY.cylinders * GEOMETRY.heads * GEOMETRY.sectorsATrack * 512;

it.each([
  { creator: 'vpc ', bytes: GEOMETRY_BYTES },
  { creator: 'vs  ', bytes: GEOMETRY_BYTES },
  { creator: 'qemu', bytes: GEOMETRY_BYTES },
  { creator: 'win ', bytes: 4 * MIB },
  { creator: 'd2v ', bytes: 4 * MIB },
  { creator: 'qem2', bytes: 4 * MIB },
  { creator: 'tap\0', bytes: 4 * MIB },
  { creator: 'vbox', bytes: 4 * MIB },
])('a disk that $creator made has $bytes bytes', async ({ creator, bytes }) => {
  await using folder = await newFolder();
  const base = folder.path('b.vhd');
  await createDisk(base, SIZE);
  expect(GEOMETRY_BYTES).toBeLessThan(4 * MIB);
  await bothFooters((footer) => footer.write(creator, 28, 'latin1'))(base);
  await using reader = await openChain(base);
  expect(reader.virtualBytes).toBe(bytes);
});

it('goes by the size where the geometry is the largest that there is', async () => {
  await using folder = await newFolder();
  const base = folder.path('b.vhd');
  await createDisk(base, { virtualBytes: 200 * GIB, format: 'vhd' });
  await bothFooters((footer) => footer.write('vpc ', 28, 'latin1'))(base);
  expect((await describeFile(base)).virtualBytes).toBe(200 * GIB);
});

it('computes geometries as the specification does', () => {
  // Its own examples are none; these are what QEMU and Hyper-V write.
  expect(geometryOf((20 * MIB) / 512)).toEqual({ cylinders: 602, heads: 4, sectorsATrack: 17 });
  expect(geometryOf((1024 * MIB) / 512)).toEqual({ cylinders: 2080, heads: 16, sectorsATrack: 63 });
  expect(geometryOf((40 * GIB) / 512)).toEqual({ cylinders: 20560, heads: 16, sectorsATrack: 255 });
  const largest = { cylinders: 65535, heads: 16, sectorsATrack: 255 };
  expect(geometryOf((2040 * GIB) / 512)).toEqual(largest);
});
