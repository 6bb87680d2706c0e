/** Runs of a disk that are of one kind and lie together in the file, though its blocks cut them. */

import type { Run } from './layer.ts';

/** The largest block: how far is looked behind data, where a hole without end may begin. */
const AHEAD_BYTES = 256 * 1024 * 1024;

/** The longest run from `offset` on, at most up to `end`; `runAt` finds one within a block. */
export async function joinedRun(
  runAt: (offset: number, end: number) => Promise<Run>,
  offset: number,
  end: number,
): Promise<Run> {
  const first = await runAt(offset, end);
  let runEnd = first.end;
  while (runEnd < end) {
    const endMax = first.kind === 'data' ? Math.min(end, runEnd + AHEAD_BYTES) : end;
    const next = await runAt(runEnd, endMax);
    if (next.kind !== first.kind) break;
    if (next.kind === 'data' && next.fileOffset !== first.fileOffset + runEnd - offset) break;
    runEnd = next.end;
  }
  return { ...first, end: runEnd };
}
