/** What the source keeps on its own disk about an operation: one small JSON file each. */

import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { orAbsent } from '../hosts/files.ts';
import type { Notebook, Notes } from '../migration/ports.ts';
import { syncDirectory } from '../trust/files.ts';

const identitySchema = z.object({ path: z.string(), linkage: z.string() });
const notesSchema = z.object({
  round: z.int().min(-1),
  ended: z.record(z.string(), identitySchema),
  frozenAt: z.number().exactOptional(),
  stoppedByUs: z.boolean(),
  stopAsked: z.boolean().exactOptional(),
});

const EMPTY: Notes = { round: -1, ended: {}, stoppedByUs: false };

/** A note is on the disk when `write` resolves; a torn write leaves the note before. */
export async function openNotebook(directory: string): Promise<Notebook> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const fileOf = (operation: string) => join(directory, `${operation}.json`);
  return {
    async read(operation) {
      const text = await readFile(fileOf(operation), 'utf8').catch(orAbsent);
      if (text === undefined) return EMPTY;
      return notesSchema.parse(JSON.parse(text));
    },
    async write(operation, notes) {
      await writeDurably(fileOf(operation), JSON.stringify(notes));
    },
  };
}

/** Replaces a small file so that a reader sees the old text or the new one, never a part. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}
