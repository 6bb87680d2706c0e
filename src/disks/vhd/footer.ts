/**
 * The footer of a VHD ("Virtual Hard Disk Image Format Specification" 1.0, "Hard Disk Footer Format"):
 * the last sector of the file, and in all but fixed disks a copy of it in the first. Big-endian.
 */

import { damaged, unsupported } from '../faults.ts';
import { GUID_BYTES } from '../guid.ts';
import type { Storage } from '../storage.ts';
import { type Geometry, geometryOf, sectorsOf, shownBytes } from './geometry.ts';

export const FOOTER_BYTES = 512;
/** Virtual PC before 2004 wrote one byte less. */
export const OLD_FOOTER_BYTES = 511;
export const COOKIE = 'conectix';
export const SECTOR_BYTES = 512;
/** 2040 GiB: what dynamic disks can address, and Hyper-V's limit for fixed ones too. */
export const VIRTUAL_BYTES_MAX = 0xff00_0000 * SECTOR_BYTES;

/** Where each field starts, in bytes. */
export const FIELD = {
  cookie: 0,
  features: 8,
  version: 12,
  dataOffset: 16,
  timestamp: 24,
  creator: 28,
  creatorVersion: 32,
  creatorHost: 36,
  originalSize: 40,
  currentSize: 48,
  cylinders: 56,
  heads: 58,
  sectorsATrack: 59,
  type: 60,
  checksum: 64,
  uniqueId: 68,
} as const;

export const VERSION_MAJOR = 1;
/** A bit that is always set. */
const FEATURE_RESERVED = 2;
export const TYPES = { 2: 'fixed', 3: 'dynamic', 4: 'differencing' } as const;
const TYPE_CODE = { fixed: 2, dynamic: 3, differencing: 4 } as const;
/** In a fixed disk, which has no other structure. */
export const NO_OFFSET = 0xffff_ffff_ffff_ffffn;
const SECONDS_TO_2000 = 946_684_800;
/** Hyper-V's own mark, and Windows 10's version: other readers go by the current size then. */
const CREATOR = { application: 'win ', version: 0x000a_0000, host: 'Wi2k' } as const;

export type VhdType = keyof typeof TYPE_CODE;

export interface Footer {
  readonly type: VhdType;
  /** The size that a guest sees. */
  readonly virtualBytes: number;
  /** Of the dynamic header; absent in a fixed disk. */
  readonly headerOffset: number | undefined;
  /** Lower-case, without braces. */
  readonly uniqueId: string;
  /** As it stands in the file, and as it is written again where the file grows. */
  readonly bytes: Buffer;
}

export interface Footers {
  readonly footer: Footer;
  /** Where the payload may reach to: the footer at the end, or the end of a file without one. */
  readonly end: number;
  /** Bytes of the footer at the end that counts; 0 where that is lost. */
  readonly endBytes: number;
  /** Both are there as they should be; else the first change mends them. */
  readonly areWhole: boolean;
}

export type Found = { readonly offset: number; readonly bytes: Buffer; readonly isRight: boolean };

/** Whether the file says at its start or at its end that it is a VHD. */
export async function saysVhd(storage: Storage): Promise<boolean> {
  return (await candidates(storage)).length > 0;
}

/** The footer at the end counts; its copy at the start mends a damaged or missing end. */
export async function readFooters(storage: Storage): Promise<Footers> {
  const found = await candidates(storage);
  const valid = found.filter(({ isRight }) => isRight);
  const counts = valid.find(({ offset }) => offset > 0) ?? valid[0];
  if (counts === undefined) {
    const offset = found[0]?.offset ?? 0;
    throw damaged(storage.path, { what: 'checksum of the footer', offset, value: 'wrong' });
  }
  const footer = parse(storage.path, counts);
  const isAtEnd = counts.offset > 0;
  // A fixed disk has no copy: what stands at its start is the guest's.
  if (footer.type === 'fixed' && !isAtEnd)
    throw damaged(storage.path, { what: 'footer', offset: storage.bytes, value: 'missing' });
  const isOld = counts.offset + OLD_FOOTER_BYTES === storage.bytes;
  const copy = valid.find(({ offset }) => offset === 0);
  const hasCopy = footer.type === 'fixed' || copy?.bytes.equals(counts.bytes) === true;
  return {
    footer,
    end: isAtEnd ? counts.offset : storage.bytes,
    endBytes: isAtEnd ? storage.bytes - counts.offset : 0,
    areWhole: isAtEnd && !isOld && hasCopy,
  };
}

/** What begins with the cookie: the last sector, the last 511 bytes, the first sector. */
export async function candidates(storage: Storage): Promise<Found[]> {
  const found: Found[] = [];
  const places = [
    { offset: storage.bytes - FOOTER_BYTES, length: FOOTER_BYTES },
    { offset: storage.bytes - OLD_FOOTER_BYTES, length: OLD_FOOTER_BYTES },
    { offset: 0, length: FOOTER_BYTES },
  ];
  for (const { offset, length } of places) {
    if (offset < 0 || offset + length > storage.bytes) continue;
    if (found.some((one) => one.offset === offset)) continue;
    const bytes = Buffer.alloc(FOOTER_BYTES);
    await storage.read(offset, bytes.subarray(0, length), 'footer');
    if (bytes.toString('latin1', 0, COOKIE.length) !== COOKIE) continue;
    const isRight = bytes.readUInt32BE(FIELD.checksum) === checksumOf(bytes, FIELD.checksum);
    found.push({ offset, bytes, isRight });
  }
  return found;
}

