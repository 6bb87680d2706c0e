/** A disk whose failed reads are tried again: a storage's hiccup must not cost hours of copying. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskReader } from '../../disks/disk.ts';
import { Problem, toProblemRecord, Verdict } from '../../domain/problem.ts';

const TRIES_MAX = 3;
const PAUSE_MS = 200;

/** What a stream needs of a disk that it sends. */
export type BlockSource = Pick<DiskReader, 'virtualBytes' | 'extents' | 'read'>;

/** @throws {Problem} stream-read-failed {disk, offset, reason}; a Verdict is passed on at once */
export function retried(disk: string, source: BlockSource): BlockSource {
  return {
    virtualBytes: source.virtualBytes,
    extents: () => source.extents(),
    async read(offset, into) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await source.read(offset, into);
        } catch (cause) {
          if (cause instanceof Verdict) throw cause;
          if (tries < TRIES_MAX) {
            await sleep(PAUSE_MS);
            continue;
          }
          const { code, facts } = toProblemRecord(cause);
          const reason = code === 'bug' ? String(facts.message) : code;
          throw new Problem('stream-read-failed', { disk, offset, reason }, { cause });
        }
      }
    },
  };
}
