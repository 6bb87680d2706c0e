/** Disks with lies in them, drawn by chance that can be repeated. A case says what is done, not to which bytes. */

import { seeded } from '../../simulation/seeded.ts';
import { MIB } from '../folder.ts';
import { entry, KIB } from '../harm.ts';
import { STRUCTURES, type Structure } from './structures.ts';

/** What is done to one of the case's files: 0 is the leaf, 1 its parent. */
export type Deed =
  | {
      readonly do: 'set';
      readonly file: 0 | 1;
      readonly structure: string;
      readonly at: number;
      readonly hex: string;
      /** The checksum is made right again, so that what is behind it is met. */
      readonly sum: boolean;
      /** Also in the structure's other copies; else in this one alone. */
      readonly copy: number | 'all';
    }
  | { readonly do: 'flip'; readonly file: 0 | 1; readonly offset: number; readonly bit: number }
  | { readonly do: 'resize'; readonly file: 0 | 1; readonly bytes: number }
  /** The leaf names another file as its parent. */
  | { readonly do: 'name'; readonly parent: string }
  /** The start of the one format, or the end of the other. */
  | { readonly do: 'disguise'; readonly file: 0 | 1 };

export interface Case {
  readonly disk: string;
  readonly deeds: readonly Deed[];
}

const DISKS = ['vhdx', 'vhdx-child', 'vhdx-log', 'vhd', 'vhd-child', 'vhd-fixed'] as const;
/** Slow, and always the same. */
const DEEP_SHARE = 0.01;
const PAIR_SHARE = 0.15;
const CHILDREN: readonly string[] = ['vhdx-child', 'vhd-child'];
const NAMES = ['self', 'nowhere', 'other format', 'other sectors', 'other disk'] as const;

/** Borders of what lengths, places and counts may be, and numbers that break arithmetic. */
const NUMBERS: readonly bigint[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 64, 255, 256, 511, 512, 513, 2047, 2048, 4095, 4096, 4097],
  ...[64, 128, 192, 320, 512].map((count) => count * KIB),
  ...[1, 2, 3, 4, 5, 6, 7, 256, 512, 900].map((count) => count * MIB),
  ...[65_535, 65_536, MIB - 1, MIB + 1, 2 ** 24 - 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 40],
]
  .map(BigInt)
  .concat([
    2n ** 46n,
    2n ** 47n,
    2n ** 53n,
    2n ** 62n,
    2n ** 63n - 512n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 512n,
    2n ** 64n - 1n,
  ]);
const set = (structure: string, at: number, hex: string, copy: number | 'all' = 'all'): Deed => ({
  do: 'set',
  file: 0,
  structure,
  at,
  hex,
  sum: true,
  copy,
});
/** What must be wrong together to be met; chance alone would not find it in a minute. */
const PAIRS: readonly Case[] = [
  // Two headers of one number.
  {
    disk: 'vhdx',
    deeds: [set('headers', 8, '0700000000000000'), set('headers', 32, '0909', 0)],
  },
  // A program that goes by the geometry, and none.
  { disk: 'vhd', deeds: [set('footers', 28, '76706320'), set('footers', 56, '00000000')] },
  // The metadata's GUID twice.
  { disk: 'vhdx', deeds: [set('regions', 16, '06a27c8b90479a4bb8fe575f050f886e')] },
  // The virtual size's twice.
  { disk: 'vhdx', deeds: [set('metadata', 32, '2442a52f1bcd7648b2115dbed83bf4b8')] },
  // More blocks than entries.
  { disk: 'vhdx', deeds: [set('items', 8, '0000000000010000')] },
  { disk: 'vhd', deeds: [set('footers', 48, '0000000100000000')] },
  // Entries that are not there.
  { disk: 'vhdx', deeds: [set('regions', 8, '00080000')] },
  { disk: 'vhdx', deeds: [set('metadata', 10, 'ffff')] },
  // Two blocks in one place, and one of them where the metadata is.
  { disk: 'vhdx', deeds: [set('bat', 8, '0600400000000000'), set('bat', 16, '0600200000000000')] },
  // An item on another.
  { disk: 'vhdx', deeds: [set('metadata', 80, '00000100')] },
  // A log of no known version, and one without an end.
  { disk: 'vhdx-log', deeds: [set('headers', 64, '0100')] },
  { disk: 'vhdx-log', deeds: [set('log', 48, '0000000001000000')] },
  // What Windows cannot name.
  { disk: 'vhd-child', deeds: [set('header', 584, '00200000')] },
  { disk: 'vhd-child', deeds: [{ do: 'name', parent: 'self' }] },
  { disk: 'vhdx-child', deeds: [{ do: 'name', parent: 'other sectors' }] },
  // A BAT between sectors.
  { disk: 'vhd', deeds: [set('header', 16, '0000000000000601')] },
  // A disk larger than its file.
  { disk: 'vhd-fixed', deeds: [set('footers', 48, '0000000000200000')] },
  { disk: 'vhdx', deeds: [{ do: 'resize', file: 0, bytes: 3 * MIB + 7 }] },
  // A block past the end, and one that no number holds.
  { disk: 'vhdx', deeds: [set('bat', 0, '060000faffffffff'), set('bat', 8, '0600803f00000000')] },
  // Logs between MiB, and where the BAT is.
  { disk: 'vhdx-log', deeds: [set('headers', 72, '0010100000000000')] },
  { disk: 'vhdx-log', deeds: [set('headers', 72, '0000300000000000')] },
  // A child without any name of its parent.
  {
    disk: 'vhd-child',
    deeds: [
      set('header', 64, '00000000'),
      set('header', 576, '00000000'),
      set('header', 600, '00000000'),
    ],
  },
];
const SIZES = [0, 4, 100, 511, 512, 800, 1540, 70 * KIB, 200 * KIB, 300 * KIB, MIB, 3 * MIB + 7];
const DEEDS_MAX = 3;

