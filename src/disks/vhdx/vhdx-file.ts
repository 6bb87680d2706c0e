/** One open VHDX file: what holds for the file alone, without its parents. */

import { Verdict } from '../../domain/problem.ts';
import { damaged } from '../faults.ts';
import { type Access, Storage } from '../storage.ts';
import { BAT_ENTRY_BYTES, batEntries } from './bat.ts';
import { type Header, readHeader, renewHeader } from './header.ts';
import { encodeLocator, type Locator } from './locator.ts';
import {
  locatorItem,
  type Metadata,
  placeOf,
  readMetadata,
  TABLE_BYTES,
  withLocator,
} from './metadata.ts';
import { MIB, overlap, type Region, type Regions, readRegions } from './regions.ts';

/** [MS-VHDX] 2.2.1: the file starts with it. */
export const FILE_SIGNATURE = 'vhdxfile';
/** A VHD: at the start of a dynamic one, in the last sector of a fixed one. */
const VHD_SIGNATURE = 'conectix';
const VHD_FOOTER_BYTES = 512;

export class VhdxFile implements AsyncDisposable {
  readonly storage: Storage;
  readonly #regions: Regions;
  #header: Header;
  #metadata: Metadata;

  private constructor(storage: Storage, parts: [Header, Regions, Metadata]) {
    this.storage = storage;
    [this.#header, this.#regions, this.#metadata] = parts;
  }

  /**
   * Opens a dynamic, fixed or differencing VHDX. What is no disk, damaged, truncated or has a log to
   * replay is a Verdict; with `r` the file is not changed.
   */
  static async open(path: string, access: Access): Promise<VhdxFile> {
    const storage = await Storage.open(path, access);
    try {
      await expectVhdx(storage);
      const header = await readHeader(storage);
      const regions = await readRegions(storage);
      const metadata = await readMetadata(storage, regions.metadata);
      const file = new VhdxFile(storage, [header, regions, metadata]);
      const batBytes = batEntries(metadata, metadata.hasParent) * BAT_ENTRY_BYTES;
      const { offset, length } = regions.bat;
      if (batBytes > length)
        throw damaged(path, { what: 'length of the BAT', offset, value: length });
      return file;
    } catch (error) {
      await storage[Symbol.asyncDispose]();
      throw error;
    }
  }

  get path(): string {
    return this.storage.path;
  }

  get metadata(): Metadata {
    return this.#metadata;
  }

  get bat(): Region {
    return this.#regions.bat;
  }

  /** The DataWriteGuid: what a child must name to belong to this content. */
  get linkage(): string {
    return this.#header.dataWriteGuid;
  }

  get blocks(): number {
    return Math.ceil(this.metadata.virtualBytes / this.metadata.blockBytes);
  }

  /** Whether a range of the file is held by its own structures, where no block may lie. */
  isReserved(range: Region): boolean {
    const log = { offset: this.#header.logOffset, length: this.#header.logLength };
    const headers = { offset: 0, length: MIB };
    const { bat, metadata } = this.#regions;
    return [headers, log, bat, metadata].some((region) => overlap(region, range));
  }

  /** To be called before the first change after opening; flushed when it resolves. */
  async renewHeader(dataWriteGuid: string): Promise<void> {
    this.#header = await renewHeader(this.storage, this.#header, { dataWriteGuid });
  }

  /**
   * Names the parent anew. The new locator is written beside the old one and the table's entry is
   * switched in one write, so a kill leaves the one or the other. Flushed when it resolves.
   */
  async writeLocator(locator: Locator): Promise<void> {
    const item = locatorItem(this.metadata);
    if (item === undefined) throw new Error(`${this.path} has no parent`);
    const region = this.#regions.metadata;
    const bytes = encodeLocator(locator);
    const offset = this.#roomInMetadata(bytes.length);
    await this.renewHeader(this.linkage);
    await this.storage.write(region.offset + offset, bytes);
    await this.storage.flush();
    const moved = { ...item, offset, length: bytes.length };
    const place = placeOf(moved);
    await this.storage.write(place.position, place.bytes);
    await this.storage.flush();
    this.#metadata = withLocator(this.metadata, locator, moved);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.storage[Symbol.asyncDispose]();
  }

  /** The first gap between the items that is long enough, from the start of the region. */
  #roomInMetadata(length: number): number {
    const taken = [...this.metadata.items.values()].toSorted((a, b) => a.offset - b.offset);
    let offset = TABLE_BYTES;
    for (const item of taken) {
      if (item.length > 0 && item.offset < offset + length) {
        offset = Math.max(offset, item.offset + item.length);
      }
    }
    if (offset + length > this.#regions.metadata.length)
      throw new Verdict('disk-metadata-full', { file: this.path, bytesNeeded: length });
    return offset;
  }
}

async function expectVhdx(storage: Storage): Promise<void> {
  const first = await textAt(storage, 0);
  if (first === FILE_SIGNATURE) return;
  const last = await textAt(storage, storage.bytes - VHD_FOOTER_BYTES);
  if (first === VHD_SIGNATURE || last === VHD_SIGNATURE)
    throw new Verdict('disk-format-unsupported', { file: storage.path, format: 'VHD' });
  const found = storage.bytes === 0 ? 'nothing' : JSON.stringify(first);
  throw new Verdict('disk-not-a-disk', { file: storage.path, found });
}

async function textAt(storage: Storage, position: number): Promise<string> {
  const length = Math.min(FILE_SIGNATURE.length, storage.bytes);
  const bytes = Buffer.alloc(length);
  await storage.read(Math.max(0, position), bytes, 'signature');
  return bytes.toString('latin1');
}
