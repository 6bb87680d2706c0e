/** What every disk format offers of one open file, so that chains know no format. */

import type { FileIdentity } from '../domain/round.ts';
import type { DiskFile } from './disk.ts';
import type { Storage } from './storage.ts';

/** A range of the disk that is all of one kind; `data` is also in one piece in the file. */
export interface Run {
  readonly offset: number;
  readonly end: number;
  readonly kind: 'data' | 'zero' | 'absent';
  /** Where `offset` is in the file; 0 unless `data`. */
  readonly fileOffset: number;
}

/** What the disk is like. */
export interface Shape {
  readonly virtualBytes: number;
  /** 0 where the format has no blocks: a fixed VHD. */
  readonly blockBytes: number;
  readonly logicalSectorBytes: number;
  readonly physicalSectorBytes: number;
  readonly diskId: string;
}

/** What a file says its parent is. */
export interface NamedParent {
  /** Where the parent may be, in the order to look: relative to the child first. */
  readonly paths: readonly string[];
  /** The parent has one of these; the second is there while a merge takes it from the one to the other. */
  readonly linkages: readonly [string, ...string[]];
}

/** One open file of a chain. What holds for the file alone, without its parents. */
export interface DiskLayer extends AsyncDisposable {
  readonly storage: Storage;
  readonly path: string;
  readonly format: DiskFile['format'];
  readonly type: DiskFile['type'];
  readonly shape: Shape;
  /** What a child must name to belong to this file. */
  readonly linkage: string;
  /** Absent for a base. */
  readonly parent: NamedParent | undefined;
  /** Who the file is, and in what state: the best that the format has for "nobody wrote to it since". */
  identity(): Promise<FileIdentity>;
  /** The parent's identity by the child's own word; `path` is where it was found, if it was. */
  parentIdentity(path: string | undefined): Promise<FileIdentity>;
  /** The longest run from `offset` on, at most up to `end`. Offsets are bytes of the disk. */
  nextRun(offset: number, end: number): Promise<Run>;
  /** Bytes of payload that this file alone holds; its whole map is checked on the way. */
  allocatedBytes(): Promise<number>;
  /** For a file that was opened with `r+`. */
  writer(): LayerWriter;
  /** Names the parent anew, by path and by the linkage that it has now. Flushed when it resolves. */
  nameParent(parent: DiskLayer): Promise<void>;
  /** Prepares the merge of this file into its parent, so that it may be killed and run again. */
  beginMerge(parent: DiskLayer): Promise<Merge>;
}

export interface LayerWriter {
  /** Offset and length are whole logical sectors of the disk. */
  write(offset: number, data: Uint8Array): Promise<void>;
  zero(offset: number, length: number): Promise<void>;
  flush(): Promise<void>;
}

export interface Merge {
  /** Writes to the parent. */
  readonly writer: LayerWriter;
  /** The content is flushed in the parent: the child belongs to the parent as it is now. */
  end(): Promise<void>;
}

export interface NewDisk {
  readonly virtualBytes: number;
  /** VHDX when absent. */
  readonly format?: DiskFile['format'] | undefined;
  /** Dynamic when absent. A fixed disk has its whole size from the start. */
  readonly type?: 'fixed' | 'dynamic' | undefined;
  readonly blockBytes?: number | undefined;
  readonly logicalSectorBytes?: number | undefined;
  readonly physicalSectorBytes?: number | undefined;
  /** SCSI page 83 identifier, of a VHD its unique id; a new one when absent. */
  readonly diskId?: string;
}

/** One way to keep a disk in a file. */
export interface DiskFormat {
  /** Whether the file says that it is of this format; not that it is whole. */
  recognises(storage: Storage): Promise<boolean>;
  /** Takes the storage over. What is damaged, truncated or of no known kind is a Verdict. */
  open(storage: Storage): Promise<DiskLayer>;
  create(path: string, disk: NewDisk): Promise<void>;
  createChild(path: string, parent: DiskLayer, blockBytes: number | undefined): Promise<void>;
}
