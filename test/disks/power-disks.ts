/** Disks whose power is cut: how they are made, and what each of them must still be. */

import { expect } from '@jest/globals';
import { checkDisk } from '../../src/disks/check/check.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { contentOf, type Folder, MIB, pattern, write } from './folder.ts';
import { BAT, entry, put } from './harm.ts';

/** The last block is not whole. */
export const VIRTUAL_BYTES = 3 * MIB + 3 * 4096;
/** A header or a footer that is half written is told, and the other one holds. */
const MENDED = [
  ...['vhdx-header-signature', 'vhdx-header-checksum'],
  ...['vhd-footer-missing', 'vhd-footers-differ'],
];

export interface Kind {
  readonly format: 'vhdx' | 'vhd';
  readonly type: 'dynamic' | 'fixed' | 'differencing';
  /** What it is like when it is not one with a few sectors of its own. */
  readonly child?: string;
}

export const KINDS = [
  { format: 'vhdx', type: 'dynamic' },
  { format: 'vhdx', type: 'fixed' },
  { format: 'vhdx', type: 'differencing' },
  { format: 'vhdx', type: 'differencing', child: 'empty' },
  { format: 'vhdx', type: 'differencing', child: 'with bits of a block that is nowhere' },
  { format: 'vhd', type: 'dynamic' },
  { format: 'vhd', type: 'fixed' },
  { format: 'vhd', type: 'differencing' },
] as const satisfies readonly Kind[];

/** It opens, and nothing that is found wrong with it keeps anyone from reading it. */
export async function expectReadable(path: string): Promise<Buffer> {
  const { findings } = await checkDisk(path);
  const damages = findings.filter(({ severity, code }) => {
    return severity === 'damage' && !MENDED.includes(code);
  });
  expect(damages).toEqual([]);
  return await contentOf(path);
}

/** A disk of this kind, with content that is older than what is recorded. */
export async function makeDisk(
  folder: Folder,
  { format, type, child: like }: Kind,
): Promise<string> {
  const base = folder.path(`base.${format}`);
  const isChild = type === 'differencing';
  const shape = { virtualBytes: VIRTUAL_BYTES, format, blockBytes: MIB };
  await createDisk(base, { ...shape, type: isChild ? 'dynamic' : type });
  await write(base, 0, pattern((3 * MIB) / 2, 1));
  if (!isChild) return base;
  const child = folder.path(`child.a${format}`);
  await createChild(child, base, { blockBytes: MIB });
  if (like === 'empty') return child;
  await write(child, 4096, pattern(8192, 2));
  if (like !== undefined) await put(BAT, entry(0, 0))(child);
  return child;
}
