/** The disks that cases begin with, and how a deed is done to them and undone. */

import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { createChild, createDisk } from '../../../src/disks/create.ts';
import { checksumOf } from '../../../src/disks/vhd/footer.ts';
import { crc32cWithoutField } from '../../../src/disks/vhdx/crc32c.ts';
import { encodeLocator } from '../../../src/disks/vhdx/locator.ts';
import { openForWriting } from '../../../src/disks/writer.ts';
import { type Folder, MIB, pattern, write } from '../folder.ts';
import { ITEMS, METADATA } from '../harm.ts';
import { loseInPlace } from '../log-writer.ts';
import { HEADER, TABLE } from '../vhd-harm.ts';
import type { Case, Deed } from './cases.ts';
import { STRUCTURES, type Structure } from './structures.ts';

/** One more than a chain may have. */
const DEEP_FILES = 66;

/** A file, its bytes as they were, and what of it a case changed. */
export class Target {
  readonly path: string;
  readonly #handle: number;
  readonly #original: Buffer;
  #changed: { readonly offset: number; readonly length: number }[] = [];
  #bytes: number;

  constructor(path: string, original: Buffer) {
    this.path = path;
    this.#original = original;
    this.#bytes = original.length;
    this.#handle = openSync(path, 'r+');
  }

  get bytes(): number {
    return this.#bytes;
  }

  read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    readSync(this.#handle, bytes, 0, length, offset);
    return bytes;
  }

