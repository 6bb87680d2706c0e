/** One round over one connection, at the source. Its mirror is `receive-round.ts`. */

import type { Extent } from '../disks/disk.ts';
import { Problem } from '../domain/problem.ts';
import {
  addExtent,
  Batch,
  digestsOfPiece,
  type ReadPiece,
  type Selected,
  selectBlocks,
} from './batch.ts';
import { BLOCK_BYTES, blockCount, DIGEST_BYTES, ZERO_DIGEST } from './blocks.ts';
import type { Compression, CompressMode } from './compression.ts';
import type { Connection } from './connection.ts';
import type { SourceDigests } from './digests.ts';
import { FrameBuffers } from './frame-buffers.ts';
import type { ControlOf, RoundMode } from './frames.ts';
import { inOrder } from './in-order.ts';
import { type Piece, piecesOf, withoutGaps } from './pieces.ts';
import { problemFrom, Traffic } from './traffic.ts';
import type { BlockSource } from './wrappers/retried.ts';
import type { RateLimit } from './wrappers/throttled.ts';

const READS_IN_FLIGHT = 4;
/** Read ahead, selected, filling, and, beyond the minimum, on their way through the socket. */
const BUFFERS = { min: READS_IN_FLIGHT + 2, max: 12 };
/** Nothing may have to travel for long; then this much of a disk is not read twice. */
const CHECKPOINT_SPAN_BYTES = 4_294_967_296;

export interface OutgoingRound {
  readonly operation: string;
  /** The journal's epoch under which this is done: the target refuses lower ones than it has seen. */
  readonly epoch: number;
  readonly number: number;
  /** `changes`: the readers were opened with `above`; else they read the whole disk. */
  readonly mode: RoundMode;
  /** Names the frozen state, the same as long as the disks' content is: their linkages do. */
  readonly frozen: string;
  readonly disks: readonly { readonly disk: string; readonly reader: BlockSource }[];
  readonly digests: SourceDigests;
}

export interface SendProgress {
  readonly round: number;
  readonly bytesRead: number;
  /** Of the disks' own bytes, those that travelled. */
  readonly bytesCarried: number;
  /** With everything around them, as it went over the wire. */
  readonly bytesSent: number;
  readonly phase: 'sending' | 'committing';
}

/**
 * Bytes that may have to be sent again after a break, and how much is sent between checkpoints; as
 * they are before they are compressed.
 */
export interface Window {
  readonly windowBytes: number;
  readonly checkpointBytes: number;
}

export const WINDOW: Window = { windowBytes: 67_108_864, checkpointBytes: 16_777_216 };

export interface RoundOut {
  readonly connection: Connection;
  readonly round: OutgoingRound;
  /** Counts what goes over the wire. */
  readonly limit: RateLimit;
  readonly compress: CompressMode;
  /** What was learned of this connection. */
  readonly compression: Compression;
  readonly window: Window;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: SendProgress) => void;
  /** Something moved forward: the patience for a break begins anew. */
  readonly onAdvance: () => void;
}

/**
 * Resolves with the target's digests when it has committed the round.
 * @throws {ConnectionBroken} another connection may go on with it
 * @throws {Problem} what the target says, or a disk that cannot be read
 */
export async function sendRoundOver(out: RoundOut): Promise<readonly string[]> {
  const { connection, round } = out;
  const { epoch, number, mode, frozen, digests } = round;
  const disks = round.disks.map(({ disk, reader }) => {
    return { disk, virtualBytes: reader.virtualBytes };
  });
  const digestsKept = digests.keeps({ round: number, frozen });
  const begin = { epoch, round: number, mode, frozen, digestsKept, disks };
  await connection.send({ kind: 'roundBegin', ...begin });
  const answer = await firstAnswer(out);
  if (answer.kind === 'committed') return answer.digests;
  expectDigests(round, answer);
  const whole = answer.mode !== 'changes';
  const staged = { round: number, frozen, whole };
  const from = await digests.stage(staged, answer.watermarks);
  const traffic = new Traffic(out);
  const answers = traffic.listen();
  const buffers = new FrameBuffers(BUFFERS);
  answers.catch(() => buffers.abandon());
  try {
    for (const [index, { reader }] of round.disks.entries()) {
      const disk = { index, reader, mode: answer.mode, from: from[index] ?? 0, buffers };
      await sendDisk(out, traffic, disk);
    }
    await digests.seal();
    out.onProgress({ round: number, ...traffic.counts, phase: 'committing' });
    await traffic.end();
    return await answers;
  } catch (error) {
    buffers.abandon();
    // What the target said explains more than that its connection broke.
    throw traffic.failure ?? error;
  }
}

/** A round that stands on one whose digests we do not have cannot be told apart from a wrong one. */
function expectDigests({ operation, number, digests }: OutgoingRound, ready: ControlOf<'ready'>) {
  if (ready.mode !== 'changes' || digests.round === number - 1) return;
  const facts = { operation, round: number, committed: ready.committed };
  throw new Problem('stream-resync-needed', facts);
}

