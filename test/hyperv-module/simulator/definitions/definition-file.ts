/**
 * A VM's definition as it is exported: `<Id>.vmcx` in a folder `Virtual Machines`, with files beside it.
 * The content is the double's own; nobody but Hyper-V reads it, here as there.
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LabVm } from '../../../../src/hosts/lab/state.ts';
import type { VmOverlay } from '../overlay.ts';

const MARK = 'VMCX of the double\n';
/** From here on the guest's state (UEFI, virtual TPM) has a file of its own. */
const GUEST_STATE_SINCE = 9;

export interface DefinitionFile {
  readonly lab: LabVm;
  readonly overlay: VmOverlay;
}

export const definitionPath = (folder: string, vmId: string): string =>
  join(folder, 'Virtual Machines', `${vmId.toUpperCase()}.vmcx`);

const beside = (path: string, extension: string): string =>
  path.replace(/\.vmcx$/i, `.${extension}`);

export async function writeDefinition(
  path: string,
  { lab, overlay: { tpmState, ...overlay } }: DefinitionFile,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const isApart = lab.generation === 2 && Number(overlay.version) >= GUEST_STATE_SINCE;
  const guest = { tpmState: tpmState ?? firstTpmState(lab.id) };
  const own = { lab, overlay: isApart ? overlay : { ...overlay, ...guest } };
  await writeFile(path, MARK + JSON.stringify(own));
  await writeFile(beside(path, 'vmrs'), 'VMRS of the double\n');
  if (isApart) await writeFile(beside(path, 'vmgs'), JSON.stringify(guest));
}

/** What a virtual TPM holds as long as nobody has made it a new one. */
export const firstTpmState = (vmId: string): string => `TPM of ${vmId}`;

/** `undefined` for what is no definition, or lacks the file that belongs beside it. */
export async function readDefinition(path: string): Promise<DefinitionFile | undefined> {
  const text = await readText(path);
  const runtime = await readText(beside(path, 'vmrs'));
  if (text === undefined || runtime === undefined || !text.startsWith(MARK)) return undefined;
  const { lab, overlay } = JSON.parse(text.slice(MARK.length)) as DefinitionFile;
  if (overlay.tpmState !== undefined) return { lab, overlay };
  const guest = await readText(beside(path, 'vmgs'));
  // A TPM whose file did not come along is a new one, and empty.
  const tpmState =
    guest === undefined ? `empty` : (JSON.parse(guest) as { tpmState: string }).tpmState;
  return { lab, overlay: { ...overlay, tpmState } };
}

/** The definition and what lies beside it. */
export const definitionFiles = (path: string): string[] =>
  ['vmcx', 'vmrs', 'vmgs'].map((extension) => beside(path, extension));

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
