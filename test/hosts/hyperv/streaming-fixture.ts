/** A VM of its own for each test of streaming, on two hosts by this project's own driver that all tests share. */

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Host } from '../../../src/hosts/host.ts';
import { openHyperVHost } from '../../../src/hosts/hyperv/hyperv-host.ts';
import type { RoundsPace } from '../../../src/hosts/hyperv/rounds/pace.ts';
import type { PowerShell } from '../../../src/hosts/hyperv/shell/powershell.ts';
import { createVm, type LabVmOptions } from '../../../src/hosts/lab/create.ts';
import { vmFolder } from '../../../src/hosts/lab/layout.ts';
import { stopVm } from '../../../src/hosts/lab/machine.ts';
import { personStarts } from '../../../src/hosts/lab/power.ts';
import { RING_RECORDS } from '../../../src/hosts/lab/records.ts';
import { readWitnessLog } from '../../../src/lab/witness-log.ts';
import type { StreamingFixture } from '../../contract/host-streaming.ts';
import { VM } from '../../hyperv-module/simulator-fixture.ts';
import { until } from '../../until.ts';
import { recordsIn } from '../lab-fixture.ts';
import { peopleAt } from '../lab-people.ts';
import { HOSTS, type HostName, type LiveBench } from './live-fixture.ts';
import { TEST_PACE } from './rounds/fixture.ts';

const POLL_MILLISECONDS = 20;
const POLLS_MAX = 3000;
const STOP_SECONDS = 20;
/** Until what a hanging cmdlet does first is done. */
const HANGS_MILLISECONDS = 1500;
/** Records that the guest may have written out of their order. */
const UNACKNOWLEDGED_MAX = 64;

export interface StreamingVm extends StreamingFixture {
  readonly vmId: string;
  open(host: HostName, own?: OwnWorker): Host;
  /** A worker of hv-a calls this cmdlet, which never answers it, and is killed. */
  diesAt(cmdlet: string, how: Dies): Promise<void>;
}

export interface OwnWorker {
  readonly pace?: Partial<RoundsPace>;
  readonly powershell?: PowerShell;
}

export interface Dies {
  /** The cmdlet does its work first. */
  readonly acts: boolean;
  readonly during: (host: Host) => Promise<unknown>;
}

let vms = 0;

/** It runs on hv-a, and has written. */
export async function streamingVm(
  windows: LiveBench,
  { disks = VM.disks }: Partial<Pick<LabVmOptions, 'disks'>> = {},
): Promise<StreamingVm> {
  const { dir, simulator } = windows;
  vms += 1;
  const options = { ...VM, disks, id: randomUUID(), name: `stream${vms}` };
  const vmId = options.id;
  const place = { dir, host: 'hv-a', vmId };
  await createVm(dir, options);
  const count = async () => (await readWitnessLog(dir)).get(vmId).acknowledged;
  const guestWrites = async () => {
    const before = await count();
    for (let poll = 0; poll < POLLS_MAX; poll += 1) {
      if ((await count()) >= before + 10) return;
      await sleep(POLL_MILLISECONDS);
    }
    throw new Error('The guest writes nothing');
  };
  await personStarts(dir, 'hv-a', vmId);
  await guestWrites();
  const open: StreamingVm['open'] = (name, { pace = {}, powershell } = {}) =>
    openHyperVHost({
      name,
      powershell: powershell ?? windows.powershell(name),
      stateFolder: join(dir, 'state', name),
      store: async () => ({ value: [] }),
      pace: { ...TEST_PACE, ...pace },
    });
  return {
    ...peopleAt(place),
    async foreignCheckpoint() {
      const id = await simulator.backupBegins(vmId);
      return async () => {
        await simulator.backupEnds(vmId, id);
        await simulator.mergesEnded(vmId);
      };
    },
    source: open('hv-a'),
    target: open('hv-b'),
    open,
    async diesAt(cmdlet, { acts, during }) {
      const { powershell } = await windows.start('hv-a');
      const asked = () => simulator.calls.filter((call) => call.cmdlet === cmdlet).length;
      const before = asked();
      simulator.fault({ kind: 'hang', cmdlet, acts, host: 'hv-a', times: 1 });
      const ended = during(open('hv-a', { powershell })).then(
        () => new Error('It ended well'),
        () => undefined,
      );
      await until(() => asked() > before);
      await sleep(HANGS_MILLISECONDS);
      await powershell.close(0);
      const well = await ended;
      if (well) throw well;
    },
    vmId,
    vmName: options.name,
    guestWrites,
    async expectConsistent(files) {
      const found = await recordsIn(Object.values(files), vmId);
      const acknowledged = (await readWitnessLog(dir)).get(vmId).numbers;
      const newest = found.at(-1) ?? 0;
      expect(newest).toBeGreaterThan(0);
      // Over the older ones others lie, on a machine that took its time.
      const oldest = newest - Object.keys(files).length * RING_RECORDS + UNACKNOWLEDGED_MAX;
      const isMissing = (n: number) => n > oldest && n < newest && !found.includes(n);
      expect([...acknowledged].filter(isMissing)).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      simulator.clearFaults();
      simulator.releaseMerges();
      await simulator.mergesEnded(vmId);
      for (const host of HOSTS) {
        await stopVm({ ...place, host }, STOP_SECONDS);
        await rm(vmFolder({ ...place, host }), { recursive: true, force: true });
      }
    },
  };
}