async function firstAnswer(out: RoundOut): Promise<ControlOf<'ready' | 'committed'>> {
  for (;;) {
    const answer = await out.connection.expect('ready', 'committed', 'failed', 'progress');
    out.onAdvance();
    if (answer.kind === 'failed') throw problemFrom(answer);
    if (answer.kind === 'progress') continue;
    // Only now is it known whether the digests that wait here are those of a committed round.
    const { digests, number, frozen } = out.round;
    if (answer.kind === 'committed') await digests.fold({ round: number, frozen });
    else await digests.fold({ round: answer.committed, frozen: answer.frozen });
    return answer;
  }
}

interface SendingDisk {
  readonly index: number;
  readonly reader: BlockSource;
  readonly mode: RoundMode;
  readonly from: number;
  readonly buffers: FrameBuffers;
}

async function sendDisk(out: RoundOut, traffic: Traffic, disk: SendingDisk): Promise<void> {
  const { index, reader, mode, from, buffers } = disk;
  const { virtualBytes } = reader;
  if (from >= virtualBytes) return;
  const known = reader.extents();
  const extents = mode === 'by digests' ? withoutGaps(known, virtualBytes) : known;
  const pieces = piecesOf(extents, { virtualBytes, from });
  const batch = new Batch(index, virtualBytes);
  let checkpointAt = from;
  for await (const read of inOrder(pieces, READS_IN_FLIGHT, (piece) =>
    readPiece(reader, buffers, piece),
  )) {
    out.signal.throwIfAborted();
    traffic.bytesRead += read.piece.kind === 'blocks' ? read.piece.length : 0;
    for (const selected of await select(out, traffic, { read, disk })) {
      if (!batch.hasRoomFor(selected)) await traffic.sendBatch(batch);
      batch.add(selected);
    }
    batch.reach(read.piece.offset + read.piece.length);
    const isLong = batch.end - checkpointAt >= CHECKPOINT_SPAN_BYTES;
    if (isLong || traffic.isCheckpointDue) {
      await traffic.sendBatch(batch);
      await traffic.checkpoint(index, batch.end);
      checkpointAt = batch.end;
    }
  }
  await traffic.sendBatch(batch);
  await traffic.checkpoint(index, virtualBytes);
}

async function readPiece(
  reader: BlockSource,
  buffers: FrameBuffers,
  piece: Piece,
): Promise<ReadPiece> {
  const buffer = await buffers.take();
  if (piece.kind === 'blocks') {
    await reader.read(piece.offset, buffer.payload.subarray(0, piece.length));
  }
  return { piece, buffer };
}

/** Notes the digests of a piece, and leaves of it what has to travel: nothing, or one selection. */
async function select(
  { round }: RoundOut,
  traffic: Traffic,
  { read, disk }: { read: ReadPiece; disk: SendingDisk },
): Promise<Selected[]> {
  const { piece, buffer } = read;
  const { index, mode } = disk;
  const block = piece.offset / BLOCK_BYTES;
  const count = blockCount(piece.length);
  const theirs = mode === 'by digests' ? await traffic.theirs(index, block, count) : undefined;
  let selected: Selected;
  if (piece.kind === 'zero') {
    if (mode === 'changes') await round.digests.add(index, { block, count, digest: ZERO_DIGEST });
    selected = { buffer, dataBytes: 0, blocks: [], extents: zeroExtents(piece, { mode, theirs }) };
  } else {
    const digests = digestsOfPiece(read);
    for (const [at, digest] of digests.entries()) {
      // A round of the whole disk begins with zeros everywhere.
      if (mode !== 'changes' && digest === ZERO_DIGEST) continue;
      await round.digests.add(index, { block: block + at, count: 1, digest });
    }
    selected = selectBlocks(read, digests, theirs === undefined ? { mode } : { mode, theirs });
  }
  if (selected.extents.length > 0) return [selected];
  buffer.release();
  return [];
}

/** What of a zero run has to travel: by digests, the blocks that are not zero at the target. */
function zeroExtents(
  piece: Piece,
  { mode, theirs }: { mode: RoundMode; theirs: Buffer | undefined },
): Extent[] {
  if (mode === 'whole') return [];
  if (theirs === undefined) return [...piece.extents];
  const extents: Extent[] = [];
  for (let at = 0; at < theirs.length; at += DIGEST_BYTES) {
    if (theirs.compare(ZERO_DIGEST, 0, DIGEST_BYTES, at, at + DIGEST_BYTES) === 0) continue;
    const offset = piece.offset + (at / DIGEST_BYTES) * BLOCK_BYTES;
    const length = Math.min(BLOCK_BYTES, piece.offset + piece.length - offset);
    addExtent(extents, { kind: 'zero', offset, length });
  }
  return extents;
}
