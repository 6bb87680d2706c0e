/** The part of the damage matrix that is about the log of a VHDX that was not closed. */

import { MIB } from './folder.ts';
import { all, BAT, bothHeaders, type Damage, HEADERS, METADATA, PAYLOAD } from './harm.ts';
import {
  type Entry,
  encodeEntry,
  LOG,
  type LogUpdate,
  nameLog,
  putIntoLog,
  SECTOR,
  summed,
} from './log-writer.ts';

const FILE_BYTES = PAYLOAD + 2 * MIB;
const BAT_SECTOR: LogUpdate = { at: BAT, bytes: Buffer.alloc(SECTOR) };

/** A file with one entry in its log, which would be whole but for what is done to it. */
const withEntry =
  (change: Partial<Entry>, harm: (bytes: Buffer) => void = () => undefined) =>
  async (path: string): Promise<void> => {
    const sizes = { flushedFileOffset: FILE_BYTES, lastFileOffset: FILE_BYTES };
    const bytes = encodeEntry({ number: 3n, tail: 0, updates: [BAT_SECTOR], ...sizes, ...change });
    harm(bytes);
    await putIntoLog(path, 0, bytes);
    await nameLog(path);
  };

const NO_SEQUENCE = { what: 'log that was not replayed', offset: LOG };

const BROKEN: Record<string, (bytes: Buffer) => void> = {
  'another signature': (bytes) => summed(fill(bytes, 0)),
  'a wrong checksum': (bytes) => void fill(bytes, SECTOR + 100),
  'a length that is no multiple of a sector': (bytes) => summed(fill(bytes, 8)),
  'a length beyond the log': (bytes) => {
    bytes.writeUInt32LE(2 * MIB, 8);
    summed(bytes);
  },
  'no length at all': (bytes) => {
    bytes.writeUInt32LE(0, 8);
    summed(bytes);
  },
  'more sectors than descriptors of data': (bytes) => {
    bytes.writeUInt32LE(0, 24);
    summed(bytes);
  },
  'more descriptors than there are': (bytes) => {
    bytes.writeUInt32LE(2, 24);
    summed(bytes);
  },
  'billions of descriptors': (bytes) => {
    bytes.writeUInt32LE(0xffff_ffff, 24);
    summed(bytes);
  },
  'a tail beside the sectors': (bytes) => summed(fill(bytes, 12)),
  'a tail beyond the log': (bytes) => {
    bytes.writeUInt32LE(MIB, 12);
    summed(bytes);
  },
  'a tail where no entry is': (bytes) => {
    bytes.writeUInt32LE(8 * SECTOR, 12);
    summed(bytes);
  },
  'a GUID that the header does not name': (bytes) => summed(fill(bytes, 40)),
  'a descriptor of no kind': (bytes) => summed(fill(bytes, 64)),
  'a descriptor of another number': (bytes) => summed(fill(bytes, 64 + 24)),
  'a descriptor beside the sectors': (bytes) => summed(fill(bytes, 64 + 16)),
  'a sector of no kind': (bytes) => summed(fill(bytes, SECTOR)),
  'a sector whose first half is of another number': (bytes) => summed(fill(bytes, SECTOR + 4)),
  'a sector whose last half is of another number': (bytes) => summed(fill(bytes, 2 * SECTOR - 4)),
};

function fill(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

const outside = (name: string, at: number): Damage => ({
  name: `a log that changes ${name}`,
  code: 'disk-damaged',
  facts: { what: 'place of a change in the log', offset: LOG + 64, value: at },
  harm: withEntry({ updates: [{ at, bytes: Buffer.alloc(SECTOR) }] }),
});

export const LOG_DAMAGES: Damage[] = [
  {
    name: 'a log that has nothing of what its header says',
    code: 'disk-damaged',
    facts: NO_SEQUENCE,
    harm: nameLog,
  },
  ...Object.entries(BROKEN).map(
    ([name, harm]): Damage => ({
      name: `a log whose one entry has ${name}`,
      code: 'disk-damaged',
      facts: NO_SEQUENCE,
      harm: withEntry({}, harm),
    }),
  ),
  {
    name: 'a log whose one entry has no number',
    code: 'disk-damaged',
    facts: NO_SEQUENCE,
    harm: withEntry({ number: 0n }),
  },
  outside('the signature', 0),
  outside('a header', HEADERS[1] as number),
  outside('itself', LOG + 20 * SECTOR),
  {
    name: 'a log that makes zeros of itself',
    code: 'disk-damaged',
    facts: { what: 'place of a change in the log', value: 512 * 1024 },
    harm: withEntry({ updates: [{ at: 512 * 1024, zeros: MIB }] }),
  },
  ...[2 ** 47, Number(2n ** 63n - 4096n)].map(
    (at): Damage => ({
      name: `a log that changes the file at ${at}`,
      code: 'disk-damaged',
      facts: { what: 'file size by the log', offset: LOG },
      harm: withEntry({ updates: [{ at, bytes: Buffer.alloc(SECTOR) }] }),
    }),
  ),
  {
    name: 'a log that wants the file larger than files are',
    code: 'disk-damaged',
    facts: { what: 'file size by the log' },
    harm: withEntry({ lastFileOffset: 2 ** 62 }),
  },
  {
    name: 'a log that makes zeros of more than any structure has',
    code: 'disk-unsupported',
    harm: withEntry({ updates: [{ at: PAYLOAD, zeros: 2 ** 40 }] }),
  },
  {
    name: 'a file that lost its end, by its log',
    code: 'disk-truncated',
    facts: { length: FILE_BYTES + MIB, fileBytes: FILE_BYTES },
    harm: withEntry({ flushedFileOffset: FILE_BYTES + MIB }),
  },
  {
    name: 'a log of another version',
    code: 'disk-unsupported',
    facts: { what: 'log version 1' },
    harm: all(
      withEntry({}),
      bothHeaders((bytes) => bytes.writeUInt16LE(1, 64)),
    ),
  },
  {
    name: 'a log of 4 GiB',
    code: 'disk-unsupported',
    harm: all(
      nameLog,
      bothHeaders((bytes) => bytes.writeUInt32LE(0xfff0_0000, 68)),
    ),
  },
  {
    name: 'a log past the end of the file',
    code: 'disk-truncated',
    facts: { what: 'log', offset: 2 ** 40 },
    harm: all(
      nameLog,
      bothHeaders((bytes) => bytes.writeBigUInt64LE(BigInt(2 ** 40), 72)),
    ),
  },
  {
    name: 'a log beside the MiB',
    code: 'disk-damaged',
    facts: { what: 'place of the log', value: LOG + 512 },
    harm: bothHeaders((bytes) => bytes.writeBigUInt64LE(BigInt(LOG + 512), 72)),
  },
  {
    name: 'a log over the metadata',
    code: 'disk-damaged',
    facts: { what: 'log in the place of the BAT or the metadata', offset: METADATA },
    harm: bothHeaders((bytes) => bytes.writeBigUInt64LE(BigInt(METADATA), 72)),
  },
];
