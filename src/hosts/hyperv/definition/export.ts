/** A VM's definition as Windows exports it, without disks and checkpoints. */

import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../../domain/problem.ts';
import { exists } from '../../files.ts';
import type { Definition } from '../../host.ts';
import type { HyperVOptions } from '../options.ts';
import { scriptFile } from '../script-file.ts';
import {
  type Adapter,
  CONTAINER_BYTES_MAX,
  KINDS,
  type Kind,
  packDefinition,
} from './container.ts';
import { switchesBefore } from './fenced-network.ts';
import { withMergingNoted } from './merging.ts';

const EXPORT_SECONDS_MAX = 300;

const answerSchema = z.object({
  name: z.string(),
  /** In which Windows has put the files. */
  folder: z.string(),
  adapters: z.array(z.object({ name: z.string(), mac: z.string(), switch: z.string().nullable() })),
  guardians: z.array(z.string()),
});

/**
 * Of a fenced VM with the switches that it had before the fence.
 * @throws Problem `vm-unknown`, `vm-busy`, `export-failed`, `definition-too-large`
 */
export async function exportDefinition(options: HyperVOptions, vmId: string): Promise<Definition> {
  const { name, stateFolder, powershell, computerName } = options;
  // Of this call alone: Windows refuses a folder that is there.
  const folder = join(stateFolder, 'exports', name, vmId, randomUUID());
  try {
    await mkdir(folder, { recursive: true });
    const answer = await withMergingNoted(options, vmId, () => {
      const call = { schema: answerSchema, timeoutSeconds: EXPORT_SECONDS_MAX };
      const given = { computerName, vmId, folder, seconds: EXPORT_SECONDS_MAX - 60 };
      return powershell.act(scriptFile('export-definition'), given, call);
    });
    const before = await switchesBefore(options, vmId);
    const bytes = packDefinition(name, {
      vmId,
      name: answer.name,
      adapters: answer.adapters.map((adapter, index) => connected(adapter, before[index])),
      guardians: answer.guardians,
      files: await exportedFiles(options, answer.folder, vmId),
    });
    return { vmId, bytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function connected(
  { name, mac, switch: now }: z.infer<typeof answerSchema>['adapters'][number],
  before: { readonly name: string; readonly switch: string } | undefined,
): Adapter {
  const on = now ?? (before?.name === name ? before.switch : '');
  return { name, mac, ...(on === '' ? {} : { switch: on }) };
}

async function exportedFiles({ name }: HyperVOptions, folder: string, vmId: string) {
  const files: Partial<Record<Kind, Uint8Array>> = {};
  for (const kind of KINDS) {
    const path = join(folder, `${vmId.toUpperCase()}.${kind}`);
    if (!(await exists(path))) continue;
    const { size } = await stat(path);
    if (size > CONTAINER_BYTES_MAX)
      throw new Problem('definition-too-large', { host: name, vm: vmId, bytes: size });
    files[kind] = await readFile(path);
  }
  return files;
}
