/** One entry of the log, checked: [MS-VHDX] 2.3.1. A header, descriptors, and a sector for each data descriptor. */

import { guidFrom } from '../guid.ts';
import { SECTOR_BYTES } from '../overlay.ts';
import { type Storage, WINDOW_BYTES } from '../storage.ts';
import { crc32c, crc32cWithoutField } from './crc32c.ts';

export const SIGNATURE = {
  entry: 0x65676f6c,
  zero: 0x6f72657a,
  data: 0x63736564,
  sector: 0x61746164,
};
/** Where each field starts, in bytes. */
export const ENTRY = {
  signature: 0,
  checksum: 4,
  entryLength: 8,
  tail: 12,
  sequenceNumber: 16,
  descriptorCount: 24,
  logGuid: 32,
  flushedFileOffset: 48,
  lastFileOffset: 56,
  descriptors: 64,
} as const;
const DESCRIPTOR = {
  signature: 0,
  trailingBytes: 4,
  leadingBytes: 8,
  zeroLength: 8,
  fileOffset: 16,
  sequenceNumber: 24,
  bytes: 32,
} as const;
const DATA = { signature: 0, sequenceHigh: 4, bytes: 8, sequenceLow: 4092 } as const;

/** Where the log is, and what its entries must name. Offsets in it are from its start, and go round. */
export interface Log {
  readonly storage: Storage;
  readonly offset: number;
  readonly length: number;
  readonly guid: string;
}

export interface LogEntry {
  /** Where it begins in the log. */
  readonly at: number;
  readonly length: number;
  /** Where the oldest entry begins that was not carried out yet when this one was written. */
  readonly tail: number;
  readonly sequenceNumber: bigint;
  readonly descriptorCount: number;
  readonly flushedFileOffset: number;
  readonly lastFileOffset: number;
}

/** What one descriptor does to the file. */
export interface Update {
  /** Where the descriptor stands in the file. */
  readonly position: number;
  readonly fileOffset: number;
  readonly length: number;
  /** Absent where zeros are to be written. */
  readonly sector?: Buffer;
}

/**
 * The entry that begins there, or `undefined` when none does that is whole. Its sectors are looked at in
 * their order up to the first wrong one, which the start of another entry is too: so all entries together
 * cost no more than one pass over the log.
 */
export async function entryAt(log: Log, at: number): Promise<LogEntry | undefined> {
  const first = await sectorAt(log, at);
  if (first.readUInt32LE(ENTRY.signature) !== SIGNATURE.entry) return undefined;
  if (guidFrom(first, ENTRY.logGuid) !== log.guid) return undefined;
  const entry: LogEntry = {
    at,
    length: first.readUInt32LE(ENTRY.entryLength),
    tail: first.readUInt32LE(ENTRY.tail),
    sequenceNumber: first.readBigUInt64LE(ENTRY.sequenceNumber),
    descriptorCount: first.readUInt32LE(ENTRY.descriptorCount),
    flushedFileOffset: Number(first.readBigUInt64LE(ENTRY.flushedFileOffset)),
    lastFileOffset: Number(first.readBigUInt64LE(ENTRY.lastFileOffset)),
  };
  const { length, tail, sequenceNumber } = entry;
  const isPossible =
    sequenceNumber > 0n &&
    length % SECTOR_BYTES === 0 &&
    length <= log.length &&
    tail % SECTOR_BYTES === 0 &&
    tail < log.length &&
    descriptorBytes(entry) <= length;
  if (!isPossible) return undefined;
  const checksum = first.readUInt32LE(ENTRY.checksum);
  return (await checksumOf(log, entry)) === checksum ? entry : undefined;
}

/** The checksum of all sectors, each of which is of its kind and bears the entry's number. */
async function checksumOf(log: Log, entry: LogEntry): Promise<number | undefined> {
  let checksum = 0;
  let sectorsOfData = 0;
  for (let within = 0; within < entry.length; within += SECTOR_BYTES) {
    const sector = await sectorAt(log, entry.at + within);
    if (within < descriptorBytes(entry)) {
      const count = dataDescriptors(entry, sector, within);
      if (count === undefined) return undefined;
      sectorsOfData += count;
    } else if (!isData(entry, sector)) return undefined;
    checksum = within === 0 ? crc32cWithoutField(sector, ENTRY.checksum) : crc32c(sector, checksum);
  }
  const dataBytes = entry.length - descriptorBytes(entry);
  return sectorsOfData * SECTOR_BYTES === dataBytes ? checksum : undefined;
}

