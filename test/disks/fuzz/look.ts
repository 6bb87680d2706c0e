/** What becomes of one case: it is read or refused, and a check agrees. Anything else is a find. */

import { chainFiles, openChain } from '../../../src/disks/chain.ts';
import { checkDisk } from '../../../src/disks/check/check.ts';
import { Problem } from '../../../src/domain/problem.ts';
import type { Case } from './cases.ts';
import { type Disks, harm } from './disks.ts';

/** A disk may be said to have 64 TB of data; a part of it is read. */
const EXTENTS_MAX = 2000;
const READS_MAX = 64;
const READ_BYTES = 64 * 1024;

export interface Outcome {
  /** What the reader refused it with; absent when it was read. */
  readonly refused?: string;
  /** What the check found. */
  readonly found: readonly string[];
  /** What is wrong with the code, not with the disk. */
  readonly find?: string;
}

export type Reader = (path: string) => Promise<void>;

export async function lookAt(disks: Disks, one: Case, read: Reader): Promise<Outcome> {
  const targets = disks.get(one.disk);
  if (targets === undefined) throw new Error(`There is no disk ${one.disk}`);
  try {
    harm(targets, one);
    return await outcomeOf(targets[0].path, read);
  } finally {
    for (const target of targets) target.restore();
  }
}

async function outcomeOf(path: string, read: Reader): Promise<Outcome> {
  let refused: string | undefined;
  try {
    await read(path);
  } catch (error) {
    if (!(error instanceof Problem)) return { found: [], find: `reading: ${inWords(error)}` };
    refused = nameOf(error);
  }
  try {
    const { findings, isSound } = await checkDisk(path);
    const found = [...new Set(findings.map(({ code }) => code))];
    if (refused === undefined) return { found };
    // Whoever asks for a check relies on it before anything is moved.
    return isSound ? { refused, found, find: `sound, but ${refused}` } : { refused, found };
  } catch (error) {
    if (!(error instanceof Problem)) return { found: [], find: `checking: ${inWords(error)}` };
    return refused === undefined
      ? { found: [], find: `read, but no disk: ${nameOf(error)}` }
      : { refused, found: [error.code] };
  }
}

/** The whole chain's maps, and the start of what they say is there. */
export async function readDisk(path: string): Promise<void> {
  await chainFiles(path);
  await using disk = await openChain(path);
  const bytes = Buffer.alloc(READ_BYTES);
  let extents = 0;
  let reads = 0;
  for await (const { offset, length, kind } of disk.extents()) {
    if (++extents > EXTENTS_MAX) break;
    if (kind === 'zero' || ++reads > READS_MAX) continue;
    await disk.read(offset, bytes.subarray(0, Math.min(length, READ_BYTES)));
  }
}

/** Numbers of blocks are left out: they make one refusal many. */
function nameOf({ code, facts }: Problem): string {
  const what =
    code === 'disk-damaged' || code === 'disk-truncated' ? `: ${String(facts.what)}` : '';
  return `${code}${what.replace(/\d+/g, 'N')}`;
}

const inWords = (error: unknown): string =>
  (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2000);
