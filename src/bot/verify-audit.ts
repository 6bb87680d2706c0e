/** Reads the audit line by line: to verify its chain, and to hand its lines on. */

import { createReadStream } from 'node:fs';
import { Problem, Verdict } from '../domain/problem.ts';
import { auditFiles } from './audit.ts';
import { type AuditLine, BEGINNING, bytesHash, type Head, readLine } from './audit-chain.ts';

/** What is longer without a line's end was written by nobody here. */
const LINE_BYTES_MAX = 2 ** 20;
const NEWLINE = 0x0a;

export interface Verified {
  readonly files: number;
  /** Older lines were dropped when there were too many files. */
  readonly first: number;
  readonly head: Head;
  /** Places where a crash cut the end, each marked by the line after it. */
  readonly mended: number;
  /** The end is cut and not marked yet: the bot does it with its next line. */
  readonly isEndTorn: boolean;
}

/**
 * @param kept the newest head that was kept elsewhere, if any
 * @throws {Problem} audit-empty {path}
 * @throws {Verdict} audit-tampered {path, line, reason} | audit-cut {path, found, wanted}
 */
export async function verifyAudit(directory: string, kept?: Head): Promise<Verified> {
  const files = await auditFiles(directory);
  let chain: Chain = { head: BEGINNING, first: 0, torn: [], mended: 0 };
  for (const path of files) {
    for await (const piece of piecesOf(path)) {
      chain = follow(chain, piece, kept);
      // The mark follows at once, after at most what one crash leaves.
      const bytes = chain.torn.reduce((sum, one) => sum + one.bytes.length, 0);
      if (bytes > LINE_BYTES_MAX) throw tampered(chain.torn[0] ?? piece, 'changed');
    }
  }
  const { head, first, torn, mended } = chain;
  const [unmarked] = torn;
  const isEndTorn = unmarked !== undefined && torn.every(({ path }) => path === files.at(-1));
  if (unmarked && !isEndTorn) throw tampered(unmarked, 'changed');
  const newest = files.at(-1);
  if (newest === undefined) throw new Problem('audit-empty', { path: directory });
  if (kept && head.number < kept.number) {
    throw new Verdict('audit-cut', { path: newest, found: head.number, wanted: kept.number });
  }
  return { files: files.length, first, head, mended, isEndTorn };
}

/** All whole lines, oldest first; verified or not. */
export async function* auditLines(directory: string): AsyncIterable<AuditLine> {
  for (const path of await auditFiles(directory)) {
    for await (const { bytes } of piecesOf(path)) {
      const line = readLine(textIn(bytes));
      if (line) yield line;
    }
  }
}

interface Chain {
  readonly head: Head;
  readonly first: number;
  /** Pieces since the last line that are none; the next line has to account for them. */
  readonly torn: readonly Piece[];
  readonly mended: number;
}

interface Piece {
  readonly path: string;
  /** Counted from 1 in its file. */
  readonly number: number;
  /** With its line's end, if it has one. */
  readonly bytes: Buffer;
}

function follow(chain: Chain, piece: Piece, kept: Head | undefined): Chain {
  const line = readLine(textIn(piece.bytes));
  if (!line) return { ...chain, torn: [...chain.torn, piece] };
  const { head, torn } = chain;
  const [cut] = torn;
  if (cut) {
    const hash = bytesHash(Buffer.concat(torn.map(({ bytes }) => bytes)));
    const isMarked = line.kind === 'mended' && line.tornHash === hash;
    if (!isMarked) throw tampered(cut, 'changed');
  } else if (line.kind === 'mended') {
    throw tampered(piece, 'torn-missing');
  }
  // The oldest file that is left begins somewhere.
  const isFirst = head.number === 0 && chain.first === 0;
  const isNext = isFirst || (line.number === head.number + 1 && line.previous === head.hash);
  if (!isNext) throw tampered(piece, 'gap');
  if (line.number === 1 && line.previous !== '') throw tampered(piece, 'gap');
  if (line.kind === 'cut') throw tampered(piece, 'cut');
  if (kept?.number === line.number && kept.hash !== line.hash) {
    throw tampered(piece, 'other');
  }
  return {
    head: { number: line.number, hash: line.hash },
    first: isFirst ? line.number : chain.first,
    torn: [],
    mended: chain.mended + (cut ? 1 : 0),
  };
}

/** What stands between the ends of lines; a piece that is too long comes in parts. */
async function* piecesOf(path: string): AsyncIterable<Piece> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const chunk of createReadStream(path)) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    let from = 0;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, from)) {
      number += 1;
      yield { path, number, bytes: rest.subarray(from, end + 1) };
      from = end + 1;
    }
    rest = rest.subarray(from);
    if (rest.length <= LINE_BYTES_MAX) continue;
    yield { path, number: number + 1, bytes: rest };
    rest = Buffer.alloc(0);
  }
  if (rest.length > 0) yield { path, number: number + 1, bytes: rest };
}

const textIn = (bytes: Buffer): string => bytes.toString('utf8').replace(/\n$/, '');

type Reason = 'changed' | 'torn-missing' | 'gap' | 'other' | 'cut';

const tampered = ({ path, number }: Piece, reason: Reason): Verdict =>
  new Verdict('audit-tampered', { path, line: number, reason });
