/** What everyone outside this folder knows about virtual disks. Offsets and lengths are bytes. */

import type { FileIdentity } from '../domain/round.ts';

/** A run of a disk. What is neither `data` nor `zero` is absent: the layers above hold nothing there. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
  readonly kind: 'data' | 'zero';
}

/** One disk as a guest sees it, or the layers of it above an ancestor. Reading never changes a file. */
export interface DiskReader extends AsyncDisposable {
  readonly virtualBytes: number;
  readonly logicalSectorBytes: number;
  readonly blockBytes: number;
  /** SCSI page 83 identifier: stays with the disk's copies. */
  readonly diskId: string;
  /** The file that the chain stands on: what a copy of the disk is made like. */
  readonly base: BaseFile;
  /** In order, not overlapping, never reaching past `virtualBytes`. The map is read in windows. */
  extents(): AsyncGenerator<Extent>;
  /** Fills `into` from `offset`; absent ranges read as zeros. */
  read(offset: number, into: Uint8Array): Promise<void>;
}

export interface BaseFile {
  readonly format: DiskFile['format'];
  readonly type: 'fixed' | 'dynamic';
  readonly blockBytes: number;
  readonly physicalSectorBytes: number;
}

export interface DiskWriter extends DiskReader {
  /** Offset and length are multiples of the logical sector. */
  write(offset: number, data: Uint8Array): Promise<void>;
  /** Makes the range read as zeros, in a child also where its parent holds data. */
  zero(offset: number, length: number): Promise<void>;
  /**
   * All writes before this are on storage when it resolves, and seen by whoever else opens the file;
   * what is not flushed may be lost. Closing flushes, unless something failed.
   */
  flush(): Promise<void>;
}

/** One file of a chain. */
export interface DiskFile {
  readonly identity: FileIdentity;
  readonly format: 'vhdx' | 'vhd';
  readonly type: 'fixed' | 'dynamic' | 'differencing';
  readonly virtualBytes: number;
  readonly blockBytes: number;
  readonly logicalSectorBytes: number;
  readonly physicalSectorBytes: number;
  readonly diskId: string;
  /** Bytes of payload that this file alone holds. */
  readonly allocatedBytes: number;
  readonly fileBytes: number;
  /** What this file says its parent is. */
  readonly parent?: FileIdentity;
}
