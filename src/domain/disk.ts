/** A virtual disk as a host reports it. Sizes are bytes. */

export type DiskFormat = 'vhdx' | 'vhd' | 'pass-through' | 'unreadable';

export interface DiskFacts {
  /** Where it is attached, for example `SCSI 0:0`. It names the disk within its VM. */
  readonly id: string;
  /** The leaf that the VM opens. For a pass-through disk, the device's name. */
  readonly path: string;
  readonly format: DiskFormat;
  readonly virtualBytes: number;
  /** Bytes of all files of the chain. */
  readonly fileBytes: number;
  /** How many files the chain has; 1 without checkpoints. */
  readonly chainLength: number;
}
