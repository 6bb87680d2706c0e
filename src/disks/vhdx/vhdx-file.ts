/** One open VHDX file: what holds for the file alone, without its parents. */

import { randomUUID } from 'node:crypto';
import { Verdict } from '../../domain/problem.ts';
import type { FileIdentity } from '../../domain/round.ts';
import type { DiskFile } from '../disk.ts';
import { damaged } from '../faults.ts';
import type { DiskLayer, Merge, NamedParent, Run, Shape } from '../layer.ts';
import { overlap } from '../ranges.ts';
import type { Storage } from '../storage.ts';
import { allocatedBytes } from './allocated.ts';
import { BAT_ENTRY_BYTES, batEntries } from './bat.ts';
import { type Header, readHeader, renewHeader } from './header.ts';
import {
  encodeLocator,
  type Locator,
  linkageOf,
  locatorFor,
  parentPaths,
  withLinkage,
} from './locator.ts';
import { replayLog } from './log.ts';
import {
  locatorItem,
  type Metadata,
  type NewItem,
  placeOf,
  readMetadata,
  TABLE_BYTES,
  unknownItemsOfDisk,
  withLocator,
} from './metadata.ts';
import { MIB, type Region, type Regions, readRegions } from './regions.ts';
import { nextRun } from './runs.ts';
import { VhdxWriter } from './vhdx-writer.ts';

/** [MS-VHDX] 2.2.1: the file starts with it. */
export const FILE_SIGNATURE = 'vhdxfile';

export class VhdxFile implements DiskLayer {
  readonly format = 'vhdx';
  readonly storage: Storage;
  readonly #regions: Regions;
  #header: Header;
  #metadata: Metadata;

  private constructor(storage: Storage, parts: [Header, Regions, Metadata]) {
    this.storage = storage;
    [this.#header, this.#regions, this.#metadata] = parts;
  }

  /**
   * Opens a dynamic, fixed or differencing VHDX, and takes the storage over. A log is replayed, in
   * memory unless the file may be written. What is damaged or truncated is a Verdict.
   */
  static async of(storage: Storage): Promise<VhdxFile> {
    const header = await replayLog(storage, await readHeader(storage));
    const regions = await readRegions(storage);
    const log = { offset: header.logOffset, length: header.logLength };
    if ([regions.bat, regions.metadata].some((region) => overlap(region, log))) {
      const what = 'log in the place of the BAT or the metadata';
      throw damaged(storage.path, { what, offset: log.offset, value: log.length });
    }
    const metadata = await readMetadata(storage, regions.metadata);
    const batBytes = batEntries(metadata, metadata.hasParent) * BAT_ENTRY_BYTES;
    const { offset, length } = regions.bat;
    if (batBytes > length)
      throw damaged(storage.path, { what: 'length of the BAT', offset, value: length });
    return new VhdxFile(storage, [header, regions, metadata]);
  }

  get path(): string {
    return this.storage.path;
  }

  get metadata(): Metadata {
    return this.#metadata;
  }

  get shape(): Shape {
    return this.#metadata;
  }

  get type(): DiskFile['type'] {
    const { hasParent, leavesBlocksAllocated } = this.#metadata;
    return hasParent ? 'differencing' : leavesBlocksAllocated ? 'fixed' : 'dynamic';
  }

  get parent(): NamedParent | undefined {
    const { locator } = this.#metadata;
    if (locator === undefined) return undefined;
    const { first, second } = linkageOf(locator);
    const linkages: [string, ...string[]] = second === undefined ? [first] : [first, second];
    return { paths: parentPaths(this.path, locator), linkages };
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

  identity(): Promise<FileIdentity> {
    return Promise.resolve({ path: this.path, linkage: this.linkage });
  }

  parentIdentity(path = ''): Promise<FileIdentity> {
    return Promise.resolve({ path, linkage: linkageOf(this.#requireLocator()).first });
  }

  nextRun(offset: number, end: number): Promise<Run> {
    return nextRun(this, offset, end);
  }

  allocatedBytes(): Promise<number> {
    return allocatedBytes(this);
  }

  writer(): VhdxWriter {
    return new VhdxWriter(this);
  }

  nameParent(parent: DiskLayer): Promise<void> {
    this.#requireLocator();
    return this.writeLocator(locatorFor(this.path, parent));
  }

  /**
   * Writing to the parent changes its linkage, so the child is told first which one it will have:
   * `parent_linkage2` ([MS-VHDX] 2.6.2.6.3), flushed before the parent is touched. From there to the end
   * the child belongs to its parent under either, so after a kill the chain still reads as before (the
   * child hides what was merged already) and the merge may be run again.
   */
  async beginMerge(parent: DiskLayer): Promise<Merge> {
    const locator = this.#requireLocator();
    if (!(parent instanceof VhdxFile)) throw new Error(`${parent.path} is no VHDX`);
    const { first, second } = linkageOf(locator);
    const isBegun = parent.linkage === second && second !== first;
    const linkage = isBegun ? second : randomUUID();
    if (!isBegun)
      await this.writeLocator(withLinkage(locator, { first: parent.linkage, second: linkage }));
    const writer = new VhdxWriter(parent, linkage);
    await writer.begin();
    return { writer, end: () => this.writeLocator(withLinkage(locator, { first: linkage })) };
  }

  unknownItemsOfDisk(): Promise<NewItem[]> {
    return unknownItemsOfDisk(this.storage, this.#regions.metadata, this.#metadata);
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
    if (item === undefined) throw noParent(this.path);
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

  #requireLocator(): Locator {
    const { locator } = this.#metadata;
    if (locator === undefined) throw noParent(this.path);
    return locator;
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

const noParent = (file: string): Verdict => new Verdict('disk-has-no-parent', { file });
