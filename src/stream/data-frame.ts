/**
 * The payload of a data frame: `[bytes of all data extents][blocks][extents][trailer]`. The bytes
 * come first, so that the source reads them straight into the frame.
 *
 * Every touched block carries the digest that it must have once the extents are applied. A block
 * that a zero extent covers whole is not listed: its digest is known.
 */

import type { Extent } from '../disks/disk.ts';
import { BLOCK_BYTES, blockCount, DIGEST_BYTES } from './blocks.ts';
import { frameRefused } from './frames.ts';

/** [block u32, digest 16] */
export const BLOCK_ENTRY_BYTES = 4 + DIGEST_BYTES;
/** [offset u48, length u32, kind u8, zero] */
export const EXTENT_ENTRY_BYTES = 12;
/** [disk u32, blocks u32, extents u32, data bytes u32] */
export const TRAILER_BYTES = 16;
const EXTENT_KINDS = { data: 1, zero: 2 } as const;

export interface BlockDigest {
  readonly block: number;
  /** 16 bytes. */
  readonly digest: Buffer;
}

export interface DataTables {
  /** Index into the disks of the round. */
  readonly disk: number;
  readonly blocks: readonly BlockDigest[];
  /** In order. The bytes of those of kind `data` follow each other. */
  readonly extents: readonly Extent[];
}

export interface DataFrame extends DataTables {
  readonly data: Buffer;
}

export function tableBytes(blocks: number, extents: number): number {
  return blocks * BLOCK_ENTRY_BYTES + extents * EXTENT_ENTRY_BYTES + TRAILER_BYTES;
}

/** Writes the tables behind `dataBytes` of data in `payload`. Returns the payload's length. */
export function writeTables(payload: Buffer, dataBytes: number, tables: DataTables): number {
  let at = dataBytes;
  for (const { block, digest } of tables.blocks) {
    payload.writeUInt32LE(block, at);
    digest.copy(payload, at + 4);
    at += BLOCK_ENTRY_BYTES;
  }
  for (const { offset, length, kind } of tables.extents) {
    payload.writeUIntLE(offset, at, 6);
    payload.writeUInt32LE(length, at + 6);
    payload.writeUInt16LE(EXTENT_KINDS[kind], at + 10);
    at += EXTENT_ENTRY_BYTES;
  }
  payload.writeUInt32LE(tables.disk, at);
  payload.writeUInt32LE(tables.blocks.length, at + 4);
  payload.writeUInt32LE(tables.extents.length, at + 8);
  payload.writeUInt32LE(dataBytes, at + 12);
  return at + TRAILER_BYTES;
}

export interface DiskShape {
  readonly virtualBytes: number;
  readonly logicalSectorBytes: number;
}

/**
 * The frame, checked against the disks of the round: what it names exists, lies within the disk, is
 * in order and adds up. Its buffers point into `payload`.
 * @throws {Problem} stream-frame-refused
 */
export function readDataFrame(payload: Buffer, disks: readonly DiskShape[]): DataFrame {
  if (payload.length < TRAILER_BYTES) throw frameRefused('a data frame without its trailer');
  const trailer = payload.length - TRAILER_BYTES;
  const disk = payload.readUInt32LE(trailer);
  const blockEntries = payload.readUInt32LE(trailer + 4);
  const extentEntries = payload.readUInt32LE(trailer + 8);
  const dataBytes = payload.readUInt32LE(trailer + 12);
  if (dataBytes + tableBytes(blockEntries, extentEntries) !== payload.length) {
    throw frameRefused('a data frame whose tables do not add up');
  }
  const shape = disks[disk];
  if (shape === undefined) throw frameRefused(`disk ${disk} of ${disks.length}`);
  const blocks = readBlocks(payload, { from: dataBytes, count: blockEntries, shape });
  const from = dataBytes + blockEntries * BLOCK_ENTRY_BYTES;
  const extents = readExtents(payload, { from, count: extentEntries, shape });
  const expected = extents.reduce(
    (sum, { kind, length }) => sum + (kind === 'data' ? length : 0),
    0,
  );
  if (expected !== dataBytes) throw frameRefused('a data frame with bytes of no extent');
  checkTouched(blocks, extents, shape);
  return { disk, blocks, extents, data: payload.subarray(0, dataBytes) };
}

interface Table {
  readonly from: number;
  readonly count: number;
  readonly shape: DiskShape;
}

function readBlocks(payload: Buffer, { from, count, shape }: Table): BlockDigest[] {
  const blocks: BlockDigest[] = [];
  const end = blockCount(shape.virtualBytes);
  let last = -1;
  for (let at = from; blocks.length < count; at += BLOCK_ENTRY_BYTES) {
    const block = payload.readUInt32LE(at);
    if (block <= last || block >= end) throw frameRefused(`block ${block} after ${last} of ${end}`);
    last = block;
    blocks.push({ block, digest: payload.subarray(at + 4, at + BLOCK_ENTRY_BYTES) });
  }
  return blocks;
}

function readExtents(payload: Buffer, { from, count, shape }: Table): Extent[] {
  const extents: Extent[] = [];
  let end = 0;
  for (let at = from; extents.length < count; at += EXTENT_ENTRY_BYTES) {
    const offset = payload.readUIntLE(at, 6);
    const length = payload.readUInt32LE(at + 6);
    const kind = kindOf(payload.readUInt16LE(at + 10));
    const odd = offset % shape.logicalSectorBytes !== 0 || length % shape.logicalSectorBytes !== 0;
    if (offset < end || length === 0 || offset + length > shape.virtualBytes || odd) {
      throw frameRefused(`an extent of ${length} bytes at ${offset} after ${end}`);
    }
    end = offset + length;
    extents.push({ kind, offset, length });
  }
  return extents;
}

/** Exactly the blocks of `listedBlocks`, in order. */
function checkTouched(
  blocks: readonly BlockDigest[],
  extents: readonly Extent[],
  { virtualBytes }: DiskShape,
): void {
  let listed = 0;
  for (const block of listedBlocks(extents, virtualBytes)) {
    if (blocks[listed]?.block !== block) throw frameRefused(`no digest of block ${block}`);
    listed += 1;
  }
  if (listed !== blocks.length) throw frameRefused('a digest of a block without extent');
}

/** The blocks that `extents` touch, in order, without those that a zero extent covers whole. */
export function* listedBlocks(extents: readonly Extent[], virtualBytes: number): Generator<number> {
  let next = 0;
  for (const extent of extents) {
    const last = Math.floor((extent.offset + extent.length - 1) / BLOCK_BYTES);
    const whole = extent.kind === 'zero' ? wholeBlocks(extent, virtualBytes) : { from: 0, to: 0 };
    let block = Math.max(Math.floor(extent.offset / BLOCK_BYTES), next);
    while (block <= last) {
      if (block >= whole.from && block < whole.to) block = whole.to;
      else yield block++;
    }
    next = last + 1;
  }
}

/** The blocks that an extent covers whole. */
export function wholeBlocks(
  { offset, length }: Extent,
  virtualBytes: number,
): { from: number; to: number } {
  const end = offset + length;
  const to = end === virtualBytes ? blockCount(end) : Math.floor(end / BLOCK_BYTES);
  return { from: Math.ceil(offset / BLOCK_BYTES), to };
}

function kindOf(number: number): Extent['kind'] {
  if (number === EXTENT_KINDS.data) return 'data';
  if (number === EXTENT_KINDS.zero) return 'zero';
  throw frameRefused(`an extent of kind ${number}`);
}
