/** Whether somebody has followed whoever watches a move or a merge: then he neither judges nor ends it. */

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Token } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import { refuseOld, type Seen } from '../epochs.ts';
import { orAbsent } from '../files.ts';
import { fenceOf, type HyperVOptions } from './options.ts';

/** As `Invoke-Fenced` writes it. */
const seenSchema = z.object({
  operation: z.string(),
  epoch: z.number(),
  ended: z.array(z.string()),
});

/**
 * Without the VM's mutex, which the script that moves it holds until the end: what acts looks again inside.
 * @throws Problem `epoch-behind`, `epoch-file-damaged`
 */
export async function refuseFollowed(
  options: HyperVOptions,
  vmId: string,
  token: Token,
): Promise<void> {
  const place = { host: options.name, vmId };
  refuseOld(place, token, await seenIn(fenceOf(options, vmId, token).File, place));
}

async function seenIn(
  file: string,
  { host, vmId }: { readonly host: string; readonly vmId: string },
): Promise<Seen | undefined> {
  try {
    const text = await readFile(file, 'utf8').catch(orAbsent);
    return text === undefined ? undefined : seenSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Problem('epoch-file-damaged', { host, vm: vmId, file }, { cause });
  }
}
