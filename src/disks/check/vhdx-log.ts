/** The log of a VHDX: [MS-VHDX] 2.3. What it holds is looked at as if it were in its place. */

import { Problem } from '../../domain/problem.ts';
import { GUID_ZERO, guidFrom } from '../guid.ts';
import { SECTOR_BYTES } from '../overlay.ts';
import type { Storage } from '../storage.ts';
import type { Header } from '../vhdx/header.ts';
import { activeSequence, readLog } from '../vhdx/log.ts';
import { ENTRY, entryAt, type Log, SIGNATURE } from '../vhdx/log-entry.ts';
import { MIB } from '../vhdx/regions.ts';
import type { Say } from './findings.ts';

/** Lays what the log holds over the storage. A log that is lost is a Verdict. */
export async function checkLog(storage: Storage, say: Say, header: Header): Promise<void> {
  const { logGuid: guid, logOffset: offset, logLength: length } = header;
  if (guid === GUID_ZERO) return;
  say('vhdx-log-full', { offset, value: guid });
  // Then a finding of the header says so.
  if (offset % MIB !== 0 || length % MIB !== 0) return;
  const overlay = await readLog(storage, header).catch(async (error: unknown) => {
    const isLost = error instanceof Problem && error.code === 'disk-damaged';
    if (isLost) await checkLogEntries({ storage, offset, length, guid }, say);
    throw error;
  });
  await checkLogEntries({ storage, offset, length, guid }, say);
  storage.layOver(overlay);
}

/**
 * The entries that are not whole and would count if they were. What is left of older ones, which may be
 * half written over, does not.
 */
async function checkLogEntries(log: Log, say: Say): Promise<void> {
  const { storage, offset, length } = log;
  const head = (await activeSequence(log)).at(-1);
  for (let at = 0; at < length; at += SECTOR_BYTES) {
    const sector = await storage.cached(offset + at, SECTOR_BYTES);
    if (sector.readUInt32LE(ENTRY.signature) !== SIGNATURE.entry) continue;
    const number = sector.readBigUInt64LE(ENTRY.sequenceNumber);
    const isOld = head !== undefined && number <= head.sequenceNumber;
    const guid = guidFrom(sector, ENTRY.logGuid);
    if (isOld || (head !== undefined && guid !== log.guid)) continue;
    const what = faultOf(log, sector);
    const isWhole = what === '' && (await entryAt(log, at)) !== undefined;
    if (isWhole) continue;
    say('vhdx-log-entry', {
      offset: offset + at,
      value: `${number}`,
      what: what || 'content or checksum',
    });
  }
}

/** The field that makes the entry impossible; empty when only its content does. */
function faultOf(log: Log, sector: Buffer): string {
  if (guidFrom(sector, ENTRY.logGuid) !== log.guid) return 'GUID';
  if (sector.readBigUInt64LE(ENTRY.sequenceNumber) === 0n) return 'sequence number';
  const length = sector.readUInt32LE(ENTRY.entryLength);
  if (length === 0 || length % SECTOR_BYTES !== 0 || length > log.length) return 'length';
  const tail = sector.readUInt32LE(ENTRY.tail);
  return tail % SECTOR_BYTES !== 0 || tail >= log.length ? 'tail' : '';
}
