/** One simulated Windows host, a PowerShell that plays it, and its rounds. */

import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Token } from '../../../../src/domain/journal.ts';
import type { FrozenRound } from '../../../../src/domain/round.ts';
import type { VmFacts } from '../../../../src/domain/vm.ts';
import type { Host } from '../../../../src/hosts/host.ts';
import { openHyperVHost } from '../../../../src/hosts/hyperv/hyperv-host.ts';
import type { RoundsPace } from '../../../../src/hosts/hyperv/rounds/pace.ts';
import { personStarts } from '../../../../src/hosts/lab/power.ts';
import { RING_RECORDS } from '../../../../src/hosts/lab/records.ts';
import { readWitnessLog } from '../../../../src/lab/witness-log.ts';
import { type Bench, bench, VM, VM_ID } from '../../../hyperv-module/simulator-fixture.ts';
import { recordsIn } from '../../lab-fixture.ts';
import { type Playing, playing } from '../playing.ts';

/** Records that the guest may have written out of their order. */
const UNACKNOWLEDGED_MAX = 64;

/** Quicker than Windows, and patient with a busy machine. */
export const TEST_PACE: RoundsPace = {
  pollSeconds: 0.1,
  busySeconds: 60,
  idleSeconds: 60,
  retrySeconds: 0.1,
  mergeMinutesMin: 3,
  mergeMinutesPerTenGigabytes: 1,
};

export interface RoundsBench extends Bench {
  readonly vmId: string;
  host(pace?: Partial<RoundsPace>): Host;
  /** Another worker, after the first one was killed. */
  nextWorker(): Promise<void>;
  /** Of an operation of its own. */
  token(): Token;
  seen(): Promise<VmFacts>;
  /** No record is missing in these files that was acknowledged before the newest in them. */
  expectConsistent(round: FrozenRound): Promise<void>;
  /** The VM runs, plain, and nothing is ordered. */
  reset(): Promise<void>;
}

export async function roundsBench(pwsh: string, disks = VM.disks): Promise<RoundsBench> {
  await using stack = new AsyncDisposableStack();
  const windows = stack.use(await bench({ disks }));
  const { dir, simulator } = windows;
  const shells: Playing[] = [];
  stack.defer(async () => {
    await Promise.all(shells.map(({ powershell }) => powershell.close(0)));
  });
  const start = async (): Promise<Playing> => {
    const one = await playing(windows, { pwsh, host: 'hv-a' });
    shells.push(one);
    return one;
  };
  let shell = await start();
  const host = (pace: Partial<RoundsPace> = {}): Host =>
    openHyperVHost({
      name: 'hv-a',
      powershell: shell.powershell,
      stateFolder: join(dir, 'state'),
      store: async () => ({ value: [] }),
      pace: { ...TEST_PACE, ...pace },
    });
  let operations = 0;
  const open = stack.move();
  return {
    ...windows,
    vmId: VM_ID,
    host,
    async nextWorker() {
      await shell.powershell.close(0);
      shell = await start();
    },
    token() {
      operations += 1;
      return { operation: `m${operations}`, epoch: 1 };
    },
    async seen() {
      const vm = await host().vm(VM_ID);
      if (vm) return vm;
      throw new Error('The VM is gone');
    },
    async expectConsistent({ disks: frozen }) {
      const found = await recordsIn(
        frozen.map(({ file }) => file.path),
        VM_ID,
      );
      const acknowledged = (await readWitnessLog(dir)).get(VM_ID).numbers;
      const newest = found.at(-1) ?? 0;
      expect(newest).toBeGreaterThan(0);
      // Over the older ones others lie, on a machine that took its time.
      const oldest = newest - frozen.length * RING_RECORDS + UNACKNOWLEDGED_MAX;
      const isMissing = (n: number) => n > oldest && n < newest && !found.includes(n);
      expect([...acknowledged].filter(isMissing)).toEqual([]);
    },
    async reset() {
      simulator.clearFaults();
      simulator.releaseMerges();
      await simulator.releaseSigns();
      for (const { id } of await simulator.checkpoints(VM_ID)) {
        await simulator.personDeletesCheckpoint(VM_ID, id);
      }
      await simulator.mergesEnded(VM_ID);
      await personStarts(dir, 'hv-a', VM.name);
      await windows.guestWrites();
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
