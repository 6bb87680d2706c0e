/**
 * What stands in the worker's folder while checkpoints of a VM are taken and merged, so that whoever
 * follows a killed script understands what it finds. Scripts write it, inside the VM's mutex.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../../domain/problem.ts';
import { orAbsent } from '../../files.ts';
import type { HyperVOptions } from '../options.ts';

const noteSchema = z.object({
  /** A checkpoint is being taken: those that were there before, and what it is to be called. */
  creating: z
    .object({ name: z.string(), before: z.array(z.string()), at: z.number() })
    .exactOptional(),
  /** Until all signs of the merge's end were seen. */
  merging: z
    .object({
      /** Milliseconds since 1970 of the host's clock: the log is read from here. */
      at: z.number(),
      checkpoints: z.array(z.string()),
      /** They merge into what is below them. */
      files: z.array(z.string()),
      bytes: z.number(),
    })
    .exactOptional(),
});

export type Note = z.infer<typeof noteSchema>;
export type Merging = NonNullable<Note['merging']>;

export const noteFile = ({ name, stateFolder }: HyperVOptions, vmId: string): string =>
  join(stateFolder, 'rounds', name, `${vmId}.json`);

/** Empty where nothing was noted. @throws Problem `rounds-note-damaged` */
export async function readNote(options: HyperVOptions, vmId: string): Promise<Note> {
  const file = noteFile(options, vmId);
  const text = await readFile(file, 'utf8').catch(orAbsent);
  return noteOf(text ?? null, { host: options.name, vm: vmId, file });
}

/** @throws Problem `rounds-note-damaged` */
export function noteOf(
  text: string | null,
  place: { readonly host: string; readonly vm: string; readonly file: string },
): Note {
  if (text === null) return {};
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Problem('rounds-note-damaged', place, { cause });
  }
}