/** What an entry that was checked does, in its order. */
export async function* updatesOf(log: Log, entry: LogEntry): AsyncGenerator<Update> {
  let data = descriptorBytes(entry);
  for (let index = 0; index < entry.descriptorCount; index++) {
    const within = ENTRY.descriptors + index * DESCRIPTOR.bytes;
    const sectorOf = within - (within % SECTOR_BYTES);
    const at = within - sectorOf;
    const descriptors = await sectorAt(log, entry.at + sectorOf);
    const position = log.offset + ((entry.at + within) % log.length);
    const fileOffset = Number(descriptors.readBigUInt64LE(at + DESCRIPTOR.fileOffset));
    if (descriptors.readUInt32LE(at + DESCRIPTOR.signature) === SIGNATURE.zero) {
      const length = Number(descriptors.readBigUInt64LE(at + DESCRIPTOR.zeroLength));
      yield { position, fileOffset, length };
      continue;
    }
    // Numbers stand where the first eight and the last four bytes were: the descriptor has these.
    const leading = descriptors.subarray(at + DESCRIPTOR.leadingBytes, at + DESCRIPTOR.fileOffset);
    const trailing = descriptors.subarray(
      at + DESCRIPTOR.trailingBytes,
      at + DESCRIPTOR.leadingBytes,
    );
    const middle = (await sectorAt(log, entry.at + data)).subarray(DATA.bytes, DATA.sequenceLow);
    data += SECTOR_BYTES;
    const sector = Buffer.concat([leading, middle, trailing]);
    yield { position, fileOffset, length: SECTOR_BYTES, sector };
  }
}

/** Whole sectors. */
const descriptorBytes = ({ descriptorCount }: LogEntry): number =>
  Math.ceil((ENTRY.descriptors + descriptorCount * DESCRIPTOR.bytes) / SECTOR_BYTES) * SECTOR_BYTES;

/** How many of a sector's descriptors are of data; `undefined` when one of them is wrong. */
function dataDescriptors(entry: LogEntry, sector: Buffer, within: number): number | undefined {
  const end = ENTRY.descriptors + entry.descriptorCount * DESCRIPTOR.bytes - within;
  let count = 0;
  let at = within === 0 ? ENTRY.descriptors : 0;
  for (; at < Math.min(end, SECTOR_BYTES); at += DESCRIPTOR.bytes) {
    const signature = sector.readUInt32LE(at + DESCRIPTOR.signature);
    const isData = signature === SIGNATURE.data;
    if (!isData && signature !== SIGNATURE.zero) return undefined;
    if (sector.readBigUInt64LE(at + DESCRIPTOR.sequenceNumber) !== entry.sequenceNumber)
      return undefined;
    const isAligned =
      sector.readUInt32LE(at + DESCRIPTOR.fileOffset) % SECTOR_BYTES === 0 &&
      (isData || sector.readUInt32LE(at + DESCRIPTOR.zeroLength) % SECTOR_BYTES === 0);
    if (!isAligned) return undefined;
    if (isData) count++;
  }
  return count;
}

function isData({ sequenceNumber }: LogEntry, sector: Buffer): boolean {
  const high = BigInt(sector.readUInt32LE(DATA.sequenceHigh));
  const low = BigInt(sector.readUInt32LE(DATA.sequenceLow));
  return (
    sector.readUInt32LE(DATA.signature) === SIGNATURE.sector &&
    (high << 32n) + low === sequenceNumber
  );
}

/** Not to be changed, nor kept. */
async function sectorAt({ storage, offset, length }: Log, at: number): Promise<Buffer> {
  const position = offset + (at % length);
  const window = await storage.window(position);
  const start = position % WINDOW_BYTES;
  return window.subarray(start, start + SECTOR_BYTES);
}
