/** Ways to change a VHD that `createDisk` made: where its parts are, with checksums made right again. */

import { open, stat } from 'node:fs/promises';
import { checksumOf, FOOTER_BYTES } from '../../src/disks/vhd/footer.ts';
import { put } from './harm.ts';

/** Of a base; a child has its locators in between. */
export const HEADER = 512;
export const TABLE = 1536;
export const HEADER_FIELD = { tableOffset: 16, entries: 28, blockBytes: 32, locators: 576 };
const CHECKSUM = { footer: 64, header: 36 };
const HEADER_BYTES = 1024;

type Change = (bytes: Buffer) => void;

async function patch(
  path: string,
  { offset, length, checksumAt }: { offset: number; length: number; checksumAt: number },
  change: Change,
): Promise<void> {
  await using file = await open(path, 'r+');
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, offset);
  change(bytes);
  bytes.writeUInt32BE(checksumOf(bytes, checksumAt), checksumAt);
  await file.write(bytes, 0, length, offset);
}

export const endFooter = (change: Change) => async (path: string) => {
  const offset = (await stat(path)).size - FOOTER_BYTES;
  await patch(path, { offset, length: FOOTER_BYTES, checksumAt: CHECKSUM.footer }, change);
};

/** Also the copy at the start, so that neither mends the other. */
export const bothFooters = (change: Change) => async (path: string) => {
  await endFooter(change)(path);
  await patch(path, { offset: 0, length: FOOTER_BYTES, checksumAt: CHECKSUM.footer }, change);
};

export const header = (change: Change) => (path: string) =>
  patch(path, { offset: HEADER, length: HEADER_BYTES, checksumAt: CHECKSUM.header }, change);

/** A BAT entry: the block's place in sectors. */
export function vhdEntry(sector: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sector);
  return bytes;
}

/** Bytes of the footer at the end, without a right checksum. */
export const spoilEnd = async (path: string): Promise<void> =>
  put((await stat(path)).size - FOOTER_BYTES + 100, [1])(path);

export const spoilStart = put(100, [1]);
