/** A range of a disk, cut at the borders of its blocks. */

/** A range within one block: `within` is the offset in the block. */
export interface Part {
  readonly block: number;
  readonly within: number;
  readonly length: number;
  /** Where it begins in what the caller gave. */
  readonly at: number;
}

export function* partsOf(offset: number, length: number, blockBytes: number): Generator<Part> {
  for (let at = 0; at < length; ) {
    const within = (offset + at) % blockBytes;
    const part = {
      block: Math.floor((offset + at) / blockBytes),
      within,
      length: Math.min(length - at, blockBytes - within),
      at,
    };
    yield part;
    at += part.length;
  }
}
