/** Files of a chain on top of each other, leaf first: what a guest sees through them. */

import type { Extent } from './disk.ts';
import type { DiskLayer, Run } from './layer.ts';

/** Leaf first. */
export type Layers = readonly DiskLayer[];

/** A run as the topmost layer that says something has it. `absent`: none of the layers does. */
type Piece = Run & { readonly file?: DiskLayer };

/** Where a walk stands in one layer: a run is asked for once, however often it is looked at. */
interface Cursor {
  readonly file: DiskLayer;
  run?: Run;
}

/** All of a range in order, cut where the layer, the kind or the place in the file changes. */
async function* walk(layers: Layers, offset: number, end: number): AsyncGenerator<Piece> {
  const cursors = layers.map((file): Cursor => ({ file }));
  let at = offset;
  while (at < end) {
    const piece = await topPiece(cursors, at, end);
    yield piece;
    at = piece.end;
  }
}

async function topPiece(
  cursors: readonly Cursor[],
  offset: number,
  endMax: number,
): Promise<Piece> {
  let end = endMax;
  for (const cursor of cursors) {
    const run = await runAt(cursor, offset, endMax);
    end = Math.min(end, run.end);
    if (run.kind === 'absent') continue;
    const fileOffset = run.kind === 'data' ? run.fileOffset + offset - run.offset : 0;
    return { offset, end, kind: run.kind, fileOffset, file: cursor.file };
  }
  return { offset, end, kind: 'absent', fileOffset: 0 };
}

async function runAt(cursor: Cursor, offset: number, end: number): Promise<Run> {
  if (cursor.run === undefined || cursor.run.end <= offset) {
    cursor.run = await cursor.file.nextRun(offset, end);
  }
  return cursor.run;
}

/** What the layers hold, as few extents as can be: neighbours of one kind are one. */
export async function* extentsOf(layers: Layers, virtualBytes: number): AsyncGenerator<Extent> {
  let last: Extent | undefined;
  for await (const { offset, end, kind } of walk(layers, 0, virtualBytes)) {
    if (kind === 'absent') continue;
    const length = end - offset;
    if (last?.kind === kind && last.offset + last.length === offset) {
      last = { ...last, length: last.length + length };
    } else {
      if (last !== undefined) yield last;
      last = { offset, length, kind };
    }
  }
  if (last !== undefined) yield last;
}

/** Fills `into` from `offset`, with one read for each piece that lies together in a file. */
export async function readThrough(layers: Layers, offset: number, into: Uint8Array): Promise<void> {
  for await (const piece of walk(layers, offset, offset + into.length)) {
    const part = into.subarray(piece.offset - offset, piece.end - offset);
    if (piece.kind === 'data' && piece.file !== undefined) {
      await piece.file.storage.read(piece.fileOffset, part, 'payload');
    } else {
      part.fill(0);
    }
  }
}
