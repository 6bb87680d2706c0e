/** The footers of a VHD: at its end, and but for fixed disks the copy at its start. */

import type { Storage } from '../storage.ts';
import {
  COOKIE,
  candidates,
  FIELD,
  FOOTER_BYTES,
  type Found,
  OLD_FOOTER_BYTES,
  SECTOR_BYTES,
  TYPES,
  VERSION_MAJOR,
  VIRTUAL_BYTES_MAX,
} from '../vhd/footer.ts';
import { type Geometry, SECTORS_MAX, sectorsOf, shownBytes } from '../vhd/geometry.ts';
import type { Say } from './findings.ts';

export interface CheckedFooter {
  readonly type: 'fixed' | 'dynamic' | 'differencing';
  readonly virtualBytes: number;
  readonly headerOffset: number;
  /** Up to where the payload may reach: the footer at the end, or the end of a file without one. */
  readonly end: number;
}

/** What the footer that counts says; `undefined` when a value that all else depends on is lost. */
export async function checkFooters(storage: Storage, say: Say): Promise<CheckedFooter | undefined> {
  const found = await candidates(storage);
  const whole: Found[] = [];
  for (const one of found) {
    if (one.isRight) whole.push(one);
    else {
      const value = one.bytes.readUInt32BE(FIELD.checksum);
      say('vhd-footer-checksum', { offset: one.offset + FIELD.checksum, value });
    }
  }
  const atEnd = whole.find(({ offset }) => offset > 0);
  const copy = whole.find(({ offset }) => offset === 0);
  const counts = atEnd ?? copy;
  if (counts === undefined) {
    say('vhd-footers-lost', { offset: storage.bytes, value: found.length });
    return undefined;
  }
  const footer = checkFields(say, counts);
  // A fixed disk has no copy: what stands at its start is the guest's.
  const isAlone = footer?.type === 'fixed';
  if (!found.some(({ offset }) => offset > 0))
    say('vhd-footer-missing', { offset: storage.bytes - FOOTER_BYTES, value: 'no cookie' });
  if (!isAlone && !found.some(({ offset }) => offset === 0)) {
    const value = await startOf(storage);
    say('vhd-footer-missing', { offset: 0, value });
  }
  if (!isAlone && atEnd !== undefined && copy !== undefined) compareCopies(say, atEnd, copy);
  return footer && { ...footer, end: atEnd?.offset ?? storage.bytes };
}

async function startOf(storage: Storage): Promise<string> {
  const bytes = Buffer.alloc(Math.min(COOKIE.length, storage.bytes));
  await storage.read(0, bytes, 'footer');
  return JSON.stringify(bytes.toString('latin1'));
}

/** A footer of before 2004 lacks its last byte. */
function compareCopies(say: Say, atEnd: Found, copy: Found): void {
  const at = atEnd.bytes
    .subarray(0, OLD_FOOTER_BYTES)
    .findIndex((byte, index) => byte !== copy.bytes[index]);
  if (at >= 0) say('vhd-footers-differ', { offset: at, value: copy.bytes[at] ?? 0 });
}

function checkFields(say: Say, { offset, bytes }: Found): Omit<CheckedFooter, 'end'> | undefined {
  const version = bytes.readUInt32BE(FIELD.version);
  if (version >>> 16 !== VERSION_MAJOR)
    say('vhd-footer-version', { offset: offset + FIELD.version, value: version });
  const code = bytes.readUInt32BE(FIELD.type);
  const type = Object.entries(TYPES).find(([known]) => Number(known) === code)?.[1];
  if (type === undefined) say('vhd-type', { offset: offset + FIELD.type, value: code });
  const virtualBytes = checkSize(say, { offset, bytes });
  const dataOffset = bytes.readBigUInt64BE(FIELD.dataOffset);
  const isFar = type !== 'fixed' && dataOffset > Number.MAX_SAFE_INTEGER;
  if (isFar) say('vhd-header-place', { offset: offset + FIELD.dataOffset, value: `${dataOffset}` });
  if (type === undefined || virtualBytes === undefined || isFar) return undefined;
  return { type, virtualBytes, headerOffset: Number(dataOffset) };
}

function checkSize(say: Say, { offset, bytes }: Omit<Found, 'isRight'>): number | undefined {
  const size = bytes.readBigUInt64BE(FIELD.currentSize);
  if (size === 0n || size > VIRTUAL_BYTES_MAX || size % BigInt(SECTOR_BYTES) !== 0n) {
    say('vhd-size', { offset: offset + FIELD.currentSize, value: `${size}` });
    return undefined;
  }
  const geometry: Geometry = {
    cylinders: bytes.readUInt16BE(FIELD.cylinders),
    heads: bytes.readUInt8(FIELD.heads),
    sectorsATrack: bytes.readUInt8(FIELD.sectorsATrack),
  };
  const currentBytes = Number(size);
  const creator = bytes.toString('latin1', FIELD.creator, FIELD.creator + 4);
  const virtualBytes = shownBytes({ creator, geometry, currentBytes });
  const sectors = sectorsOf(geometry);
  const at = offset + FIELD.cylinders;
  if (virtualBytes === 0) say('vhd-geometry-none', { offset: at, value: sectors });
  else if (sectors < SECTORS_MAX && sectors * SECTOR_BYTES > currentBytes)
    say('vhd-geometry', { offset: at, value: sectors * SECTOR_BYTES, size: currentBytes });
  return virtualBytes === 0 ? undefined : virtualBytes;
}
