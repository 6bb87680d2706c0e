/**
 * Changes the content of a dynamic or differencing VHD so that neither a kill nor a power cut leaves
 * anything that reads as what nobody wrote: the footer at the new end, payload, and the sector bitmap of
 * a new block are written at once, where nothing shows them. The BAT entry, and further sectors in a
 * bitmap that is shown, are held until `flush`, which writes them when the others are on storage.
 */

import { bitAt, endOfBits, setBits } from '../bits.ts';
import type { LayerWriter } from '../layer.ts';
import { MapChanges } from '../map-changes.ts';
import { type Part, partsOf } from '../parts.ts';
import { expectWholeSectors } from '../sectors.ts';
import { bitsAt, entryOf, holdEntry, ORDER } from './bat.ts';
import { SECTOR_BYTES } from './footer.ts';
import type { SparseVhd } from './sparse.ts';

const ZEROS = Buffer.alloc(1024 * 1024);

export class VhdWriter implements LayerWriter {
  readonly #disk: SparseVhd;
  readonly #changes: MapChanges;
  /** Before the first change, once. */
  #begun: Promise<void> | undefined;

  constructor(disk: SparseVhd) {
    this.#disk = disk;
    this.#changes = new MapChanges(disk.storage);
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    await this.#begin(offset, data.length);
    for (const part of partsOf(offset, data.length, this.#disk.header.blockBytes)) {
      await this.#writePart(part, data.subarray(part.at, part.at + part.length));
    }
  }

  /** Whole blocks of a base become unused; of the others, and of a child, the sectors are written. */
  async zero(offset: number, length: number): Promise<void> {
    await this.#begin(offset, length);
    for (const part of partsOf(offset, length, this.#disk.header.blockBytes)) {
      await this.#zeroPart(part);
    }
  }

  flush(): Promise<void> {
    return this.#changes.flush();
  }

  async #begin(offset: number, length: number): Promise<void> {
    const { virtualBytes, storage } = this.#disk;
    expectWholeSectors({ virtualBytes, logicalSectorBytes: SECTOR_BYTES }, offset, length);
    this.#begun ??= storage.untilNextTick().then(() => this.#disk.mendFooters());
    await this.#begun;
  }

  async #writePart(part: Part, data: Uint8Array): Promise<void> {
    const { place } = await entryOf(this.#disk, part.block);
    if (place !== undefined && (await this.#holds(place, part)))
      return this.#put(place, part, data);
    return this.#changes.exclusively(() => this.#writeAndMap(part, data));
  }

  async #writeAndMap(part: Part, data: Uint8Array): Promise<void> {
    const { position, place } = await entryOf(this.#disk, part.block);
    if (place !== undefined) {
      await this.#put(place, part, data);
      if (!this.#disk.isChild) return;
      const bits = this.#bitsWith(part, await bitsAt(this.#disk, place));
      return this.#disk.storage.hold(place, bits);
    }
    const isCleared = part.length < this.#disk.header.blockBytes;
    const newPlace = await this.#placeForBlock({ isCleared });
    await this.#put(newPlace, part, data);
    const bits = this.#bitsWith(part, Buffer.alloc(this.#disk.bitmapBytes));
    await this.#disk.storage.patch(newPlace, bits);
    await holdEntry(this.#disk, position, newPlace);
  }

  async #zeroPart(part: Part): Promise<void> {
    const { isChild } = this.#disk;
    const { place } = await entryOf(this.#disk, part.block);
    if (place === undefined && !isChild) return;
    if (!isChild && this.#isWhole(part))
      return this.#changes.exclusively(() => this.#dropBlock(part));
    for (let done = 0; done < part.length; done += ZEROS.length) {
      const length = Math.min(ZEROS.length, part.length - done);
      const piece = { ...part, within: part.within + done, length };
      await this.#writePart(piece, ZEROS.subarray(0, length));
    }
  }

  async #dropBlock(part: Part): Promise<void> {
    const { position, place } = await entryOf(this.#disk, part.block);
    if (place === undefined) return;
    await holdEntry(this.#disk, position, undefined);
    // The disk's last block may be shorter, and then also its place.
    const { header, virtualBytes } = this.#disk;
    if ((part.block + 1) * header.blockBytes <= virtualBytes) this.#changes.free(place);
  }

  #put(place: number, part: Part, data: Uint8Array): Promise<void> {
    return this.#disk.storage.write(place + this.#disk.bitmapBytes + part.within, data);
  }

  /** Whether all sectors of the part are this file's own already. */
  async #holds(place: number, part: Part): Promise<boolean> {
    if (!this.#disk.isChild) return true;
    const bits = await bitsAt(this.#disk, place);
    const { from, end } = sectorsOf(part);
    return bitAt(bits, from, ORDER) === 1 && endOfBits(bits, { from, end }, ORDER) >= end;
  }

  /** A child marks the sectors that it holds; a base all of a block's, as Hyper-V and QEMU do. */
  #bitsWith(part: Part, before: Uint8Array): Buffer {
    const bits = Buffer.from(before);
    const sectors = this.#disk.header.blockBytes / SECTOR_BYTES;
    setBits(bits, this.#disk.isChild ? sectorsOf(part) : { from: 0, end: sectors }, ORDER);
    return bits;
  }

  async #placeForBlock({ isCleared }: { readonly isCleared: boolean }): Promise<number> {
    const place = this.#changes.takeFree();
    if (place === undefined) return this.#disk.roomForBlock();
    const { bitmapBytes, header, storage } = this.#disk;
    if (isCleared) await storage.clear(place + bitmapBytes, header.blockBytes);
    return place;
  }

  #isWhole({ block, within, length }: Part): boolean {
    const { virtualBytes, header } = this.#disk;
    const { blockBytes } = header;
    return within === 0 && length === Math.min(blockBytes, virtualBytes - block * blockBytes);
  }
}

const sectorsOf = ({ within, length }: Part): { from: number; end: number } => ({
  from: within / SECTOR_BYTES,
  end: (within + length) / SECTOR_BYTES,
});