  write(offset: number, bytes: Buffer): void {
    if (offset < 0 || offset + bytes.length > this.#bytes) return;
    writeSync(this.#handle, bytes, 0, bytes.length, offset);
    this.#changed.push({ offset, length: bytes.length });
  }

  resize(bytes: number): void {
    if (bytes < this.#bytes) this.#changed.push({ offset: bytes, length: this.#bytes - bytes });
    ftruncateSync(this.#handle, bytes);
    this.#bytes = bytes;
  }

  restore(): void {
    ftruncateSync(this.#handle, this.#original.length);
    this.#bytes = this.#original.length;
    for (const { offset, length } of this.#changed) {
      const bytes = this.#original.subarray(offset, offset + length);
      if (bytes.length > 0) writeSync(this.#handle, bytes, 0, bytes.length, offset);
    }
    this.#changed = [];
  }

  close(): void {
    closeSync(this.#handle);
  }
}

export type Disks = ReadonlyMap<string, readonly [Target, ...Target[]]>;

/** By the name that a case has for them: the leaf, and its parent. */
export async function makeDisks(folder: Folder): Promise<Disks> {
  const target = async (path: string) => new Target(path, await readFile(path));
  const disks = new Map<string, readonly [Target, ...Target[]]>();
  for (const format of ['vhdx', 'vhd'] as const) {
    const base = await newBase(folder.path(`base.${format}`), format);
    const parent = await newBase(folder.path(`parent.${format}`), format);
    await newBase(folder.path(`other.${format}`), format);
    const child = folder.path(`child.${format}`);
    await createChild(child, parent, { blockBytes: MIB });
    await write(child, 512, pattern(512, 2));
    disks.set(format, [await target(base)]);
    disks.set(`${format}-child`, [await target(child), await target(parent)]);
  }
  disks.set('vhdx-log', [await target(await newDirty(folder))]);
  const fixed = folder.path('fixed.vhd');
  await createDisk(fixed, { virtualBytes: MIB, format: 'vhd', type: 'fixed' });
  disks.set('vhd-fixed', [await target(fixed)]);
  await createDisk(folder.path('wide.vhdx'), { virtualBytes: 4 * MIB, logicalSectorBytes: 4096 });
  disks.set('deep', [await target(await newDeep(folder))]);
  return disks;
}

async function newBase(path: string, format: 'vhdx' | 'vhd'): Promise<string> {
  await createDisk(path, { virtualBytes: 4 * MIB, blockBytes: MIB, format });
  await write(path, 0, pattern(2 * MIB, 1));
  return path;
}

async function newDirty(folder: Folder): Promise<string> {
  const before = await newBase(folder.path('before.vhdx'), 'vhdx');
  const path = folder.path('dirty.vhdx');
  await copyFile(before, path);
  {
    await using disk = await openForWriting(path);
    await disk.write(3 * MIB, pattern(MIB, 4));
  }
  await loseInPlace(path, before, { updatesAnEntry: 1 });
  return path;
}

async function newDeep(folder: Folder): Promise<string> {
  let leaf = folder.path('deep.vhd');
  await createDisk(leaf, { virtualBytes: MIB, blockBytes: MIB, format: 'vhd' });
  for (let depth = 1; depth < DEEP_FILES; depth++) {
    const child = folder.path(`deep-${depth}.vhd`);
    await createChild(child, leaf, { blockBytes: MIB });
    leaf = child;
  }
  return leaf;
}

export function harm(targets: readonly [Target, ...Target[]], { disk, deeds }: Case): void {
  for (const deed of deeds) {
    const target = 'file' in deed ? (targets[deed.file] ?? targets[0]) : targets[0];
    if (deed.do === 'resize') target.resize(deed.bytes);
    else if (deed.do === 'flip') flip(target, deed);
    else if (deed.do === 'disguise') disguise(target);
    else if (deed.do === 'name') nameParent(target, disk, deed.parent);
    else set(target, deed.file === 1 ? disk.replace('-child', '') : disk, deed);
  }
}

function flip(target: Target, { offset, bit }: Extract<Deed, { do: 'flip' }>): void {
  const byte = target.read(offset, 1);
  byte[0] = (byte[0] ?? 0) ^ (1 << bit);
  target.write(offset, byte);
}

function disguise(target: Target): void {
  if (target.read(0, 8).toString('latin1') !== 'vhdxfile') target.write(0, Buffer.from('vhdxfile'));
  else target.write(target.bytes - 512, Buffer.from('conectix'));
}

function set(target: Target, disk: string, deed: Extract<Deed, { do: 'set' }>): void {
  const structure = STRUCTURES[disk]?.[deed.structure];
  if (structure === undefined) throw new Error(`There is no ${deed.structure} in ${disk}`);
  for (const [index, offset] of structure.offsets.entries()) {
    if (deed.copy !== 'all' && deed.copy !== index) continue;
    const place = offset < 0 ? target.bytes + offset : offset;
    const bytes = target.read(Math.max(place, 0), structure.length);
    bytes.write(deed.hex, deed.at, 'hex');
    if (deed.sum) putSum(bytes, structure);
    target.write(place, bytes);
  }
}

function putSum(bytes: Buffer, { sum }: Structure): void {
  if (sum?.kind === 'crc32c') bytes.writeUInt32LE(crc32cWithoutField(bytes, sum.at), sum.at);
  if (sum?.kind === 'complement') bytes.writeUInt32BE(checksumOf(bytes, sum.at), sum.at);
}

function nameParent(target: Target, disk: string, parent: string): void {
  const isVhdx = disk.startsWith('vhdx');
  const [own, other] = isVhdx ? ['vhdx', 'vhd'] : ['vhd', 'vhdx'];
  const names: Readonly<Record<string, string>> = {
    self: `child.${own}`,
    nowhere: `nowhere.${own}`,
    'other format': `other.${other}`,
    'other sectors': 'wide.vhdx',
    'other disk': `other.${own}`,
  };
  const path = `.\\${names[parent] ?? parent}`;
  if (isVhdx) nameInVhdx(target, path);
  else nameInVhd(target, path);
}

function nameInVhdx(target: Target, path: string): void {
  const locator = encodeLocator(
    new Map([
      ['parent_linkage', '{00000000-0000-0000-0000-000000000001}'],
      ['relative_path', path],
    ]),
  );
  target.write(ITEMS + 40, locator);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(locator.length);
  target.write(METADATA + 32 + 5 * 32 + 20, length);
}

/** The relative one comes first. */
function nameInVhd(target: Target, path: string): void {
  const text = Buffer.from(path, 'utf16le');
  target.write(TABLE, text);
  const header = target.read(HEADER, 1024);
  header.writeUInt32BE(text.length, 576 + 8);
  header.writeUInt32BE(checksumOf(header, 36), 36);
  target.write(HEADER, header);
}
