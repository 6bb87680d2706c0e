/**
 * The block allocation table of a VHDX: [MS-VHDX] 2.5. One pass over all of it, in pieces; of 64 TB in
 * blocks of 1 MiB it is 512 MiB, mostly zeros.
 */

import { overlap } from '../ranges.ts';
import type { Storage } from '../storage.ts';
import {
  BAT_ENTRY_BYTES,
  BITMAP_BYTES,
  BITMAP_STATE,
  batEntries,
  chunkRatio,
  STATE,
} from '../vhdx/bat.ts';
import { MIB } from '../vhdx/regions.ts';
import type { Say } from './findings.ts';
import type { Structure } from './structures.ts';
import type { CheckedShape } from './vhdx-metadata.ts';

const PIECE_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(PIECE_BYTES);
/** Bits 3 to 19 of an entry. */
const RESERVED_BITS = 0xf_fff8;
const STATES: readonly number[] = Object.values(STATE);
const BITMAP_STATES: readonly number[] = Object.values(BITMAP_STATE);

export interface FileParts {
  readonly shape: CheckedShape;
  readonly bat: Structure;
  /** All of the file that is no payload, with the BAT. */
  readonly structures: readonly Structure[];
}

interface Entry {
  readonly index: number;
  /** Where it stands in the file. */
  readonly offset: number;
  readonly state: number;
  readonly reserved: number;
  readonly place: number;
}

export class BatCheck {
  readonly #storage: Storage;
  readonly #say: Say;
  readonly #parts: FileParts;
  readonly #ratio: number;
  readonly #blocks: number;
  /** One bit for each MiB of the file that a block lies in: 16 MiB for the largest file. */
  readonly #taken: Uint8Array;
  /** The first partially present block of the chunk, which needs the bitmap at the chunk's end. */
  #partialBlock: number | undefined;
  #isUnneededTold = false;

  constructor(storage: Storage, say: Say, parts: FileParts) {
    this.#storage = storage;
    this.#say = say;
    this.#parts = parts;
    this.#ratio = chunkRatio(parts.shape);
    this.#blocks = Math.ceil(parts.shape.virtualBytes / parts.shape.blockBytes);
    this.#taken = new Uint8Array(Math.ceil(storage.bytes / MIB / 8) + 1);
  }

  async run(): Promise<void> {
    const { bat, shape } = this.#parts;
    const bytes = batEntries(shape, shape.hasParent) * BAT_ENTRY_BYTES;
    if (bytes > bat.length)
      this.#say('vhdx-bat-short', { offset: bat.offset, value: bat.length, wanted: bytes });
    const end = Math.min(bytes, bat.length);
    const buffer = Buffer.alloc(PIECE_BYTES);
    for (let start = 0; start < end; start += PIECE_BYTES) {
      const piece = buffer.subarray(0, Math.min(PIECE_BYTES, end - start));
      await this.#storage.read(bat.offset + start, piece, 'BAT');
      const isEmpty = piece.equals(ZEROS.subarray(0, piece.length));
      if (isEmpty && this.#partialBlock === undefined) continue;
      for (let at = 0; at < piece.length; at += BAT_ENTRY_BYTES)
        this.#checkEntry(piece, at, (start + at) / BAT_ENTRY_BYTES);
    }
  }

  /** State: bits 0 to 2. Place in MiB: bits 20 to 63. */
  #checkEntry(piece: Buffer, at: number, index: number): void {
    const low = piece.readUInt32LE(at);
    const high = piece.readUInt32LE(at + 4);
    const entry: Entry = {
      index,
      offset: this.#parts.bat.offset + index * BAT_ENTRY_BYTES,
      state: low & 7,
      reserved: low & RESERVED_BITS,
      place: ((low >>> 20) + high * 0x1000) * MIB,
    };
    const chunk = Math.floor(index / (this.#ratio + 1));
    if (index % (this.#ratio + 1) === this.#ratio) this.#checkBitmap(entry, chunk);
    else this.#checkBlock(entry, index - chunk);
  }

  #checkBlock(entry: Entry, block: number): void {
    // The table of a child ends with a whole chunk.
    if (block >= this.#blocks) return;
    const { shape } = this.#parts;
    const name = `block ${block}`;
    this.#checkReserved(entry, name);
    const isPartial = entry.state === STATE.partiallyPresent;
    if (!STATES.includes(entry.state) || (isPartial && !shape.hasParent)) {
      this.#say('vhdx-block-state', { offset: entry.offset, value: entry.state, name });
      return;
    }
    if (isPartial) this.#partialBlock ??= block;
    if (isPartial || entry.state === STATE.fullyPresent)
      this.#checkPlace(entry, name, shape.blockBytes);
  }

  #checkBitmap(entry: Entry, chunk: number): void {
    const name = `sector bitmap ${chunk}`;
    const { offset, state } = entry;
    const partialBlock = this.#partialBlock;
    this.#partialBlock = undefined;
    if (!this.#parts.shape.hasParent) {
      // Old QEMU leaves some here, and nobody reads them: one is told for all.
      if (state !== BITMAP_STATE.notPresent && !this.#isUnneededTold) {
        this.#say('vhdx-bitmap-unneeded', { offset, value: state, name });
        this.#isUnneededTold = true;
      }
      return;
    }
    this.#checkReserved(entry, name);
    if (!BITMAP_STATES.includes(state))
      this.#say('vhdx-block-state', { offset, value: state, name });
    else if (state === BITMAP_STATE.present) this.#checkPlace(entry, name, BITMAP_BYTES);
    else if (partialBlock !== undefined)
      this.#say('vhdx-bitmap-missing', { offset, value: state, name, block: partialBlock });
  }

  #checkReserved({ offset, reserved }: Entry, name: string): void {
    if (reserved !== 0) this.#say('vhdx-block-reserved', { offset, value: reserved, name });
  }

  /** A place is a whole MiB by the entry's own form. */
  #checkPlace({ offset, place }: Entry, name: string, length: number): void {
    const range = { offset: place, length };
    const on = this.#parts.structures.find((structure) => overlap(structure, range));
    const found = { offset, value: place, name };
    if (on !== undefined) this.#say('vhdx-block-place', { ...found, on: on.name });
    const fileBytes = this.#storage.bytes;
    if (place + length > fileBytes) this.#say('vhdx-block-cut', { ...found, length, fileBytes });
    else if (!this.#take(place, length)) this.#say('vhdx-block-overlap', found);
  }

  /** Whether no block had any of it before. */
  #take(place: number, length: number): boolean {
    let isFree = true;
    for (let mib = place / MIB; mib < (place + length) / MIB; mib++) {
      const bits = this.#taken[mib >> 3] ?? 0;
      const bit = 1 << (mib & 7);
      if ((bits & bit) !== 0) isFree = false;
      this.#taken[mib >> 3] = bits | bit;
    }
    return isFree;
  }
}
