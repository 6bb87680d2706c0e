/** The highest epoch that acted on a VM here. */

import { mkdir } from 'node:fs/promises';
import type { Token } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import { refuseOld, type Seen } from '../epochs.ts';
import { address, epochFile, type Place, vmFolder } from './layout.ts';
import { withLock } from './lock.ts';
import { readJson, writeJson } from './state.ts';

const MUTEX_SECONDS_MAX = 60;
/** Operations that ended here and stay refused; older ones are long closed. */
const ENDED_KEPT = 100;

/**
 * Looks and acts inside the VM's mutex on this host, and records the epoch there.
 * @throws Problem `epoch-behind`, `vm-busy`
 */
export async function effect<T>(place: Place, token: Token, act: () => Promise<T>): Promise<T> {
  const { host, vmId: vm } = place;
  const inVain = () => new Problem('vm-busy', { host, vm, seconds: MUTEX_SECONDS_MAX });
  const wait = { waitSeconds: MUTEX_SECONDS_MAX, inVain };
  return withLock(address('mutex', place), wait, async () => {
    const seen = await readJson<Seen>(epochFile(place));
    refuseOld(place, token, seen);
    await mkdir(vmFolder(place), { recursive: true });
    await writeJson(epochFile(place), { ...token, ended: endedBy(token, seen) });
    return act();
  });
}

function endedBy({ operation }: Token, seen: Seen | undefined): readonly string[] {
  if (seen === undefined) return [];
  if (seen.operation === operation) return seen.ended;
  return [...seen.ended, seen.operation].slice(-ENDED_KEPT);
}
