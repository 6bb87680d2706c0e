/** A VM's disks on another host at a committed round. */

export interface CopyDisk {
  readonly disk: string;
  readonly path: string;
  readonly virtualBytes: number;
  /** SHA-256 over the sums of pages of per-block digests of the whole disk, as read back from this host's storage. */
  readonly digest: string;
}

/** `copy.json` beside the disks. It exists only once a round has been committed. */
export interface Copy {
  readonly vm: { readonly id: string; readonly name: string };
  readonly host: string;
  /** The operation that holds it. */
  readonly operation: string;
  /** The highest committed round. */
  readonly round: number;
  /** When that round was committed, milliseconds since 1970, this host's clock. */
  readonly committedAt: number;
  readonly disks: readonly CopyDisk[];
}
