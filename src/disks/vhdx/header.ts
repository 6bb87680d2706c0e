/** The two headers of a VHDX file: [MS-VHDX] 2.2.2. The one with the higher number holds. */

import { randomUUID } from 'node:crypto';
import { damaged } from '../faults.ts';
import { GUID_ZERO, guidFrom, guidInto } from '../guid.ts';
import type { Storage } from '../storage.ts';
import { crc32cWithoutField } from './crc32c.ts';
import { MIB } from './regions.ts';

export const HEADER_BYTES = 4096;
export const HEADER_OFFSETS = [64 * 1024, 128 * 1024] as const;
export const SIGNATURE = 0x64616568; // 'head'
export const VERSION = 1;
/** Two more are taken each time; there are 64 bits. */
const SEQUENCE_NUMBER_MAX = 2n ** 64n - 3n;
/** Where each field starts, in bytes. */
export const FIELD = {
  signature: 0,
  checksum: 4,
  sequenceNumber: 8,
  fileWriteGuid: 16,
  dataWriteGuid: 32,
  logGuid: 48,
  logVersion: 64,
  version: 66,
  logLength: 68,
  logOffset: 72,
} as const;

export interface Header {
  /** Which of the two it is. */
  readonly slot: 0 | 1;
  readonly sequenceNumber: bigint;
  /** Changes with the first change of the file after it was opened. */
  readonly fileWriteGuid: string;
  /** Changes with the first change of the disk's content after it was opened. */
  readonly dataWriteGuid: string;
  /** Zero when the log is empty. */
  readonly logGuid: string;
  readonly logVersion: number;
  readonly logOffset: number;
  readonly logLength: number;
}

/** Reads the header that holds. Its log may have to be replayed before anything else is read. */
export async function readHeader(storage: Storage): Promise<Header> {
  const first = await readSlot(storage, 0);
  const second = await readSlot(storage, 1);
  const header = newer(storage, first, second);
  const { slot, logOffset: value, logLength } = header;
  const isPlace = value >= MIB && value % MIB === 0 && logLength % MIB === 0;
  // An empty log may have no place.
  if (isPlace || (logLength === 0 && header.logGuid === GUID_ZERO)) return header;
  const offset = HEADER_OFFSETS[slot] + FIELD.logLength;
  throw damaged(storage.path, { what: 'place of the log', offset, value });
}

/** The slot's bytes that count as a header are returned with it, to tell two of one number apart. */
type Slot = { readonly header: Header; readonly bytes: Buffer } | undefined;

async function readSlot(storage: Storage, slot: 0 | 1): Promise<Slot> {
  const bytes = Buffer.alloc(HEADER_BYTES);
  await storage.read(HEADER_OFFSETS[slot], bytes, 'header');
  if (bytes.readUInt32LE(FIELD.signature) !== SIGNATURE) return undefined;
  if (bytes.readUInt32LE(FIELD.checksum) !== crc32cWithoutField(bytes, FIELD.checksum))
    return undefined;
  const version = bytes.readUInt16LE(FIELD.version);
  if (version !== VERSION) {
    const offset = HEADER_OFFSETS[slot] + FIELD.version;
    throw damaged(storage.path, { what: 'version of the header', offset, value: version });
  }
  return { bytes, header: decode(bytes, slot) };
}

function newer(storage: Storage, first: Slot, second: Slot): Header {
  const offset = HEADER_OFFSETS[0];
  if (first === undefined && second === undefined)
    throw damaged(storage.path, { what: 'checksum of both headers', offset, value: 'wrong' });
  if (first === undefined || second === undefined) {
    const only = first ?? second;
    if (only === undefined) throw new Error('One of the two headers is there');
    return only.header;
  }
  const number = first.header.sequenceNumber;
  if (number === second.header.sequenceNumber && !first.bytes.equals(second.bytes)) {
    const what = 'two different headers with one sequence number';
    throw damaged(storage.path, {
      what,
      offset: offset + FIELD.sequenceNumber,
      value: `${number}`,
    });
  }
  return number >= second.header.sequenceNumber ? first.header : second.header;
}

/**
 * Says in the file that it changes: a new FileWriteGuid, and where the disk's content changes also a
 * new DataWriteGuid. Flushed before it resolves. Both headers are written, the one that does not
 * hold first ([MS-VHDX] 2.2.2.1): with one header lost, the other must not name an older content.
 * The log was replayed before, so it is empty from here on.
 */
export async function renewHeader(
  storage: Storage,
  current: Header,
  { dataWriteGuid }: { readonly dataWriteGuid: string },
): Promise<Header> {
  const { sequenceNumber: number } = current;
  if (number > SEQUENCE_NUMBER_MAX) {
    const offset = HEADER_OFFSETS[current.slot] + FIELD.sequenceNumber;
    throw damaged(storage.path, { what: 'last number of the header', offset, value: `${number}` });
  }
  const fileWriteGuid = randomUUID();
  let header: Header = { ...current, fileWriteGuid, dataWriteGuid, logGuid: GUID_ZERO };
  for (let round = 0; round < HEADER_OFFSETS.length; round++) {
    const slot = header.slot === 0 ? 1 : 0;
    header = { ...header, slot, sequenceNumber: header.sequenceNumber + 1n };
    await storage.write(HEADER_OFFSETS[slot], encode(header));
    await storage.flush();
  }
  return header;
}

/** Both headers of a new file, as positions and bytes. */
export function newHeaders(log: { offset: number; length: number }): [number, Buffer][] {
  const fields = {
    fileWriteGuid: randomUUID(),
    dataWriteGuid: randomUUID(),
    logGuid: GUID_ZERO,
    logVersion: 0,
    logOffset: log.offset,
    logLength: log.length,
  };
  return [
    [HEADER_OFFSETS[0], encode({ slot: 0, sequenceNumber: 1n, ...fields })],
    [HEADER_OFFSETS[1], encode({ slot: 1, sequenceNumber: 2n, ...fields })],
  ];
}

export function decode(bytes: Buffer, slot: 0 | 1): Header {
  return {
    slot,
    sequenceNumber: bytes.readBigUInt64LE(FIELD.sequenceNumber),
    fileWriteGuid: guidFrom(bytes, FIELD.fileWriteGuid),
    dataWriteGuid: guidFrom(bytes, FIELD.dataWriteGuid),
    logGuid: guidFrom(bytes, FIELD.logGuid),
    logVersion: bytes.readUInt16LE(FIELD.logVersion),
    logLength: bytes.readUInt32LE(FIELD.logLength),
    logOffset: Number(bytes.readBigUInt64LE(FIELD.logOffset)),
  };
}

function encode(header: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(SIGNATURE, FIELD.signature);
  bytes.writeBigUInt64LE(header.sequenceNumber, FIELD.sequenceNumber);
  guidInto(bytes, FIELD.fileWriteGuid, header.fileWriteGuid);
  guidInto(bytes, FIELD.dataWriteGuid, header.dataWriteGuid);
  guidInto(bytes, FIELD.logGuid, header.logGuid);
  bytes.writeUInt16LE(VERSION, FIELD.version);
  bytes.writeUInt32LE(header.logLength, FIELD.logLength);
  bytes.writeBigUInt64LE(BigInt(header.logOffset), FIELD.logOffset);
  bytes.writeUInt32LE(crc32cWithoutField(bytes, FIELD.checksum), FIELD.checksum);
  return bytes;
}
