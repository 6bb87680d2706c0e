/**
 * Changes the content of one VHDX file so that a killed process never leaves anything that reads as
 * what nobody wrote: first the payload, then the sector bitmap, then the BAT entry that shows them.
 * The log is not used: each step is one small write, and `flush` orders them on storage.
 */

import { randomUUID } from 'node:crypto';
import {
  type BatEntry,
  BITMAP_BYTES,
  BITMAP_STATE,
  bitmapEntry,
  payloadEntry,
  STATE,
  writeEntry,
} from './bat.ts';
import { MIB } from './regions.ts';
import { placeOfBits, sectorBits } from './runs.ts';
import type { VhdxFile } from './vhdx-file.ts';

const ZEROS = Buffer.alloc(MIB);
/** Places of blocks that became zero, kept for new blocks; more than these stay unused. */
const FREE_PLACES_MAX = 4096;

/** A range within one block: `within` is the offset in the block. */
interface Part {
  readonly block: number;
  readonly within: number;
  readonly length: number;
  /** Where it begins in what the caller gave. */
  readonly at: number;
}

export class VhdxWriter {
  readonly #file: VhdxFile;
  readonly #dataWriteGuid: string;
  /** Before the first change the header is renewed, once. */
  #begun: Promise<void> | undefined;
  /** Changes of the map wait for each other. */
  #mapFree: Promise<unknown> = Promise.resolve();
  /** Freed since the last flush: on storage the map may still show them. */
  #freed: number[] = [];
  #reusable: number[] = [];

  /** The content's identifier will be `dataWriteGuid` from the first change on. */
  constructor(file: VhdxFile, dataWriteGuid: string = randomUUID()) {
    this.#file = file;
    this.#dataWriteGuid = dataWriteGuid;
  }

  /** Renews the header: this file's content is no longer what children of before belong to. */
  begin(): Promise<void> {
    this.#begun ??= this.#file.renewHeader(this.#dataWriteGuid);
    return this.#begun;
  }

  /** Offset and length are whole logical sectors of the disk. */
  async write(offset: number, data: Uint8Array): Promise<void> {
    this.#expectSectors(offset, data.length);
    await this.begin();
    for (const part of this.#parts(offset, data.length)) {
      await this.#writePart(part, data.subarray(part.at, part.at + part.length));
    }
  }

