/** A worker waits before a step until the lab has done its deed: files in a folder tell each other. */

import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostName } from './machine.ts';

export interface Held {
  readonly step: string;
}

/** For a fault that acts while this host's worker holds before this step. */
export const heldAt = (step: string, on: HostName) => ({
  at: { step, on },
  env: (host: HostName): Record<string, string> => (host === on ? { FERRY_LAB_HOLD: step } : {}),
});

const folderOf = (directory: string): string => join(directory, 'holds');

export async function clearHolds(directory: string): Promise<void> {
  await rm(folderOf(directory), { recursive: true, force: true });
}

export async function whenHeld(
  { directory }: { directory: string },
  { step }: Held,
): Promise<boolean> {
  return await access(join(folderOf(directory), `${step}.reached`)).then(
    () => true,
    () => false,
  );
}

export async function releaseHold(
  { directory }: { directory: string },
  { step }: Held,
): Promise<void> {
  await mkdir(folderOf(directory), { recursive: true });
  await writeFile(join(folderOf(directory), `${step}.released`), '');
}
