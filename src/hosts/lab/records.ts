/** The guest's records: numbered, checksummed, one sector each, in a ring on each of its disks. */

import { crc32 } from 'node:zlib';

export const RECORD_BYTES = 4096;
/** Records that a disk holds before the oldest is written over: 16 MiB. */
export const RING_RECORDS = 4096;
export const RING_BYTES = RING_RECORDS * RECORD_BYTES;

const MIB = 1024 * 1024;
/** Coprime with the ring, so that neighbours in time are no neighbours on disk. */
const STRIDE = 3;
const MAGIC = 'FERRYREC';
/** Where each field starts, in bytes. The checksum covers everything after it. */
const FIELDS = { magic: 0, crc: 8, number: 12, time: 20, vmId: 28, fill: 64 } as const;

/** The ring begins in the middle of the disk, on a whole MiB. */
export const ringOffset = (virtualBytes: number): number =>
  Math.floor(virtualBytes / 2 / MIB) * MIB;

/** Where record `number` (from 1) lies: the disks take turns; `index` counts records in the ring. */
export function slotOf(number: number, disks: number): { disk: number; index: number } {
  const turn = Math.floor((number - 1) / disks) % RING_RECORDS;
  return { disk: (number - 1) % disks, index: (turn * STRIDE) % RING_RECORDS };
}

export function encodeRecord(vmId: string, number: number, at: number): Uint8Array {
  const sector = Buffer.alloc(RECORD_BYTES, (number * 31) & 0xff);
  sector.write(MAGIC, FIELDS.magic, 'latin1');
  sector.writeBigUInt64LE(BigInt(number), FIELDS.number);
  sector.writeBigUInt64LE(BigInt(at), FIELDS.time);
  sector.write(vmId.padEnd(FIELDS.fill - FIELDS.vmId), FIELDS.vmId, 'latin1');
  sector.writeUInt32LE(crc32(sector.subarray(FIELDS.number)), FIELDS.crc);
  return sector;
}

/** The record's number, or `undefined` where no whole record of this VM lies. */
export function decodeRecord(bytes: Uint8Array, vmId: string): number | undefined {
  const sector = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (sector.toString('latin1', FIELDS.magic, FIELDS.crc) !== MAGIC) return undefined;
  if (sector.readUInt32LE(FIELDS.crc) !== crc32(sector.subarray(FIELDS.number))) return undefined;
  if (sector.toString('latin1', FIELDS.vmId, FIELDS.fill).trimEnd() !== vmId) return undefined;
  return Number(sector.readBigUInt64LE(FIELDS.number));
}

/** Reads from a disk; a `DiskReader` is one. */
interface Readable {
  readonly virtualBytes: number;
  read(offset: number, into: Uint8Array): Promise<void>;
}

/** The numbers in a disk's ring, in the ring's order; `undefined` where a slot holds no record. */
export async function readRing(disk: Readable, vmId: string): Promise<(number | undefined)[]> {
  const numbers: (number | undefined)[] = [];
  const window = Buffer.alloc(MIB);
  for (let at = 0; at < RING_BYTES; at += MIB) {
    await disk.read(ringOffset(disk.virtualBytes) + at, window);
    for (let offset = 0; offset < MIB; offset += RECORD_BYTES) {
      numbers.push(decodeRecord(window.subarray(offset, offset + RECORD_BYTES), vmId));
    }
  }
  return numbers;
}
