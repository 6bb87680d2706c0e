/** One open VHD: what holds for the file alone, without its parents. */

import { Verdict } from '../../domain/problem.ts';
import type { FileIdentity } from '../../domain/round.ts';
import type { DiskFile } from '../disk.ts';
import type { DiskLayer, LayerWriter, Merge, NamedParent, Run, Shape } from '../layer.ts';
import { placesOfParent } from '../parent-paths.ts';
import { joinedRun } from '../runs.ts';
import { changedAt, type Storage } from '../storage.ts';
import { sparseAllocatedBytes, sparseRun } from './bat.ts';
import { FixedVhdWriter } from './fixed-writer.ts';
import { type Footer, readFooters, SECTOR_BYTES, vhdSeconds } from './footer.ts';
import { headerNaming, type ParentOfVhd } from './header.ts';
import { newLocators } from './locator.ts';
import { SparseVhd } from './sparse.ts';
import { VhdWriter } from './vhd-writer.ts';

const NS_A_MS = 1_000_000n;

export class VhdFile implements DiskLayer {
  readonly format = 'vhd';
  readonly storage: Storage;
  readonly #footer: Footer;
  /** All but the content of a fixed disk. */
  readonly #sparse: SparseVhd | undefined;

  private constructor(storage: Storage, footer: Footer, sparse: SparseVhd | undefined) {
    this.storage = storage;
    this.#footer = footer;
    this.#sparse = sparse;
  }

  /** Takes the storage over. What is damaged or truncated is a Verdict. */
  static async of(storage: Storage): Promise<VhdFile> {
    const footers = await readFooters(storage);
    const { footer, end } = footers;
    if (footer.type !== 'fixed')
      return new VhdFile(storage, footer, await SparseVhd.of(storage, footers));
    if (footer.virtualBytes > end) throw await storage.truncated('content', 0, footer.virtualBytes);
    return new VhdFile(storage, footer, undefined);
  }

  get path(): string {
    return this.storage.path;
  }

  get type(): DiskFile['type'] {
    return this.#footer.type;
  }

  get shape(): Shape {
    return {
      virtualBytes: this.#footer.virtualBytes,
      blockBytes: this.#sparse?.header.blockBytes ?? 0,
      logicalSectorBytes: SECTOR_BYTES,
      physicalSectorBytes: SECTOR_BYTES,
      diskId: this.#footer.uniqueId,
    };
  }

  /**
   * The unique id, which is all that a child names of its parent's content. It stays when the parent is
   * written to, so a chain that fits proves that it is the right file, not that it is in the right state.
   */
  get linkage(): string {
    return this.#footer.uniqueId;
  }

  get parent(): NamedParent | undefined {
    const parent = this.#sparse?.header.parent;
    if (parent === undefined) return undefined;
    return { paths: placesOfParent(this.path, parent.path), linkages: [parent.uniqueId] };
  }

  /**
   * The unique id, and when the file changed last. Nothing in a VHD changes with its content, as the
   * DataWriteGuid of a VHDX does, so the file system's time stands for that. Proven by another linkage:
   * somebody wrote, or set the time. Not proven by the same one: that nobody did who set the time back.
   */
  async identity(): Promise<FileIdentity> {
    const { path } = this;
    return { path, linkage: stamped(this.#footer.uniqueId, await this.storage.changedAt()) };
  }

  /** With the time of the file that is there; its unique id is the one that the child names. */
  async parentIdentity(path: string | undefined): Promise<FileIdentity> {
    const { uniqueId } = this.#requireParent();
    if (path === undefined) return { path: '', linkage: uniqueId };
    return { path, linkage: stamped(uniqueId, await changedAt(path)) };
  }

  async nextRun(offset: number, end: number): Promise<Run> {
    const { virtualBytes } = this.#footer;
    // A child may be larger than its parent: nothing is there.
    if (offset >= virtualBytes) return { offset, end, kind: 'absent', fileOffset: 0 };
    const endHere = Math.min(end, virtualBytes);
    const disk = this.#sparse;
    if (disk === undefined) return { offset, end: endHere, kind: 'data', fileOffset: offset };
    return await joinedRun((from, endMax) => sparseRun(disk, from, endMax), offset, endHere);
  }

  allocatedBytes(): Promise<number> {
    if (this.#sparse === undefined) return Promise.resolve(this.#footer.virtualBytes);
    return sparseAllocatedBytes(this.#sparse);
  }

  writer(): LayerWriter {
    if (this.#sparse === undefined) return new FixedVhdWriter(this.storage, this.#footer);
    return new VhdWriter(this.#sparse);
  }

  async nameParent(parent: DiskLayer): Promise<void> {
    this.#requireParent();
    const disk = this.#sparse;
    if (disk === undefined) throw new Error('What has a parent is sparse');
    await disk.mendFooters();
    const { data } = newLocators(this.path, parent.path, 0);
    // Beside the old ones, so that a kill leaves the one or the other. A few sectors are lost each time.
    const place = await disk.roomFor(data.length);
    await this.storage.write(place, data);
    const { table: locators } = newLocators(this.path, parent.path, place);
    const changedAtSeconds = vhdSeconds(Number((await parent.storage.changedAt()) / NS_A_MS));
    const { path, linkage: uniqueId } = parent;
    await disk.replaceHeader(
      headerNaming(disk.header.bytes, { uniqueId, path, changedAtSeconds, locators }),
    );
  }

  /** Nothing to prepare: the parent keeps its unique id, so the child belongs to it all the time. */
  beginMerge(parent: DiskLayer): Promise<Merge> {
    this.#requireParent();
    return Promise.resolve({ writer: parent.writer(), end: () => Promise.resolve() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.storage[Symbol.asyncDispose]();
  }

  #requireParent(): ParentOfVhd {
    const parent = this.#sparse?.header.parent;
    if (parent === undefined) throw new Verdict('disk-has-no-parent', { file: this.path });
    return parent;
  }
}

/** Short, because a round names the state of all of a VM's disks. */
const stamped = (uniqueId: string, nanoseconds: bigint): string =>
  `${uniqueId}@${nanoseconds.toString(36)}`;
