/**
 * Changes the content of one VHDX file so that neither a kill nor a power cut leaves anything that
 * reads as what nobody wrote: payload is written at once where nothing shows it, sector bitmaps and BAT
 * entries that show it are held until `flush`, which writes them when the payload is on storage. They
 * reach it in any order, so each must be right without the other; where it is not, it is flushed first.
 * The log is not used: see map-changes.ts.
 */

import { randomUUID } from 'node:crypto';
import { setBits } from '../bits.ts';
import type { LayerWriter } from '../layer.ts';
import { MapChanges } from '../map-changes.ts';
import { type Part, partsOf } from '../parts.ts';
import { expectWholeSectors } from '../sectors.ts';
import {
  type BatEntry,
  BITMAP_BYTES,
  BITMAP_STATE,
  bitmapEntry,
  holdEntry,
  payloadEntry,
  STATE,
} from './bat.ts';
import { MIB } from './regions.ts';
import { placeOfBits, sectorBits } from './runs.ts';
import type { VhdxFile } from './vhdx-file.ts';

const ZEROS = Buffer.alloc(MIB);

export class VhdxWriter implements LayerWriter {
  readonly #file: VhdxFile;
  readonly #dataWriteGuid: string;
  /** Before the first change the header is renewed, once. */
  #begun: Promise<void> | undefined;
  readonly #changes: MapChanges;

  /** The content's identifier will be `dataWriteGuid` from the first change on. */
  constructor(file: VhdxFile, dataWriteGuid: string = randomUUID()) {
    this.#file = file;
    this.#changes = new MapChanges(file.storage);
    this.#dataWriteGuid = dataWriteGuid;
  }

  /** Renews the header: this file's content is no longer what children of before belong to. */
  begin(): Promise<void> {
    this.#begun ??= this.#file.renewHeader(this.#dataWriteGuid);
    return this.#begun;
  }

  /** Offset and length are whole logical sectors of the disk. */
  async write(offset: number, data: Uint8Array): Promise<void> {
    expectWholeSectors(this.#file.metadata, offset, data.length);
    await this.begin();
    for (const part of partsOf(offset, data.length, this.#file.metadata.blockBytes)) {
      await this.#writePart(part, data.subarray(part.at, part.at + part.length));
    }
  }

  /** Whole blocks become zero in the map; of the others the sectors are written. */
  async zero(offset: number, length: number): Promise<void> {
    expectWholeSectors(this.#file.metadata, offset, length);
    await this.begin();
    for (const part of partsOf(offset, length, this.#file.metadata.blockBytes))
      await this.#zeroPart(part);
  }

  flush(): Promise<void> {
    return this.#changes.flush();
  }

  async #writePart(part: Part, data: Uint8Array): Promise<void> {
    const entry = await payloadEntry(this.#file, part.block);
    if (entry.state === STATE.fullyPresent)
      return this.#file.storage.write(entry.fileOffset + part.within, data);
    return this.#changes.exclusively(() => this.#writeAndMap(part, data));
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
    const fileOffset = await this.#placeForBlock({ isCleared: part.length < metadata.blockBytes });
    await storage.write(fileOffset + part.within, data);
    const showsParent = metadata.hasParent && entry.state === STATE.notPresent && !isWhole;
    if (showsParent) await this.#setOnlySectors(part);
    const state = showsParent ? STATE.partiallyPresent : STATE.fullyPresent;
    await holdEntry(this.#file, { position: entry.position, state, fileOffset });
  }

  async #zeroPart(part: Part): Promise<void> {
    const entry = await payloadEntry(this.#file, part.block);
    const { hasParent, leavesBlocksAllocated } = this.#file.metadata;
    const holdsData = entry.state === STATE.fullyPresent || entry.state === STATE.partiallyPresent;
    const showsParent = entry.state === STATE.notPresent && hasParent;
    if (!holdsData && !showsParent) return;
    if (leavesBlocksAllocated && entry.state === STATE.fullyPresent)
      return this.#file.storage.clear(entry.fileOffset + part.within, part.length);
    if (this.#isWhole(part) && !leavesBlocksAllocated)
      return this.#changes.exclusively(() => this.#zeroWholeBlock(part));
    for (let done = 0; done < part.length; done += ZEROS.length) {
      const length = Math.min(ZEROS.length, part.length - done);
      const piece = { ...part, within: part.within + done, length };
      await this.#writePart(piece, ZEROS.subarray(0, length));
    }
  }

  async #zeroWholeBlock(part: Part): Promise<void> {
    const entry = await payloadEntry(this.#file, part.block);
    // The place must be 0 here: with another one Hyper-V refuses the disk.
    await holdEntry(this.#file, { position: entry.position, state: STATE.zero, fileOffset: 0 });
    if (entry.fileOffset > 0) this.#changes.free(entry.fileOffset);
  }

  /** Marks sectors of a partially present block as held here, after their payload was written. */
  async #addSectors(part: Part): Promise<void> {
    const bits = Buffer.from(await sectorBits(this.#file, part.block));
    await this.#writeBits(part, bits);
  }

  /**
   * For a block that becomes partially present, which needs a bitmap, and one that says nothing of the
   * block as yet: what a cut or another program left there is void.
   */
  async #setOnlySectors(part: Part): Promise<void> {
    const bitmap = await bitmapEntry(this.#file, part.block);
    if (bitmap.state !== BITMAP_STATE.present) await this.#addBitmap(bitmap);
    const bits = Buffer.from(await sectorBits(this.#file, part.block));
    if (bits.some((byte) => byte !== 0)) {
      await this.#holdBits(part.block, bits.fill(0));
      await this.flush();
    }
    await this.#writeBits(part, bits);
  }

  async #writeBits(part: Part, bits: Buffer): Promise<void> {
    const sectorBytes = this.#file.metadata.logicalSectorBytes;
    const from = part.within / sectorBytes;
    setBits(bits, { from, end: from + part.length / sectorBytes });
    await this.#holdBits(part.block, bits);
  }

  async #holdBits(block: number, bits: Buffer): Promise<void> {
    const bitmap = await bitmapEntry(this.#file, block);
    await this.#file.storage.hold(placeOfBits(this.#file, bitmap, block).position, bits);
  }

  /** On storage when it resolves: without it a partially present block is damage. One for many blocks. */
  async #addBitmap({ position }: BatEntry): Promise<void> {
    const fileOffset = await this.#grow(BITMAP_BYTES);
    await holdEntry(this.#file, { position, state: BITMAP_STATE.present, fileOffset });
    await this.flush();
  }

  async #placeForBlock({ isCleared }: { readonly isCleared: boolean }): Promise<number> {
    const { blockBytes } = this.#file.metadata;
    const place = this.#changes.takeFree();
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
}
