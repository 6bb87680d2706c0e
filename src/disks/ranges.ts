/** Parts of a file, in bytes. */

export interface Range {
  readonly offset: number;
  readonly length: number;
}

export const overlap = (a: Range, b: Range): boolean =>
  a.offset < b.offset + b.length && b.offset < a.offset + a.length;
