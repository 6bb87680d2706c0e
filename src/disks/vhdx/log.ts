/** The log of a VHDX file: [MS-VHDX] 2.3. Changes of its structures that may not be in their places yet. */

import { damaged, unsupported } from '../faults.ts';
import { GUID_ZERO } from '../guid.ts';
import { type Overlay, SECTOR_BYTES } from '../overlay.ts';
import { overlap, type Range } from '../ranges.ts';
import { FILE_BYTES_MAX, type Storage } from '../storage.ts';
import { type Header, renewHeader } from './header.ts';
import { entryAt, type Log, type LogEntry, type Update, updatesOf } from './log-entry.ts';

/** Everyone's logs are 1 MiB; the field holds 4 GiB. */
const LOG_BYTES_MAX = 256 * 1024 * 1024;
/** What is kept in memory until the file is closed: 16 MiB of sectors, and ranges of zeros. */
const SECTORS_MAX = 4096;
const ZEROS_MAX = 32_768;
/** Larger than any structure that is changed by a log. */
const ZERO_BYTES_MAX = 4 * 1024 ** 3;
/** The signature and the headers, which are never changed by a log. */
const HEADERS: Range = { offset: 0, length: 192 * 1024 };

/**
 * Carries out what the log holds: in memory for a file that is read, in the file where it may be
 * written, which may be killed and begun again. The header that holds then is returned. A log without
 * a whole sequence, or one that changes what it must not, is a Verdict.
 */
export async function replayLog(storage: Storage, header: Header): Promise<Header> {
  if (header.logGuid === GUID_ZERO) return header;
  const overlay = await readLog(storage, header);
  if (!storage.isWritable) {
    storage.layOver(overlay);
    return header;
  }
  const fileBytes = storage.bytes;
  if (overlay.bytes > fileBytes) await storage.growTo(overlay.bytes);
  for (const { offset, length } of overlay.zeros) {
    // What was grown reads as zeros already.
    const end = Math.min(offset + length, fileBytes);
    if (end > offset) await storage.clear(offset, end - offset);
  }
  for (const [place, sector] of overlay.sectors) await storage.write(place, sector);
  await storage.flush();
  return await renewHeader(storage, header, { dataWriteGuid: header.dataWriteGuid });
}

/** What the file is to hold by its log, which is not empty. */
export async function readLog(storage: Storage, header: Header): Promise<Overlay> {
  const log: Log = {
    storage,
    offset: header.logOffset,
    length: header.logLength,
    guid: header.logGuid,
  };
  if (header.logVersion !== 0) throw unsupported(storage.path, `log version ${header.logVersion}`);
  if (log.length > LOG_BYTES_MAX) throw unsupported(storage.path, `a log of ${log.length} bytes`);
  if (!(await storage.holds(log.offset, log.length)))
    throw await storage.truncated('log', log.offset, log.length);
  const sequence = await activeSequence(log);
  const head = sequence.at(-1);
  if (head === undefined) {
    const what = 'log that was not replayed';
    throw damaged(storage.path, { what, offset: log.offset, value: 'without a whole sequence' });
  }
  if (!(await storage.holds(0, head.flushedFileOffset)))
    throw await storage.truncated('content as the log knows it', 0, head.flushedFileOffset);
  return await overlayOf(log, sequence, head.lastFileOffset);
}

/**
 * The newest sequence that is whole, from its tail on: [MS-VHDX] 2.3.3. Where entries follow each other
 * and their last one's tail is not among them, it is in no part of them either; so the search goes on
 * behind them.
 */
export async function activeSequence(log: Log): Promise<LogEntry[]> {
  let active: LogEntry[] = [];
  let at = 0;
  while (at < log.length) {
    const entries = await entriesFrom(log, at);
    const head = entries.at(-1);
    if (head === undefined) {
      at += SECTOR_BYTES;
      continue;
    }
    const tail = entries.findIndex((entry) => entry.at === head.tail);
    const newest = active.at(-1)?.sequenceNumber ?? 0n;
    if (tail >= 0 && head.sequenceNumber > newest) active = entries.slice(tail);
    for (const { length } of entries) at += length;
  }
  return active;
}

/** The entries from there on whose numbers follow each other, once round the log at most. */
async function entriesFrom(log: Log, start: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  let length = 0;
  let entry = await entryAt(log, start);
  while (entry !== undefined && length + entry.length <= log.length) {
    entries.push(entry);
    length += entry.length;
    const number: bigint = entry.sequenceNumber + 1n;
    const next = await entryAt(log, (start + length) % log.length);
    entry = next?.sequenceNumber === number ? next : undefined;
  }
  return entries;
}

async function overlayOf(log: Log, sequence: LogEntry[], lastFileOffset: number): Promise<Overlay> {
  const { path } = log.storage;
  const sectors = new Map<number, Buffer>();
  const zeros: Range[] = [];
  let bytes = lastFileOffset;
  let zeroBytes = 0;
  for await (const update of updatesIn(log, sequence)) {
    const { fileOffset, length, sector } = update;
    bytes = Math.max(bytes, fileOffset + length);
    if (sector === undefined) {
      zeros.push({ offset: fileOffset, length });
      zeroBytes += length;
      for (const place of sectors.keys()) {
        if (place >= fileOffset && place < fileOffset + length) sectors.delete(place);
      }
    } else sectors.set(fileOffset, sector);
    if (zeros.length > ZEROS_MAX || zeroBytes > ZERO_BYTES_MAX || sectors.size > SECTORS_MAX)
      throw unsupported(path, `a log of more than ${sectors.size} sectors and ${zeroBytes} zeros`);
  }
  if (bytes > FILE_BYTES_MAX)
    throw damaged(path, { what: 'file size by the log', offset: log.offset, value: bytes });
  return { bytes, zeros, sectors };
}

async function* updatesIn(log: Log, sequence: LogEntry[]): AsyncGenerator<Update> {
  for (const entry of sequence) {
    for await (const update of updatesOf(log, entry)) {
      const { position, fileOffset: value, length } = update;
      const range = { offset: value, length };
      if (overlap(HEADERS, range) || overlap(log, range)) {
        const what = 'place of a change in the log';
        throw damaged(log.storage.path, { what, offset: position, value });
      }
      yield update;
    }
  }
}
