/**
 * Frames on the wire and in the staging file: a header of 16 bytes, then the payload.
 *
 * ```
 *   target                                     source
 *     | -- hello {version, ticket} ------------> |    the first frame of a connection
 *     | <----------- welcome | refused --------- |
 *     | <----------- roundBegin ---------------- |    whenever the source has a round
 *     | -- ready {watermarks} | committed -----> |
 *     | <--- data … checkpoint … packed -------- |    by digests: digestsWanted -> digests
 *     | -- recorded {disk, offset} ------------> |    flushed, read back, noted
 *     | <----------- roundEnd ------------------ |
 *     | -- progress … committed | failed ------> |    folded, read back, digests
 * ```
 * Either side sends `alive` while it has nothing else to say.
 */

import { xxh64 } from '@node-rs/xxhash';
import { z } from 'zod';
import { Problem } from '../domain/problem.ts';
import { DIGEST_BYTES, PIECE_BYTES } from './blocks.ts';

export const PROTOCOL_VERSION = 4;
export const FRAME_HEADER_BYTES = 16;
/** Of one session: data frames go over any, checkpoints over all, all else over the first. */
export const CONNECTIONS_MAX = 8;
/** Tables of a data frame: which blocks and extents its bytes belong to. */
export const TABLE_BYTES_MAX = 262_144;
export const PAYLOAD_BYTES_MAX = PIECE_BYTES + TABLE_BYTES_MAX;
/** From its start, payload begins where unbuffered writing wants memory to begin. */
export const FRAME_SLOT_BYTES = 4096 + PAYLOAD_BYTES_MAX;
/** Where a frame begins in a slot. */
export const FRAME_AT = 4096 - FRAME_HEADER_BYTES;
/** Blocks that one digests frame speaks of: 1 GiB of a disk. */
export const DIGESTS_MAX = 16_384;
const CONTROL_BYTES_MAX = 65_536;
/** A VM has at most 4 x 64 SCSI and 4 IDE disks. */
const DISKS_MAX = 260;
const NAME_MAX = 256;
/** Room for the linkages of all disks. */
const FROZEN_MAX = 16_384;

/** [kind u8, zero x 3, payload length u32, xxh64 of the payload seeded with the kind u64] */
const HEADER = { kind: 0, length: 4, checksum: 8 } as const;
/** `packed`: the payload of a data frame, compressed. */
const KINDS = { control: 1, data: 2, digests: 3, alive: 4, packed: 5 } as const;
export type FrameKind = keyof typeof KINDS;

const PAYLOAD_MAX: Readonly<Record<FrameKind, number>> = {
  control: CONTROL_BYTES_MAX,
  data: PAYLOAD_BYTES_MAX,
  digests: DIGESTS_MAX * DIGEST_BYTES + 16,
  alive: 0,
  packed: PAYLOAD_BYTES_MAX,
};

export interface FrameHeader {
  readonly kind: FrameKind;
  readonly length: number;
  readonly checksum: bigint;
}

/** Writes the header of `payload` to the front of `into`. */
export function writeHeader(into: Buffer, kind: FrameKind, payload: Buffer): void {
  into.writeUInt32LE(KINDS[kind], HEADER.kind);
  into.writeUInt32LE(payload.length, HEADER.length);
  into.writeBigUInt64LE(xxh64(payload, BigInt(KINDS[kind])), HEADER.checksum);
}

/** @throws {Problem} stream-frame-refused for an unknown kind or a length beyond its limit. */
export function readHeader(bytes: Buffer): FrameHeader {
  const number = bytes.readUInt32LE(HEADER.kind);
  const length = bytes.readUInt32LE(HEADER.length);
  const kind = kindOf(number);
  if (kind === undefined) throw frameRefused(`kind ${number}`);
  if (length > PAYLOAD_MAX[kind]) throw frameRefused(`a ${kind} frame of ${length} bytes`);
  return { kind, length, checksum: bytes.readBigUInt64LE(HEADER.checksum) };
}

/** @throws {Problem} stream-checksum when the payload is not what was sent. */
export function checkPayload({ kind, checksum }: FrameHeader, payload: Buffer): void {
  if (xxh64(payload, BigInt(KINDS[kind])) !== checksum) {
    throw new Problem('stream-checksum', { frame: kind, bytes: payload.length });
  }
}

