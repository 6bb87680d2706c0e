/** A VM registered by the definition that another host exported, and a registration removed. */

import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Token } from '../../../domain/journal.ts';
import { rewired } from '../../../domain/networks.ts';
import type { Definition, NewHome } from '../../host.ts';
import { noteClosed } from '../cutover/closed.ts';
import { isRegistered } from '../cutover/look.ts';
import { act, type HyperVOptions } from '../options.ts';
import { unpackDefinition } from './container.ts';
import { fencedNetworkFile } from './fenced-network.ts';
import { layOut } from './files.ts';
import { placeholdersIn } from './placeholder.ts';

const REGISTER_SECONDS_MAX = 300;
const UNREGISTER_SECONDS_MAX = 300;

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
  { definition, disks, networks }: NewHome & { readonly definition: Definition },
  token: Token,
): Promise<void> {
  const { name: host, stateFolder } = options;
  const { vmId, bytes } = definition;
  const exported = unpackDefinition({ host, vmId }, bytes);
  const { name, adapters, guardians } = exported;
  const source = join(stateFolder, 'imports', host, vmId);
  const [first] = disks;
  await layOut(source, exported);
  // One that is registered already was noted before, and may have run since.
  if (!(await isRegistered(options, vmId))) await noteClosed(options, vmId, disks);
  await act(options, 'register-vm', {
    vmId,
    token,
    given: {
      name,
      source,
      folder: first && dirname(first.path),
      disks,
      adapters: rewired(adapters, networks).map((adapter) => ({ switch: undefined, ...adapter })),
      guardians,
      placeholders: await placeholdersIn(stateFolder),
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
      placeholders: await placeholdersIn(options.stateFolder),
      noteFile: noteFile(options, vmId),
      networkFile: fencedNetworkFile(options, vmId),
    },
    schema: z.object({ unregistered: z.boolean() }),
    timeoutSeconds: UNREGISTER_SECONDS_MAX,
  });
}
