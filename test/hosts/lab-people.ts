/** What people do on a lab's host, without Ferry: the contracts of hosts ask for it, on the lab and on Windows before it. */

import { mkdir, rm } from 'node:fs/promises';
import { labVmId } from '../../src/hosts/lab/create.ts';
import { type Place, vmFile, vmFolder } from '../../src/hosts/lab/layout.ts';
import { stopVm } from '../../src/hosts/lab/machine.ts';
import { endForeignCheckpoint, foreignCheckpoint } from '../../src/hosts/lab/power.ts';
import { requireVm, setHostFaults, writeJson } from '../../src/hosts/lab/state.ts';
import type { HostFixture } from '../contract/host-fixture.ts';

const STOP_SECONDS = 20;

type People = Pick<HostFixture, 'personStops' | 'foreignCheckpoint' | 'addVm' | 'startsFail'>;

let added = 0;

/** Around the VM of a place. */
export const peopleAt = (place: Place): People => ({
  async personStops() {
    if (!(await stopVm(place, STOP_SECONDS))) throw new Error('The guest does not stop');
  },
  async foreignCheckpoint() {
    const { dir, host, vmId: vm } = place;
    const name = await foreignCheckpoint(dir, host, vm);
    return () => endForeignCheckpoint(dir, { host, vm, name });
  },
  async addVm(name) {
    const vm = await requireVm(place);
    added += 1;
    const own = { ...place, vmId: labVmId(`${name} ${added}`) };
    await mkdir(vmFolder(own));
    await writeJson(vmFile(own), { ...vm, id: own.vmId, name, disks: [], running: false });
    return () => rm(vmFolder(own), { recursive: true });
  },
  async startsFail() {
    await setHostFaults(place.dir, place.host, { startFails: true });
    return () => setHostFaults(place.dir, place.host, {});
  },
});