export const frameRefused = (found: string): Problem =>
  new Problem('stream-frame-refused', { found });

function kindOf(number: number): FrameKind | undefined {
  if (number === KINDS.control) return 'control';
  if (number === KINDS.data) return 'data';
  if (number === KINDS.digests) return 'digests';
  if (number === KINDS.packed) return 'packed';
  return number === KINDS.alive ? 'alive' : undefined;
}

const name = z.string().min(1).max(NAME_MAX);
const natural = z.int().min(0);
/** Index into the disks of `roundBegin`. */
const disk = z
  .int()
  .min(0)
  .max(DISKS_MAX - 1);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const fact = z.union([
  z.string().max(4096),
  z.number(),
  z.boolean(),
  z.array(z.string().max(4096)).max(64).readonly(),
]);
const problem = z.object({ code: name, facts: z.record(name, fact) });
export const roundMode = z.enum(['whole', 'changes', 'by digests']);

/** Which of the session's connections this is; the first one when absent. */
const lane = z
  .int()
  .min(1)
  .max(CONNECTIONS_MAX - 1)
  .optional();
const control = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), version: natural, operation: name, ticket: name, lane }),
  z.object({ kind: z.literal('welcome') }),
  /** `again`: it may be let in later. */
  z.object({ kind: z.literal('refused'), problem, again: z.boolean() }),
  z.object({
    kind: z.literal('roundBegin'),
    epoch: natural,
    round: natural,
    mode: roundMode,
    /** Names the frozen state: what was received of another state is dropped. */
    frozen: z.string().min(1).max(FROZEN_MAX),
    /** The source still has its own digests of this round, so a round committed before counts. */
    digestsKept: z.boolean(),
    disks: z
      .array(z.object({ disk: name, virtualBytes: natural }))
      .min(1)
      .max(DISKS_MAX),
  }),
  z.object({
    kind: z.literal('ready'),
    /** What the target needs: it may ask for `by digests` where the source offered `whole`. */
    mode: roundMode,
    /** The highest round of this operation committed there; -1 for none. */
    committed: z.int().min(-1),
    /** Names the state that this round is of. */
    frozen: z.string().max(FROZEN_MAX),
    /** For each disk, up to where the round is already recorded. */
    watermarks: z.array(natural).max(DISKS_MAX),
  }),
  z.object({
    kind: z.literal('digestsWanted'),
    disk,
    block: natural,
    count: natural.max(DIGESTS_MAX),
  }),
  z.object({
    kind: z.literal('checkpoint'),
    disk,
    offset: natural,
    /** Within the round, over this connection of the session: so many bring the same one. */
    number: natural,
    lanes: z.int().min(1).max(CONNECTIONS_MAX),
  }),
  z.object({ kind: z.literal('recorded'), disk, offset: natural }),
  /** With how many checkpoints it had; all data is before the last one. */
  z.object({ kind: z.literal('roundEnd'), round: natural, checkpoints: natural }),
  z.object({ kind: z.literal('progress'), bytesFolded: natural }),
  z.object({
    kind: z.literal('committed'),
    round: natural,
    digests: z.array(digest).max(DISKS_MAX),
  }),
  /** `again`: dropping the connection and sending again may mend it. */
  z.object({ kind: z.literal('failed'), problem, again: z.boolean(), verdict: z.boolean() }),
]);

export type Control = z.infer<typeof control>;
export type ControlKind = Control['kind'];
export type ControlOf<Kind extends ControlKind> = Extract<Control, { kind: Kind }>;
export type RoundMode = z.infer<typeof roundMode>;

export function encodeControl(message: Control): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  return encodeFrame('control', payload);
}

/** Header and payload in one buffer; for small frames. */
export function encodeFrame(kind: FrameKind, payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  payload.copy(frame, FRAME_HEADER_BYTES);
  writeHeader(frame, kind, payload);
  return frame;
}

/** @throws {Problem} stream-frame-refused when it is not one of our messages. */
export function decodeControl(payload: Buffer): Control {
  try {
    return control.parse(JSON.parse(payload.toString('utf8')));
  } catch (cause) {
    throw new Problem('stream-frame-refused', { found: 'an unknown message' }, { cause });
  }
}
