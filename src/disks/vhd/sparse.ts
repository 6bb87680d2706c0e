/** One open dynamic or differencing VHD: where its structures are, and its end, which moves. */

import { damaged } from '../faults.ts';
import { overlap, type Range } from '../ranges.ts';
import type { Storage } from '../storage.ts';
import { bitmapBytesOf, ENTRY_BYTES } from './bat.ts';
import { FOOTER_BYTES, type Footer, type Footers, footerNaming, SECTOR_BYTES } from './footer.ts';
import { type DynamicHeader, HEADER_BYTES, readDynamicHeader } from './header.ts';

/** Payload at whole pages: on disks of 4096-byte sectors all else is read, changed and written back. */
const PAYLOAD_ALIGNMENT_BYTES = 4096;

export class SparseVhd {
  readonly storage: Storage;
  readonly footer: Footer;
  readonly bitmapBytes: number;
  #header: DynamicHeader;
  #end: number;
  #endBytes: number;
  #areFootersWhole: boolean;

  private constructor(storage: Storage, footers: Footers, header: DynamicHeader) {
    this.storage = storage;
    this.footer = footers.footer;
    this.bitmapBytes = bitmapBytesOf(header.blockBytes);
    this.#header = header;
    this.#end = footers.end;
    this.#endBytes = footers.endBytes;
    this.#areFootersWhole = footers.areWhole;
  }

  static async of(storage: Storage, footers: Footers): Promise<SparseVhd> {
    const header = await readDynamicHeader(storage, footers.footer);
    const disk = new SparseVhd(storage, footers, header);
    const { tableOffset, entries, offset } = header;
    const table = { offset: tableOffset, length: entries * ENTRY_BYTES };
    const copy = { offset: 0, length: FOOTER_BYTES };
    const own = { offset, length: HEADER_BYTES };
    if (overlap(own, copy) || overlap(table, copy) || overlap(table, own))
      throw damaged(storage.path, { what: 'place of the BAT', offset, value: tableOffset });
    if (!(await storage.holds(tableOffset, table.length)))
      throw await storage.truncated('BAT', tableOffset, table.length);
    return disk;
  }

  get header(): DynamicHeader {
    return this.#header;
  }

  get virtualBytes(): number {
    return this.footer.virtualBytes;
  }

  get isChild(): boolean {
    return this.footer.type === 'differencing';
  }

  /** Bytes of the footer at the end, where no block may lie; 0 while there is none. */
  get endBytes(): number {
    return this.#endBytes;
  }

  /** Whether a range of the file is held by its own structures, where no block may lie. */
  isReserved(range: Range): boolean {
    const { offset, tableOffset, entries, locators } = this.#header;
    return [
      { offset: 0, length: FOOTER_BYTES },
      { offset, length: HEADER_BYTES },
      { offset: tableOffset, length: entries * ENTRY_BYTES },
      ...locators,
    ].some((own) => overlap(own, range));
  }

  /** Before the first change: both footers are there, as they should be. Flushed when it resolves. */
  async mendFooters(): Promise<void> {
    if (this.#areFootersWhole) return;
    const { bytes } = this.footer;
    this.#end = Math.ceil(this.#end / SECTOR_BYTES) * SECTOR_BYTES;
    await this.storage.write(this.#end, bytes);
    await this.storage.flush();
    await this.storage.write(0, bytes);
    await this.storage.flush();
    this.#endBytes = FOOTER_BYTES;
    this.#areFootersWhole = true;
  }

  /** Room for a block at the end; its payload reads as zeros, its bitmap must be written whole. */
  roomForBlock(): Promise<number> {
    const { bitmapBytes } = this;
    const payload = align(this.#end + bitmapBytes, PAYLOAD_ALIGNMENT_BYTES);
    return this.#grow(payload - bitmapBytes, bitmapBytes + this.#header.blockBytes);
  }

  /** Room at the end, whole sectors. */
  roomFor(length: number): Promise<number> {
    return this.#grow(this.#end, align(length, SECTOR_BYTES));
  }

  /**
   * The header is two sectors, of which a cut may leave one. So the footer at the end names a copy of it
   * while it is written. Flushed when it resolves.
   */
  async replaceHeader(bytes: Buffer): Promise<void> {
    const { storage, footer } = this;
    const { offset } = this.#header;
    const copyOffset = await this.roomFor(bytes.length);
    const steps = [
      [copyOffset, bytes],
      [this.#end, footerNaming(footer.bytes, copyOffset)],
      [offset, bytes],
      [this.#end, footer.bytes],
    ] as const;
    for (const [place, written] of steps) {
      await storage.write(place, written);
      await storage.flush();
    }
    this.#header = await readDynamicHeader(storage, footer);
  }

  /** The footer goes to the new end first: a kill leaves it there, a power cut its copy at the start. */
  async #grow(place: number, length: number): Promise<number> {
    await this.storage.write(place + length, this.footer.bytes);
    this.#end = place + length;
    return place;
  }
}

const align = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;
