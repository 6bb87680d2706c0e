/** Definitions of VMs at the host that gets their disks: of a migration under way, and beside a copy. */

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { VmAbout } from '../domain/vm.ts';
import { orAbsent } from '../hosts/files.ts';
import { writeDurably } from './notebook.ts';

export const aboutSchema = z.object({
  memoryStartupBytes: z.number().nonnegative(),
  startAction: z.enum(['Nothing', 'StartIfRunning', 'Start']),
  adapters: z.array(
    z.object({ name: z.string(), mac: z.string(), switch: z.string().exactOptional() }),
  ),
  domainController: z.literal(true).exactOptional(),
}) satisfies z.ZodType<VmAbout>;

const definitionSchema = z.object({
  vmId: z.string(),
  bytes: z.base64(),
  about: aboutSchema.exactOptional(),
});

export interface KeptDefinition {
  readonly vmId: string;
  /** As the driver exported it: opaque to everyone else. */
  readonly bytes: Uint8Array;
  readonly about?: VmAbout;
}

/** Durable when it resolves. */
export async function writeDefinition(file: string, definition: KeptDefinition): Promise<void> {
  const { vmId, bytes, about } = definition;
  const text = { vmId, bytes: Buffer.from(bytes).toString('base64'), ...(about ? { about } : {}) };
  await writeDurably(file, JSON.stringify(text));
}

/** Undefined where there is none. */
export async function readDefinition(file: string): Promise<KeptDefinition | undefined> {
  const text = await readFile(file, 'utf8').catch(orAbsent);
  if (text === undefined) return undefined;
  const { bytes, ...rest } = definitionSchema.parse(JSON.parse(text));
  return { ...rest, bytes: Buffer.from(bytes, 'base64') };
}
