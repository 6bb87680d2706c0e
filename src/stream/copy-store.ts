/**
 * A VM's copy in a folder of this host: its disks, what was committed of them, and the round that
 * is coming in. One owner at a time.
 */

import { mkdir, rm } from 'node:fs/promises';
import type { Copy } from '../domain/copy.ts';
import { Problem, Verdict } from '../domain/problem.ts';
import { disksBeside, isThere, makeDisk, refuseTaken } from './copy-disks.ts';
import {
  type Committed,
  committedSchema,
  placesIn,
  type Receiving,
  type Session,
  type SessionDisk,
  sessionSchema,
} from './copy-records.ts';
import { DigestFile } from './digest-file.ts';
import { fold } from './fold.ts';
import { readRecord, removeIfEmpty, removeRecord, writeRecord } from './record-file.ts';

export interface NewCopyDisk {
  /** Where it is attached, for example `SCSI 0:0`. */
  readonly disk: string;
  /** Where its file shall be; in the copy's own folder when absent. */
  readonly path?: string;
  readonly virtualBytes: number;
  readonly logicalSectorBytes: number;
  /** SCSI page 83 identifier of the source's disk. */
  readonly diskId: string;
  /** Those of the source's base; a dynamic VHDX with what Hyper-V takes for a new one when absent. */
  readonly format?: 'vhdx' | 'vhd' | undefined;
  readonly type?: 'fixed' | 'dynamic' | undefined;
  readonly blockBytes?: number | undefined;
  readonly physicalSectorBytes?: number | undefined;
}

export interface NewCopy {
  readonly vm: { readonly id: string; readonly name: string };
  readonly host: string;
  readonly operation: string;
  readonly disks: readonly NewCopyDisk[];
}

export class CopyStore {
  readonly directory: string;
  #session: Session;
  #committed: Committed | undefined;
  #fold: Promise<void> | undefined;

  private constructor(directory: string, session: Session, committed: Committed | undefined) {
    this.directory = directory;
    this.#session = session;
    this.#committed = committed;
  }

  /** `undefined` where no copy was ever begun. */
  static async open(directory: string): Promise<CopyStore | undefined> {
    const places = placesIn(directory);
    const session = await readRecord(places.session, sessionSchema);
    if (session === undefined) return undefined;
    return new CopyStore(directory, session, await readRecord(places.committed, committedSchema));
  }

  /** For `createCopy`: a folder in which nothing was begun. */
  static async begin(directory: string, session: Session): Promise<CopyStore> {
    await mkdir(directory, { recursive: true });
    await writeRecord(placesIn(directory).session, session);
    return new CopyStore(directory, session, undefined);
  }

  get session(): Session {
    return this.#session;
  }

  /** What `copy.json` says, also while the next round is being folded in. */
  get committed(): Committed | undefined {
    return this.#committed;
  }

  /** The highest round of the operation that holds the copy; -1 for none. */
  get round(): number {
    return this.#committed?.operation === this.#session.operation ? this.#committed.round : -1;
  }

