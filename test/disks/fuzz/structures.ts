/** Where the structures of small disks are that `createDisk` makes, and the fields that are worth a lie. */

import { BAT, HEADERS, ITEMS, KIB, METADATA, REGION_TABLES } from '../harm.ts';
import { LOG, SECTOR } from '../log-writer.ts';
import { HEADER, TABLE } from '../vhd-harm.ts';

export interface Structure {
  /** In the file; from its end when negative. What has copies has more than one. */
  readonly offsets: readonly number[];
  readonly length: number;
  /** How its checksum is made, and where it stands. */
  readonly sum?: { readonly kind: 'crc32c' | 'complement'; readonly at: number };
  /** Offset and length of each field. */
  readonly fields: readonly (readonly [number, number])[];
  readonly byteOrder: 'little' | 'big';
}

const of = (
  byteOrder: Structure['byteOrder'],
  structure: Omit<Structure, 'byteOrder'>,
): Structure => ({ ...structure, byteOrder });

const LITTLE = (structure: Omit<Structure, 'byteOrder'>) => of('little', structure);
const BIG = (structure: Omit<Structure, 'byteOrder'>) => of('big', structure);
const CRC = { kind: 'crc32c', at: 4 } as const;

/** A table's entries: the fields of each, one after the other. */
const entries = (
  count: number,
  start: number,
  bytes: number,
  fields: readonly (readonly [number, number])[],
) =>
  Array.from({ length: count }, (_, index) =>
    fields.map(([at, length]) => [start + index * bytes + at, length] as const),
  ).flat();

const VHDX = {
  signature: LITTLE({ offsets: [0], length: 8, fields: [[0, 8]] }),
  headers: LITTLE({
    offsets: HEADERS,
    length: 4 * KIB,
    sum: CRC,
    fields: [
      [0, 4],
      [8, 8],
      [16, 16],
      [32, 16],
      [48, 16],
      [64, 2],
      [66, 2],
      [68, 4],
      [72, 8],
    ],
  }),
  regions: LITTLE({
    offsets: REGION_TABLES,
    length: 64 * KIB,
    sum: CRC,
    fields: [
      [0, 4],
      [8, 4],
      ...entries(3, 16, 32, [
        [0, 16],
        [16, 8],
        [24, 4],
        [28, 4],
      ]),
    ],
  }),
  metadata: LITTLE({
    offsets: [METADATA],
    length: 64 * KIB,
    fields: [
      [0, 8],
      [10, 2],
      ...entries(6, 32, 32, [
        [0, 16],
        [16, 4],
        [20, 4],
        [24, 4],
      ]),
    ],
  }),
  items: LITTLE({
    offsets: [ITEMS],
    length: 512,
    fields: [
      [0, 4],
      [4, 4],
      [8, 8],
      [16, 16],
      [32, 4],
      [36, 4],
    ],
  }),
  locator: LITTLE({
    offsets: [ITEMS + 40],
    length: 512,
    fields: [
      [0, 16],
      [18, 2],
      ...entries(3, 20, 12, [
        [0, 4],
        [4, 4],
        [8, 2],
        [10, 2],
      ]),
      [60, 8],
    ],
  }),
  bat: LITTLE({ offsets: [BAT], length: 64, fields: entries(8, 0, 8, [[0, 8]]) }),
  bitmapEntry: LITTLE({ offsets: [BAT + 8 * 4096], length: 8, fields: [[0, 8]] }),
};

const LOG_ENTRY = LITTLE({
  offsets: [LOG],
  length: 2 * SECTOR,
  sum: CRC,
  fields: [
    [0, 4],
    [8, 4],
    [12, 4],
    [16, 8],
    [24, 4],
    [32, 16],
    [48, 8],
    [56, 8],
    ...entries(2, 64, 32, [
      [0, 4],
      [8, 8],
      [16, 8],
      [24, 8],
    ]),
    [SECTOR, 4],
    [SECTOR + 4, 4],
    [2 * SECTOR - 4, 4],
  ],
});

const FOOTER_FIELDS = [
  [0, 8],
  [12, 4],
  [16, 8],
  [28, 4],
  [40, 8],
  [48, 8],
  [56, 4],
  [60, 4],
  [68, 16],
] as const;

const VHD = {
  footers: BIG({
    offsets: [-512, 0],
    length: 512,
    sum: { kind: 'complement', at: 64 },
    fields: FOOTER_FIELDS,
  }),
  header: BIG({
    offsets: [HEADER],
    length: 1024,
    sum: { kind: 'complement', at: 36 },
    fields: [
      [0, 8],
      [16, 8],
      [24, 4],
      [28, 4],
      [32, 4],
      [40, 16],
      [64, 4],
      ...entries(3, 576, 24, [
        [0, 4],
        [8, 4],
        [16, 8],
      ]),
    ],
  }),
  bat: BIG({ offsets: [TABLE], length: 64, fields: entries(6, 0, 4, [[0, 4]]) }),
};

/** By the kind of disk; a child's VHD has its locators where a base has its BAT. */
export const STRUCTURES: Readonly<Record<string, Readonly<Record<string, Structure>>>> = {
  vhdx: VHDX,
  'vhdx-child': VHDX,
  'vhdx-log': { ...VHDX, log: LOG_ENTRY },
  vhd: VHD,
  'vhd-child': {
    ...VHD,
    locators: BIG({
      offsets: [TABLE],
      length: 1024,
      fields: [
        [0, 8],
        [512, 8],
      ],
    }),
    bat: BIG({ offsets: [TABLE + 1024], length: 64, fields: entries(6, 0, 4, [[0, 4]]) }),
  },
  'vhd-fixed': { footers: { ...VHD.footers, offsets: [-512] } },
};
