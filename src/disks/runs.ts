/** Runs of a disk that are of one kind and lie together in the file, though its blocks cut them. */

import type { Run } from './layer.ts';

/** The longest run from `offset` on, at most up to `end`; `runAt` finds one within a block. */
export async function joinedRun(
  runAt: (offset: number, end: number) => Promise<Run>,
  offset: number,
  end: number,
): Promise<Run> {
  const first = await runAt(offset, end);
  let runEnd = first.end;
  while (runEnd < end) {
    const next = await runAt(runEnd, end);
    if (next.kind !== first.kind) break;
    if (next.kind === 'data' && next.fileOffset !== first.fileOffset + runEnd - offset) break;
    runEnd = next.end;
  }
  return { ...first, end: runEnd };
}