export function caseOf(seed: number, index: number): Case {
  const random = seeded((seed ^ Math.imul(index + 1, 0x9e3779b1)) | 0);
  for (let skipped = 0; skipped < 8; skipped++) random();
  const draw = drawing(random);
  if (draw.chance(DEEP_SHARE)) return { disk: 'deep', deeds: [] };
  if (draw.chance(PAIR_SHARE)) return draw.one(PAIRS);
  const disk = draw.one(DISKS);
  const count = 1 + draw.below(DEEDS_MAX);
  return { disk, deeds: Array.from({ length: count }, () => deed(disk, draw)) };
}

type Draw = ReturnType<typeof drawing>;

function drawing(random: () => number) {
  const below = (end: number): number => Math.floor(random() * end);
  return {
    below,
    chance: (share: number): boolean => random() < share,
    one: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    bytes: (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256))),
  };
}

function deed(disk: string, draw: Draw): Deed {
  const isChild = CHILDREN.includes(disk);
  const file = isChild && draw.chance(0.3) ? 1 : 0;
  if (isChild && draw.chance(0.12)) return { do: 'name', parent: draw.one(NAMES) };
  if (draw.chance(0.05)) return { do: 'resize', file, bytes: sizeOf(draw) };
  if (draw.chance(0.05))
    return { do: 'flip', file, offset: draw.below(4 * MIB), bit: draw.below(8) };
  if (draw.chance(0.01)) return { do: 'disguise', file };
  // A parent is a base of the same format.
  const structures = STRUCTURES[file === 1 ? disk.replace('-child', '') : disk] ?? {};
  const [name, structure] = draw.one(Object.entries(structures));
  const [at, length] = draw.chance(0.9)
    ? draw.one(structure.fields)
    : [draw.below(structure.length - 8), 1 + draw.below(8)];
  const isBlocks = name === 'bat' && structure.byteOrder === 'little';
  const value = isBlocks && draw.chance(0.5) ? entryOf(draw) : numberOf(structure, length, draw);
  const hex = value.toString('hex');
  const copy = draw.chance(0.7) ? 'all' : draw.below(structure.offsets.length);
  return { do: 'set', file, structure: name, at, hex, sum: draw.chance(0.85), copy };
}

/** Some larger than any disk: the file is sparse. */
const sizeOf = (draw: Draw): number =>
  draw.chance(0.2) ? draw.one([2 ** 33, 2 ** 41, 2 ** 46, 2 ** 47]) : draw.one(SIZES);

/** Of a VHDX's BAT: a state, and a place in MiB. */
const entryOf = (draw: Draw): Buffer => entry(draw.below(8), draw.below(10));

function numberOf({ byteOrder }: Structure, length: number, draw: Draw): Buffer {
  if (length > 8 || draw.chance(0.15))
    return draw.chance(0.3) ? Buffer.alloc(length) : draw.bytes(length);
  const number = draw.one(NUMBERS);
  const bytes = Buffer.alloc(8);
  if (byteOrder === 'little') bytes.writeBigUInt64LE(number);
  else bytes.writeBigUInt64BE(number);
  return byteOrder === 'little' ? bytes.subarray(0, length) : bytes.subarray(8 - length);
}
