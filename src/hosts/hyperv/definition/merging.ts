/**
 * After an export without storage Windows merges nothing of the VM until it is told to (facts D.5). A note
 * stands in the worker's folder from before the export until merging is on again, whoever dies between.
 */

import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { exists } from '../../files.ts';
import type { HyperVOptions } from '../options.ts';
import { scriptFile } from '../script-file.ts';

/** An export that a killed script began is waited for. */
const ENABLE_SECONDS_MAX = 300;
const NOTE = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.json$/;

const notesOf = ({ name, stateFolder }: HyperVOptions): string =>
  join(stateFolder, 'merging-off', name);
const noteOf = (options: HyperVOptions, vmId: string): string =>
  join(notesOf(options), `${vmId}.json`);

/** Notes of exports that run in this process: theirs is the end. */
const running = new Set<string>();

/** Runs an export, and turns merging on again, whatever comes of it. */
export async function withMergingNoted<T>(
  options: HyperVOptions,
  vmId: string,
  act: () => Promise<T>,
): Promise<T> {
  const note = noteOf(options, vmId);
  await writeNote(note, vmId);
  running.add(note);
  try {
    return await act();
  } finally {
    running.delete(note);
    await turnMergingOn(options, vmId);
  }
}

/** Turns merging on for a VM whose export was broken off. Costs one look at a file where there was none. */
export async function turnMergingOn(options: HyperVOptions, vmId: string): Promise<void> {
  const note = noteOf(options, vmId);
  if (running.has(note) || !(await exists(note))) return;
  const { powershell, computerName } = options;
  const schema = z.object({ on: z.boolean() });
  const call = { schema, timeoutSeconds: ENABLE_SECONDS_MAX };
  const given = { computerName, vmId, waitSeconds: ENABLE_SECONDS_MAX / 2 };
  await powershell.act(scriptFile('turn-merging-on'), given, call);
  await rm(note, { force: true });
}

/** The same for all VMs of which a worker that ended left a note. */
export async function turnAllMergingOn(options: HyperVOptions): Promise<void> {
  const folder = notesOf(options);
  if (!(await exists(folder))) return;
  const vmIds = (await readdir(folder)).flatMap((file) => NOTE.exec(file)?.[1] ?? []);
  const turned = await Promise.allSettled(vmIds.map((vmId) => turnMergingOn(options, vmId)));
  // One VM that refuses must not keep the others waiting.
  for (const one of turned) if (one.status === 'rejected') throw one.reason;
}

/** On disk when this resolves. */
async function writeNote(file: string, vmId: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await using handle = await open(file, 'w');
  await handle.writeFile(JSON.stringify({ vmId }));
  await handle.sync();
}