function parse(path: string, { offset, bytes }: Found): Footer {
  const fault = (what: string, field: number, value: string | number) =>
    damaged(path, { what, offset: offset + field, value });
  const version = bytes.readUInt32BE(FIELD.version);
  if (version >>> 16 !== VERSION_MAJOR)
    throw fault('version of the footer', FIELD.version, version);
  const code = bytes.readUInt32BE(FIELD.type);
  const type = Object.entries(TYPES).find(([known]) => Number(known) === code)?.[1];
  if (type === undefined) throw unsupported(path, `a VHD of type ${code}`);
  const geometry: Geometry = {
    cylinders: bytes.readUInt16BE(FIELD.cylinders),
    heads: bytes.readUInt8(FIELD.heads),
    sectorsATrack: bytes.readUInt8(FIELD.sectorsATrack),
  };
  const creator = bytes.toString('latin1', FIELD.creator, FIELD.creator + 4);
  const currentBytes = bytes.readBigUInt64BE(FIELD.currentSize);
  const isSize = currentBytes > 0n && currentBytes <= VIRTUAL_BYTES_MAX;
  if (!isSize || currentBytes % BigInt(SECTOR_BYTES) !== 0n)
    throw fault('virtual size', FIELD.currentSize, `${currentBytes}`);
  const virtualBytes = shownBytes({ creator, geometry, currentBytes: Number(currentBytes) });
  if (virtualBytes === 0) throw fault('disk geometry', FIELD.cylinders, sectorsOf(geometry));
  const dataOffset = bytes.readBigUInt64BE(FIELD.dataOffset);
  if (type !== 'fixed' && dataOffset > Number.MAX_SAFE_INTEGER)
    throw fault('place of the dynamic header', FIELD.dataOffset, `${dataOffset}`);
  return {
    type,
    virtualBytes,
    headerOffset: type === 'fixed' ? undefined : Number(dataOffset),
    uniqueId: uniqueIdFrom(bytes, FIELD.uniqueId),
    bytes,
  };
}

export interface NewFooter {
  readonly type: VhdType;
  readonly virtualBytes: number;
  readonly uniqueId: string;
  readonly headerOffset?: number;
}

export function newFooter({ type, virtualBytes, uniqueId, headerOffset }: NewFooter): Buffer {
  const bytes = Buffer.alloc(FOOTER_BYTES);
  const { cylinders, heads, sectorsATrack } = geometryOf(virtualBytes / SECTOR_BYTES);
  bytes.write(COOKIE, FIELD.cookie, 'latin1');
  bytes.writeUInt32BE(FEATURE_RESERVED, FIELD.features);
  bytes.writeUInt32BE(VERSION_MAJOR << 16, FIELD.version);
  bytes.writeBigUInt64BE(
    headerOffset === undefined ? NO_OFFSET : BigInt(headerOffset),
    FIELD.dataOffset,
  );
  bytes.writeUInt32BE(vhdSeconds(Date.now()), FIELD.timestamp);
  bytes.write(CREATOR.application, FIELD.creator, 'latin1');
  bytes.writeUInt32BE(CREATOR.version, FIELD.creatorVersion);
  bytes.write(CREATOR.host, FIELD.creatorHost, 'latin1');
  bytes.writeBigUInt64BE(BigInt(virtualBytes), FIELD.originalSize);
  bytes.writeBigUInt64BE(BigInt(virtualBytes), FIELD.currentSize);
  bytes.writeUInt16BE(cylinders, FIELD.cylinders);
  bytes.writeUInt8(heads, FIELD.heads);
  bytes.writeUInt8(sectorsATrack, FIELD.sectorsATrack);
  bytes.writeUInt32BE(TYPE_CODE[type], FIELD.type);
  uniqueIdInto(bytes, FIELD.uniqueId, uniqueId);
  bytes.writeUInt32BE(checksumOf(bytes, FIELD.checksum), FIELD.checksum);
  return bytes;
}

/** The same footer, with the dynamic header there. */
export function footerNaming(footer: Buffer, headerOffset: number): Buffer {
  const bytes = Buffer.from(footer);
  bytes.writeBigUInt64BE(BigInt(headerOffset), FIELD.dataOffset);
  bytes.writeUInt32BE(checksumOf(bytes, FIELD.checksum), FIELD.checksum);
  return bytes;
}

/** The ones' complement of the sum of all bytes but those of the field itself. */
export function checksumOf(bytes: Uint8Array, fieldAt: number): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  for (const byte of bytes.subarray(fieldAt, fieldAt + 4)) sum -= byte;
  return ~sum >>> 0;
}

/** Seconds since 2000, as VHD counts time. */
export const vhdSeconds = (milliseconds: number): number =>
  Math.min(Math.max(Math.floor(milliseconds / 1000) - SECONDS_TO_2000, 0), 0xffff_ffff);

/** As it stands there: no field of it is turned round. */
export function uniqueIdFrom(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + GUID_BYTES);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function uniqueIdInto(bytes: Buffer, at: number, id: string): void {
  bytes.write(id.replaceAll('-', ''), at, 'hex');
}
