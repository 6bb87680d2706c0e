/** The world of the test that runs, for suites whose every test has its own. */

import { afterEach } from '@jest/globals';
import { type Entry, openedOf } from '../../src/domain/journal.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

export let world: World;
/** What `newOperation` opened: dc02 from hv-a to hv-b. */
export let operation = '';
export let planHash = '';

let open: World | undefined;

async function close(): Promise<void> {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
}

afterEach(close);

/** Opens `world`, in place of the one before; the last one is closed after the test. */
export async function newWorld(options?: WorldOptions): Promise<void> {
  await close();
  open = await openWorld(options);
  world = open;
}

/** The same, with a migration that was just opened. */
export async function newOperation(options?: WorldOptions): Promise<void> {
  await newWorld(options);
  operation = await world.opened();
  planHash = openedOf(await read()).planHash;
}

/** The journal of that migration. */
export const read = (): Promise<Entry[]> => world.store.journal.read(operation);
