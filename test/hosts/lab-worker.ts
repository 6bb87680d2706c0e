/** A worker process for tests that kill it: `node lab-worker.ts DIR VMID rounds|mutex`. */

import { setTimeout as sleep } from 'node:timers/promises';
import { openLabHost } from '../../src/hosts/lab/lab-host.ts';
import { address } from '../../src/hosts/lab/layout.ts';
import { withLock } from '../../src/hosts/lab/lock.ts';

/** Long enough for any test; its end is the kill. */
const LIFE_MILLISECONDS = 60_000;
const ROUNDS_MAX = 1000;

const [dir = '', vmId = '', task = ''] = process.argv.slice(2);
const place = { dir, host: 'hv-a', vmId };

if (task === 'mutex') {
  await withLock(address('mutex', place), { waitSeconds: 1, inVain: () => new Error() }, () => {
    console.log('held');
    return sleep(LIFE_MILLISECONDS);
  });
} else {
  const host = await openLabHost(dir, 'hv-a');
  const token = { operation: `m${process.pid}`, epoch: 1 };
  await host.openRound(vmId, 0, token);
  console.log('begun');
  for (let round = 1; round < ROUNDS_MAX; round++) {
    await sleep(50);
    await host.openRound(vmId, round, token);
    await host.closeRounds(vmId, round - 1, token);
  }
}