  /** Whole blocks become zero in the map; of the others the sectors are written. */
  async zero(offset: number, length: number): Promise<void> {
    this.#expectSectors(offset, length);
    await this.begin();
    for (const part of this.#parts(offset, length)) await this.#zeroPart(part);
  }

  async flush(): Promise<void> {
    const freed = this.#freed;
    this.#freed = [];
    await this.#file.storage.flush();
    this.#reusable.push(...freed.slice(0, FREE_PLACES_MAX - this.#reusable.length));
  }

  async #writePart(part: Part, data: Uint8Array): Promise<void> {
    const entry = await payloadEntry(this.#file, part.block);
    if (entry.state === STATE.fullyPresent)
      return this.#file.storage.write(entry.fileOffset + part.within, data);
    return this.#exclusively(() => this.#writeAndMap(part, data));
  }

  async #writeAndMap(part: Part, data: Uint8Array): Promise<void> {
    const { storage, metadata } = this.#file;
    const entry = await payloadEntry(this.#file, part.block);
    if (entry.state === STATE.fullyPresent || entry.state === STATE.partiallyPresent) {
      await storage.write(entry.fileOffset + part.within, data);
      if (entry.state === STATE.partiallyPresent) await this.#addSectors(part);
      return;
    }
    const isWhole = this.#isWhole(part);
    const fileOffset = await this.#placeForBlock({ isCleared: !isWhole });
    await storage.write(fileOffset + part.within, data);
    const showsParent = metadata.hasParent && entry.state === STATE.notPresent && !isWhole;
    if (showsParent) await this.#setOnlySectors(part);
    const state = showsParent ? STATE.partiallyPresent : STATE.fullyPresent;
    await writeEntry(this.#file, { position: entry.position, state, fileOffset });
  }

  async #zeroPart(part: Part): Promise<void> {
    const entry = await payloadEntry(this.#file, part.block);
    const { hasParent, leavesBlocksAllocated } = this.#file.metadata;
    const holdsData = entry.state === STATE.fullyPresent || entry.state === STATE.partiallyPresent;
    const showsParent = entry.state === STATE.notPresent && hasParent;
    if (!holdsData && !showsParent) return;
    if (this.#isWhole(part) && !leavesBlocksAllocated)
      return this.#exclusively(() => this.#zeroWholeBlock(part));
    for (let done = 0; done < part.length; done += ZEROS.length) {
      const length = Math.min(ZEROS.length, part.length - done);
      const piece = { ...part, within: part.within + done, length };
      await this.#writePart(piece, ZEROS.subarray(0, length));
    }
  }

  async #zeroWholeBlock(part: Part): Promise<void> {
    const entry = await payloadEntry(this.#file, part.block);
    // The place must be 0 here: with another one Hyper-V refuses the disk.
    await writeEntry(this.#file, { position: entry.position, state: STATE.zero, fileOffset: 0 });
    if (entry.fileOffset > 0 && this.#freed.length < FREE_PLACES_MAX)
      this.#freed.push(entry.fileOffset);
  }

  /** Marks sectors of a partially present block as held here, after their payload was written. */
  async #addSectors(part: Part): Promise<void> {
    const bits = Buffer.from(await sectorBits(this.#file, part.block));
    await this.#writeBits(part, bits);
  }

  /** For a block that becomes partially present: what the bitmap said before is void. */
  async #setOnlySectors(part: Part): Promise<void> {
    const { blockBytes, logicalSectorBytes } = this.#file.metadata;
    await this.#writeBits(part, Buffer.alloc(blockBytes / logicalSectorBytes / 8));
  }

  async #writeBits(part: Part, bits: Buffer): Promise<void> {
    const sectorBytes = this.#file.metadata.logicalSectorBytes;
    setBits(bits, part.within / sectorBytes, (part.within + part.length) / sectorBytes);
    const bitmap = await bitmapEntry(this.#file, part.block);
    const isThere = bitmap.state === BITMAP_STATE.present;
    const place = isThere ? bitmap : await this.#newBitmap(bitmap);
    await this.#file.storage.patch(placeOfBits(this.#file, place, part.block).position, bits);
  }

  async #newBitmap({ position }: BatEntry): Promise<BatEntry> {
    const fileOffset = await this.#grow(BITMAP_BYTES);
    const entry = { position, state: BITMAP_STATE.present, fileOffset };
    await writeEntry(this.#file, entry);
    return entry;
  }

  async #placeForBlock({ isCleared }: { readonly isCleared: boolean }): Promise<number> {
    const { blockBytes } = this.#file.metadata;
    const place = this.#reusable.pop();
    if (place === undefined) return this.#grow(blockBytes);
    for (let done = 0; isCleared && done < blockBytes; done += ZEROS.length) {
      await this.#file.storage.write(place + done, ZEROS);
    }
    return place;
  }

  /** New space at the end of the file, at a MiB as every block; it reads as zeros. */
  async #grow(length: number): Promise<number> {
    const { storage } = this.#file;
    const offset = Math.ceil(storage.bytes / MIB) * MIB;
    await storage.growTo(offset + length);
    return offset;
  }

  #isWhole({ block, within, length }: Part): boolean {
    const { blockBytes, virtualBytes } = this.#file.metadata;
    return within === 0 && length === Math.min(blockBytes, virtualBytes - block * blockBytes);
  }

  *#parts(offset: number, length: number): Generator<Part> {
    const { blockBytes } = this.#file.metadata;
    for (let at = 0; at < length; ) {
      const within = (offset + at) % blockBytes;
      const part = {
        block: Math.floor((offset + at) / blockBytes),
        within,
        length: Math.min(length - at, blockBytes - within),
        at,
      };
      yield part;
      at += part.length;
    }
  }

  #exclusively(change: () => Promise<void>): Promise<void> {
    const done = this.#mapFree.then(change);
    // Whoever waits for `done` hears of its failure; the next change goes on either way.
    this.#mapFree = done.catch(() => undefined);
    return done;
  }

  #expectSectors(offset: number, length: number): void {
    const { logicalSectorBytes, virtualBytes } = this.#file.metadata;
    const isAligned = offset % logicalSectorBytes === 0 && length % logicalSectorBytes === 0;
    if (!isAligned || offset < 0 || offset + length > virtualBytes)
      throw new RangeError(`${offset} + ${length} are not whole sectors of this disk`);
  }
}

function setBits(bits: Buffer, from: number, end: number): void {
  for (let bit = from; bit < end; bit++) {
    const isWholeByte = (bit & 7) === 0 && end - bit >= 8;
    if (isWholeByte) {
      const bytes = Math.floor((end - bit) / 8);
      bits.fill(0xff, bit >> 3, (bit >> 3) + bytes);
      bit += bytes * 8 - 1;
    } else {
      bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }
}
