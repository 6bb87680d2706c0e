/**
 * The switches that a fenced VM's adapters belong on: a fence takes them off, and Windows forgets. Whoever
 * fences writes this file before, and whoever lifts the fence connects by it and then removes it.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { orAbsent } from '../../files.ts';
import type { HyperVOptions } from '../options.ts';

/** All adapters in their order, as their names are not unique; without a switch it is empty. */
const schema = z.object({ adapters: z.array(z.object({ name: z.string(), switch: z.string() })) });

/** Written by scripts, inside the VM's mutex. */
export const fencedNetworkFile = ({ name, stateFolder }: HyperVOptions, vmId: string): string =>
  join(stateFolder, 'fenced-network', name, `${vmId}.json`);

/** By the adapters' order; empty for a VM that is not fenced. */
export async function switchesBefore(
  options: HyperVOptions,
  vmId: string,
): Promise<readonly { readonly name: string; readonly switch: string }[]> {
  const text = await readFile(fencedNetworkFile(options, vmId), 'utf8').catch(orAbsent);
  return text === undefined ? [] : schema.parse(JSON.parse(text)).adapters;
}
