/** What Hyper-V says of a VM's checkpoints, chains and merges, as one look. */

import { z } from 'zod';
import type { Token } from '../../../domain/journal.ts';
import { amount, readOf } from '../facts/read.ts';
import { act, type HyperVOptions } from '../options.ts';
import { scriptFile } from '../script-file.ts';
import { type Note, noteFile, noteOf } from './note.ts';

const LOOK_SECONDS_MAX = 120;

const checkpointSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  createdAt: z.iso.datetime().transform((text) => Date.parse(text)),
  /** The files that it froze. */
  disks: z.array(z.object({ id: z.string(), path: z.string() })),
});

const diskSchema = z.object({
  id: z.string(),
  path: z.string(),
  passThrough: z.boolean(),
  /** From the leaf to the base; null while Windows works on them. */
  files: readOf(z.array(z.object({ path: z.string(), fileBytes: amount }))).nullable(),
});

export const lookSchema = z.object({
  name: z.string(),
  state: z.string(),
  primaryStatus: z.string(),
  secondaryStatus: z.string(),
  checkpoints: z.array(checkpointSchema),
  disks: z.array(diskSchema),
  /** The newest since the merge that the note tells of was asked for. */
  event: readOf(
    z.object({ id: z.number(), message: z.string(), values: z.array(z.string()) }).nullable(),
  ),
  note: z.string().nullable(),
  /** Milliseconds since 1970 of the host's clock. */
  now: z.number(),
});

export type CheckpointLook = z.infer<typeof checkpointSchema>;
export type DiskLook = z.infer<typeof diskSchema>;
export type Look = Omit<z.infer<typeof lookSchema>, 'note'> & { readonly note: Note };

/** Whose rounds. */
export interface Tracked {
  readonly options: HyperVOptions;
  readonly vmId: string;
}

export interface Tracker extends Tracked {
  readonly token: Token;
}

/** Inside the VM's mutex: refuses who comes late. Writes the note first, if there is one. */
export async function lookInside(tracker: Tracker, note?: Note): Promise<Look> {
  const { options, vmId, token } = tracker;
  const given = { ...wanted(tracker), note: note ?? null };
  const effect = { schema: lookSchema, timeoutSeconds: LOOK_SECONDS_MAX, vmId, token, given };
  return noted(tracker, await act(options, 'look-rounds', effect));
}

/** From outside, as often as one likes. A process of its own: it never waits behind an inventory. */
export async function lookFrom(tracked: Tracked): Promise<Look> {
  const { options, vmId } = tracked;
  const { powershell, computerName } = options;
  const given = { computerName, vmId, ...wanted(tracked) };
  const call = { schema: lookSchema, timeoutSeconds: LOOK_SECONDS_MAX };
  return noted(tracked, await powershell.act(scriptFile('rounds'), given, call));
}

/** What `Get-RoundLook` is given. */
export const wanted = ({ options, vmId }: Tracked) => ({
  noteFile: noteFile(options, vmId),
});

/** @throws Problem `rounds-note-damaged` */
export const noted = ({ options, vmId }: Tracked, look: z.infer<typeof lookSchema>): Look => ({
  ...look,
  // Oldest first: so they are removed.
  checkpoints: look.checkpoints.toSorted((a, b) => a.createdAt - b.createdAt),
  note: noteOf(look.note, {
    host: options.name,
    vm: vmId,
    file: noteFile(options, vmId),
  }),
});
