/**
 * The switches that a fenced VM's adapters belong on: a fence takes them off, and Windows forgets. Whoever
 * fences writes this file before, and whoever lifts the fence connects by it and then removes it.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HyperVOptions } from '../options.ts';

/** `{ "adapters": [{ "name": "Network Adapter", "switch": "LAN" }] }`: those alone that had a switch. */
const schema = z.object({ adapters: z.array(z.object({ name: z.string(), switch: z.string() })) });

/** Also written by scripts, inside the VM's mutex. */
export const fencedNetworkFile = ({ name, stateFolder }: HyperVOptions, vmId: string): string =>
  join(stateFolder, 'fenced-network', name, `${vmId}.json`);

/** By adapter; empty for a VM that is not fenced. */
export async function switchesBefore(
  options: HyperVOptions,
  vmId: string,
): Promise<ReadonlyMap<string, string>> {
  const text = await read(fencedNetworkFile(options, vmId));
  if (text === undefined) return new Map();
  const { adapters } = schema.parse(JSON.parse(text));
  return new Map(adapters.map((adapter) => [adapter.name, adapter.switch]));
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
