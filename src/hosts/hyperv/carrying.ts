/** What a live move does not carry along: recorded at the source before it, given back at either end. */

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Token } from '../../domain/journal.ts';
import type { Carried, LiveMove, NotCarried } from '../../domain/live.ts';
import { orAbsent } from '../files.ts';
import { carriedSchema, notCarriedSchema } from './moving/wire.ts';
import { act, type HyperVOptions } from './options.ts';

const CARRY_SECONDS_MAX = 300;
const RECORD = /^([a-z]\d{1,15})\.json$/;

/** Of all operations from this host. */
const recordsOf = ({ name, stateFolder }: HyperVOptions): string =>
  join(stateFolder, 'carried', name);

/** What was taken away stands there until it is put back, whatever becomes of the worker. */
const recordOf = (options: HyperVOptions, { operation }: Token): string =>
  join(recordsOf(options), `${operation}.json`);

export function carryOut(options: HyperVOptions, move: LiveMove, token: Token): Promise<Carried> {
  const { vm, target, networks } = move;
  return act(options, 'carry-out', {
    vmId: vm.id,
    token,
    given: { file: recordOf(options, token), target, networks },
    schema: carriedSchema,
    timeoutSeconds: CARRY_SECONDS_MAX,
  });
}

export async function carryIn(
  options: HyperVOptions,
  { vmId, carried, token }: { vmId: string; carried: Carried; token: Token },
): Promise<NotCarried> {
  const adapters = carried.adapters.map(({ mac, settings }) => {
    return { mac, settings: JSON.parse(settings) as unknown };
  });
  return await act(options, 'carry-in', {
    vmId,
    token,
    given: { file: recordOf(options, token), carried: { ...carried, adapters } },
    schema: notCarriedSchema,
    timeoutSeconds: CARRY_SECONDS_MAX,
  });
}

/**
 * Removes the records of operations that are over. Each operation has a file of its own, which nobody
 * writes again once it is over; what is not certain stays.
 */
export async function forgetCarried(
  options: HyperVOptions,
  isOver: (operation: string) => Promise<boolean>,
): Promise<void> {
  const folder = recordsOf(options);
  for (const file of (await readdir(folder).catch(orAbsent)) ?? []) {
    const operation = RECORD.exec(file)?.[1];
    if (operation !== undefined && (await isOver(operation))) await rm(join(folder, file));
  }
}