  /** The committed copy. A round that was being folded in when a process died is folded in first. */
  async read(): Promise<Copy | undefined> {
    await this.finishFold();
    if (this.#committed === undefined) return undefined;
    const { vm, host, operation, round, committedAt, disks } = this.#committed;
    return { vm, host, operation, round, committedAt, disks };
  }

  /** Drops what is uncommitted; a copy of which nothing was ever committed goes altogether. */
  async discardUncommitted(): Promise<void> {
    await this.finishFold();
    const committed = this.#committed;
    if (committed === undefined) return this.remove();
    const { receiving: _, ...session } = this.#session;
    const held = (disk: SessionDisk) => committed.disks.some((one) => one.disk === disk.disk);
    for (const { path } of session.disks.filter((disk) => !held(disk))) {
      await rm(path, { force: true });
    }
    await this.save({ ...session, disks: session.disks.filter(held) });
    await rm(placesIn(this.directory).staging, { force: true });
  }

  /** Removes disks and records. Once it has begun, nothing of it counts as a copy. */
  async remove(): Promise<void> {
    const { disks, staging, digests, definition } = placesIn(this.directory);
    await removeRecord(placesIn(this.directory).committed);
    await rm(definition, { force: true });
    this.#committed = undefined;
    for (const { path } of this.#session.disks) await rm(path, { force: true });
    await rm(staging, { force: true });
    await rm(digests, { recursive: true, force: true });
    await removeRecord(placesIn(this.directory).session);
    for (const folder of [disks, this.directory]) await removeIfEmpty(folder);
  }

  /** The disks are the VM's own from now on: removes everything but them. */
  async release(): Promise<void> {
    const { committed, staging, digests, session, definition } = placesIn(this.directory);
    await this.finishFold();
    await removeRecord(committed);
    await rm(definition, { force: true });
    await rm(staging, { force: true });
    await rm(digests, { recursive: true, force: true });
    await removeRecord(session);
    // Where its disks lie elsewhere, nothing is left in it.
    await removeIfEmpty(this.directory);
  }

  /** Durable when it resolves. */
  async save(session: Session): Promise<void> {
    await writeRecord(placesIn(this.directory).session, session);
    this.#session = session;
  }

  async saveReceiving(receiving: Receiving): Promise<void> {
    await this.save({ ...this.#session, receiving });
  }

  /** The commit record: from here on the copy is at this round. Durable when it resolves. */
  async commit(committed: Committed): Promise<void> {
    await writeRecord(placesIn(this.directory).committed, committed);
    this.#committed = committed;
  }

  /** Makes the disks that are not there yet, and empty those of which nothing may be trusted. */
  async prepare(): Promise<void> {
    const places = placesIn(this.directory);
    await this.save({ ...this.#session, prepared: false });
    await rm(places.staging, { force: true });
    await rm(places.digests, { recursive: true, force: true });
    await mkdir(places.digests, { recursive: true });
    for (const disk of this.#session.disks) {
      await rm(disk.path, { force: true });
      await makeDisk(disk);
    }
    await this.save({ ...this.#session, prepared: true });
  }

  /** Empty disks for those that the VM got after the committed round: the next one fills them. */
  async makeMissing(): Promise<void> {
    for (const disk of this.#session.disks) {
      if (this.#committed?.disks.some((one) => one.disk === disk.disk)) continue;
      if (!(await isThere(disk.path))) await makeDisk(disk);
    }
  }

  disk(id: string): SessionDisk {
    const found = this.#session.disks.find(({ disk }) => disk === id);
    if (found === undefined) throw new Verdict('stream-disk-unknown', { disk: id });
    return found;
  }

  async openDigests({ disk, virtualBytes }: SessionDisk): Promise<DigestFile> {
    const index = this.#session.disks.findIndex((one) => one.disk === disk);
    const places = placesIn(this.directory);
    await mkdir(places.digests, { recursive: true });
    return await DigestFile.open(places.digestsOf(index), virtualBytes);
  }

  /** SHA-256 over each disk's digests as read back, in the order of `disks`. */
  async roots(disks: readonly SessionDisk[]): Promise<string[]> {
    const roots: string[] = [];
    for (const disk of disks) {
      await using digests = await this.openDigests(disk);
      roots.push(await digests.root());
    }
    return roots;
  }

  /** Ends a fold that was begun; nothing to do where none was. */
  async finishFold(onProgress: (bytesFolded: number) => void = () => {}): Promise<void> {
    if (this.#committed?.folding === undefined) return;
    // The receiver folds, and whoever reads the copy meanwhile waits for that.
    this.#fold ??= fold(this, onProgress).finally(() => {
      this.#fold = undefined;
    });
    await this.#fold;
  }
}

/** `undefined` where no copy was ever begun. */
export const openCopy = (directory: string): Promise<CopyStore | undefined> =>
  CopyStore.open(directory);

/**
 * A copy to receive into: a new one, the one that this operation has begun, or a committed copy of
 * the same VM, which is adopted: its rounds are numbered anew, and the first is found by digests.
 * The VM may have got more disks since.
 * @throws {Problem} copy-in-the-way {directory, found} | disk-exists
 */
export async function createCopy(directory: string, wanted: NewCopy): Promise<CopyStore> {
  const places = placesIn(directory);
  const disks = wanted.disks.map((disk, index) => ({
    path: places.disk(index, disk.format),
    ...disk,
  }));
  const { vm, host, operation } = wanted;
  const session: Session = { vm, host, operation, disks, prepared: false, epochSeen: -1 };
  const found = await openCopy(directory);
  if (found === undefined) return await makeCopy(directory, session);
  const isOurs = found.session.operation === operation;
  if (!isOurs) await found.finishFold();
  if (found.committed === undefined && !isOurs) {
    await found.remove();
    return await makeCopy(directory, session);
  }
  const isOfVm = found.session.vm.id === vm.id;
  if (isOfVm && !isOurs) await found.discardUncommitted();
  const more = isOfVm ? disksBeside(found.session.disks, disks) : undefined;
  if (more === undefined || (isOurs && more.length > 0)) {
    const { name } = found.session.vm;
    throw new Problem('copy-in-the-way', { directory, found: name, vm: vm.name });
  }
  if (!isOurs) {
    await refuseTaken(more);
    const held = [...found.session.disks, ...more];
    await found.save({ ...found.session, vm, host, operation, disks: held, epochSeen: -1 });
  }
  if (!found.session.prepared) await found.prepare();
  else if (found.committed) await found.makeMissing();
  return found;
}

async function makeCopy(directory: string, session: Session): Promise<CopyStore> {
  await refuseTaken(session.disks);
  const copy = await CopyStore.begin(directory, session);
  await copy.prepare();
  return copy;
}
