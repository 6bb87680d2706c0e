/**
 * A VM that runs: what `vmwp.exe` and the guest inside it are in one process. It outlives the worker
 * that started it, writes numbered records until it is told to stop, and answers on a control socket.
 */

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../domain/problem.ts';
import { nobody, recordClosed, recovered } from './checkpoints.ts';
import { type ControlRequest, type GuestStatus, perform, withJobLock } from './control.ts';
import { GuestDisks, missingLeaf } from './guest-disks.ts';
import { address, type Place, pidFile, vmFile } from './layout.ts';
import { LinkLost, serveLines } from './lines.ts';
import { changeVm, readHost, requireVm } from './state.ts';
import { connectWitness, type WitnessLink } from './witness-client.ts';

const RECONNECT_MILLISECONDS = 100;
const FOLDER_LOOK_MILLISECONDS = 500;
/** Longer than a lab takes to take everything back. */
const LATE_MILLISECONDS = 25_000;

interface Guest {
  readonly place: Place;
  readonly disks: GuestDisks;
  state: GuestStatus['state'];
  acknowledged: number;
}

/** Boots, tells `started`, and runs until it is stopped. @throws Problem when it cannot boot */
export async function runGuest(place: Place, started: () => void): Promise<void> {
  const guest = await boot(place);
  started();
  // No lab, no guest: a test that forgets to stop it leaves nothing behind.
  setInterval(() => {
    if (!existsSync(vmFile(place))) process.exit(0);
  }, FOLDER_LOOK_MILLISECONDS).unref();
  await writeRecords(guest);
}

function boot(place: Place): Promise<Guest> {
  return withJobLock(place, async () => {
    const booted = Promise.withResolvers<Guest>();
    let status = (): GuestStatus => ({ pid: process.pid, state: 'Starting', acknowledged: 0 });
    // The name is taken before anything is touched: the second process of a VM ends here.
    await serveLines({ path: address('control', place) }, () => ({
      reply: async (request) => {
        const asked = request as ControlRequest;
        // A boot that fails ends the process, and with it everyone's wait.
        return asked.command === 'status' ? status() : obey(await booted.promise, asked);
      },
    }));
    const { faults } = await readHost(place.dir, place.host);
    if (faults?.startFails) throw new Problem('start-failed', { host: place.host, vm: place.vmId });
    const missing = await missingLeaf(place);
    if (missing !== undefined)
      throw new Problem('disk-missing', { host: place.host, file: missing });
    await writeFile(pidFile(place), `${process.pid}\n`);
    await recovered(place, nobody);
    const disks = await GuestDisks.open(place);
    await changeVm(place, { running: true });
    const guest: Guest = { place, disks, state: 'Running', acknowledged: 0 };
    status = () => ({ pid: process.pid, state: guest.state, acknowledged: guest.acknowledged });
    booted.resolve(guest);
    return guest;
  });
}

async function obey(
  guest: Guest,
  request: Exclude<ControlRequest, { command: 'status' }>,
): Promise<object> {
  const { place, disks } = guest;
  if (request.command === 'shutdown') {
    const { faults } = await readHost(place.dir, place.host);
    if (faults?.guestWillNotStop) return {};
    const late = faults?.guestStopsLate ? LATE_MILLISECONDS : 0;
    setTimeout(() => void shutDown(guest, request.byHost ?? false), late);
  } else {
    await withJobLock(place, () => perform(place, request, disks));
  }
  return {};
}

/** Ends the process. A failure in here ends it too, loudly: the VM is off either way. */
async function shutDown(guest: Guest, byHost: boolean): Promise<void> {
  if (guest.state === 'Stopping') return;
  guest.state = 'Stopping';
  try {
    await withJobLock(guest.place, async () => {
      await guest.disks[Symbol.asyncDispose]();
      await recordClosed(guest.place);
      await changeVm(guest.place, { running: byHost });
      // Inside the lock: no job begins between here and the end.
      process.exit(0);
    });
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}

async function writeRecords(guest: Guest): Promise<void> {
  const { place, disks } = guest;
  const { recordsPerSecond } = await requireVm(place);
  let highest = await disks.highest();
  while (guest.state === 'Running') {
    let witness: WitnessLink | undefined;
    try {
      const hello = { vm: place.vmId, host: place.host, highest, at: Date.now() };
      witness = await connectWitness(place.dir, hello);
      let number = witness.next;
      while (guest.state === 'Running') {
        const due = sleep(1000 / recordsPerSecond);
        await disks.write(number);
        highest = number;
        number = await witness.written(number, Date.now());
        guest.acknowledged += 1;
        await due;
      }
    } catch (error) {
      if (!(error instanceof LinkLost)) throw error;
      await sleep(RECONNECT_MILLISECONDS);
    } finally {
      witness?.close();
    }
  }
}
