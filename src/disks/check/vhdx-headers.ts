/** Both headers of a VHDX, and the fields of the one that holds: [MS-VHDX] 2.2.2. */

import { GUID_ZERO } from '../guid.ts';
import type { Storage } from '../storage.ts';
import { crc32cWithoutField } from '../vhdx/crc32c.ts';
import {
  decode,
  FIELD,
  HEADER_BYTES,
  HEADER_OFFSETS,
  type Header,
  SIGNATURE,
  VERSION,
} from '../vhdx/header.ts';
import { MIB } from '../vhdx/regions.ts';
import type { Say } from './findings.ts';

/** The header that holds; `undefined` when both are lost. */
export async function checkHeaders(storage: Storage, say: Say): Promise<Header | undefined> {
  const first = await checkSlot(storage, say, 0);
  const second = await checkSlot(storage, say, 1);
  if (first === undefined && second === undefined) {
    say('vhdx-headers-lost', { offset: HEADER_OFFSETS[0], value: 2 });
    return undefined;
  }
  const [one, two] = [first && decode(first, 0), second && decode(second, 1)];
  const isTie = one !== undefined && one.sequenceNumber === two?.sequenceNumber;
  if (isTie && first !== undefined && second !== undefined && !first.equals(second))
    say('vhdx-headers-differ', {
      offset: HEADER_OFFSETS[1] + FIELD.sequenceNumber,
      value: `${one.sequenceNumber}`,
    });
  const header = (one?.sequenceNumber ?? -1n) >= (two?.sequenceNumber ?? -1n) ? one : two;
  if (header !== undefined) checkLogPlace(storage, say, header);
  return header;
}

async function checkSlot(storage: Storage, say: Say, slot: 0 | 1): Promise<Buffer | undefined> {
  const start = HEADER_OFFSETS[slot];
  const bytes = Buffer.alloc(HEADER_BYTES);
  await storage.read(start, bytes, 'header');
  const signature = bytes.readUInt32LE(FIELD.signature);
  const checksum = bytes.readUInt32LE(FIELD.checksum);
  const number = slot + 1;
  if (signature !== SIGNATURE) {
    say('vhdx-header-signature', { offset: start, value: signature, number });
    return undefined;
  }
  if (checksum !== crc32cWithoutField(bytes, FIELD.checksum)) {
    say('vhdx-header-checksum', { offset: start + FIELD.checksum, value: checksum, number });
    return undefined;
  }
  const version = bytes.readUInt16LE(FIELD.version);
  if (version !== VERSION)
    say('vhdx-header-version', { offset: start + FIELD.version, value: version, number });
  const logVersion = bytes.readUInt16LE(FIELD.logVersion);
  if (logVersion !== 0)
    say('vhdx-log-version', { offset: start + FIELD.logVersion, value: logVersion });
  return bytes;
}

/** A file whose log is empty may do without one. */
function checkLogPlace(storage: Storage, say: Say, header: Header): void {
  const { logOffset, logLength, logGuid } = header;
  const start = HEADER_OFFSETS[header.slot];
  if (logLength === 0 && logGuid === GUID_ZERO) return;
  if (logLength % MIB !== 0 || logLength === 0)
    say('vhdx-log-length', { offset: start + FIELD.logLength, value: logLength });
  const isPlace = logOffset >= MIB && logOffset % MIB === 0;
  if (!isPlace || logOffset + logLength > storage.bytes)
    say('vhdx-log-place', { offset: start + FIELD.logOffset, value: logOffset });
}
