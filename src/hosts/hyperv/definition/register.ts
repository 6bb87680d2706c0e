/** A VM registered by the definition that another host exported, and a registration removed. */

import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { createDisk } from '../../../disks/create.ts';
import type { Token } from '../../../domain/journal.ts';
import type { Definition, DiskPlace } from '../../host.ts';
import { act, type HyperVOptions } from '../options.ts';
import { FENCED } from '../rounds/look.ts';
import { unpackDefinition } from './container.ts';
import { fencedNetworkFile } from './fenced-network.ts';
import { exists, layOut } from './files.ts';

const REGISTER_SECONDS_MAX = 300;
const UNREGISTER_SECONDS_MAX = 300;
/** Hyper-V has no smaller disk. */
const PLACEHOLDER_BYTES = 3 * 2 ** 20;
const PLACEHOLDER_BLOCK_BYTES = 2 ** 20;

/** While it is registered: where its definition and disks are, for whoever removes it. */
const noteFile = ({ name, stateFolder }: HyperVOptions, vmId: string): string =>
  join(stateFolder, 'registered', name, `${vmId}.json`);

/**
 * The definition goes beside the first disk. `disks` are the whole VM's.
 * @throws Problem `definition-unreadable`, `disk-missing`, `switch-missing`, `guardian-missing`,
 *   `definition-refused` with Windows' words, `vm-registered`, `vm-running`, `vm-planned`
 */
export async function register(
  options: HyperVOptions,
  { definition, disks }: { readonly definition: Definition; readonly disks: readonly DiskPlace[] },
  token: Token,
): Promise<void> {
  const { name: host, stateFolder } = options;
  const { vmId, bytes } = definition;
  const exported = unpackDefinition({ host, vmId }, bytes);
  const { name, adapters, guardians } = exported;
  const source = join(stateFolder, 'imports', host, vmId);
  const [first] = disks;
  await layOut(source, exported);
  await act(options, 'register-vm', {
    vmId,
    token,
    given: {
      name,
      source,
      folder: first && dirname(first.path),
      disks,
      adapters: adapters.map((adapter) => ({ switch: undefined, ...adapter })),
      guardians,
      fenced: FENCED,
      placeholder: await placeholderIn(stateFolder),
      noteFile: noteFile(options, vmId),
      networkFile: fencedNetworkFile(options, vmId),
    },
    schema: z.object({ registered: z.boolean() }),
    timeoutSeconds: REGISTER_SECONDS_MAX,
  });
  await rm(source, { recursive: true, force: true });
}

/** @throws Problem `vm-running`, `vm-planned`, `fence-name-taken` */
export async function unregister(
  options: HyperVOptions,
  vmId: string,
  token: Token,
): Promise<void> {
  await act(options, 'unregister-vm', {
    vmId,
    token,
    given: {
      fenced: FENCED,
      placeholder: await placeholderIn(options.stateFolder),
      noteFile: noteFile(options, vmId),
      networkFile: fencedNetworkFile(options, vmId),
    },
    schema: z.object({ unregistered: z.boolean() }),
    timeoutSeconds: UNREGISTER_SECONDS_MAX,
  });
}

/**
 * An empty disk that stands in a leaf's place while Windows imports the VM. One for all, and kept: only a
 * file of exactly this content is taken for it.
 */
async function placeholderIn(stateFolder: string): Promise<string> {
  const path = join(stateFolder, 'placeholder.vhdx');
  if (await exists(path)) return path;
  await mkdir(stateFolder, { recursive: true });
  const made = join(stateFolder, `placeholder-${process.pid}.vhdx`);
  await rm(made, { force: true });
  const disk = { virtualBytes: PLACEHOLDER_BYTES, blockBytes: PLACEHOLDER_BLOCK_BYTES };
  await createDisk(made, disk);
  await rename(made, path);
  return path;
}
