/** What the lab's faults do: kills, restarts, a store's backup, a person who is refused. */

import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../domain/problem.ts';
import type { Lab } from './machine.ts';
import type { Running } from './processes.ts';

/** As a service that died and is started again. */
export async function killAndStart(program: Running): Promise<void> {
  await pause(300);
  await program.kill();
  await program.start();
}

/** @throws {Problem} lab-fault-needs-own-store */
export function storeOf(lab: Lab): Running {
  if (lab.store) return lab.store;
  throw new Problem('lab-fault-needs-own-store', {});
}

/** A backup of the store, while the operation is young. */
export async function keepStore(lab: Lab): Promise<void> {
  const store = storeOf(lab);
  await store.kill();
  await cp(join(lab.directory, 'store'), join(lab.directory, 'store.kept'), { recursive: true });
  await store.start();
}

/** The backup comes back. */
export async function setStoreBack(lab: Lab): Promise<void> {
  const store = storeOf(lab);
  const now = join(lab.directory, 'store');
  await store.kill();
  await rm(now, { recursive: true, force: true });
  await cp(join(lab.directory, 'store.kept'), now, { recursive: true });
  await store.start();
}

/** Fails where a fenced VM could be started. */
export async function mustBeRefused(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Problem) return;
    throw error;
  }
  throw new Error('A fenced VM was started');
}
