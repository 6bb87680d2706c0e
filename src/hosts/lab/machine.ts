/** Starting and stopping a VM as the hypervisor does it, whoever asks: Ferry, a person, or the host's boot. */

import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Problem, type ProblemRecord } from '../../domain/problem.ts';
import { exists, FENCED } from '../files.ts';
import { askGuest, guestStatus, isRunning } from './control.ts';
import { runningMemoryBytes } from './facts.ts';
import { missingLeaf } from './guest-disks.ts';
import { compileCache, guestLog, type Place } from './layout.ts';
import { LinkLost } from './lines.ts';
import { readHost, requireVm } from './state.ts';

const START_SECONDS_MAX = 30;
const POLL_MILLISECONDS = 20;
const GUEST_MAIN = fileURLToPath(new URL('./guest-main.ts', import.meta.url));

/**
 * Resolves when the VM was seen running; one that runs already is left alone.
 * @throws Problem `vm-fenced`, `disk-missing`, `memory-short`, `start-failed`, or what the guest said
 */
export async function startVm(place: Place): Promise<void> {
  if (await seenRunning(place)) return;
  await refuseAbsentDisks(place);
  await refuseShortMemory(place);
  const told = await spawnGuest(place);
  if (told === undefined) return;
  // Two who start it at once: the later process finds the name taken, and that is a running VM.
  if (await seenRunning(place)) return;
  throw new Problem(told.code, told.facts);
}

/** Asks the guest to shut down and waits. False when it still runs after that time. */
export async function stopVm(
  place: Place,
  seconds: number,
  { byHost = false } = {},
): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  try {
    await askGuest(place, { command: 'shutdown', byHost });
  } catch (error) {
    // Deaf or gone: whether it runs is looked at below.
    if (!(error instanceof LinkLost)) throw error;
  }
  while (await isRunning(place)) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MILLISECONDS);
  }
  return true;
}

/** True when it runs, false when it is off; one that starts or stops just now is waited for. */
async function seenRunning(place: Place): Promise<boolean> {
  const deadline = Date.now() + START_SECONDS_MAX * 1000;
  while (Date.now() < deadline) {
    const status = await guestStatus(place);
    if (status === undefined) return false;
    if (status === 'silent' || status.state === 'Running') return true;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Problem('start-failed', { host: place.host, vm: place.vmId });
}

async function refuseAbsentDisks(place: Place): Promise<void> {
  const missing = await missingLeaf(place);
  if (missing === undefined) return;
  const { name } = await requireVm(place);
  const facts = { host: place.host, file: missing };
  if (await exists(missing + FENCED)) throw new Problem('vm-fenced', { ...facts, vm: name });
  throw new Problem('disk-missing', facts);
}

async function refuseShortMemory(place: Place): Promise<void> {
  const { name, memoryStartupBytes } = await requireVm(place);
  const { memoryBytesTotal } = await readHost(place.dir, place.host);
  const bytesFree = memoryBytesTotal - (await runningMemoryBytes(place.dir, place.host));
  if (memoryStartupBytes <= bytesFree) return;
  throw new Problem('memory-short', { host: place.host, vm: name, memoryStartupBytes, bytesFree });
}

/** `undefined` once it runs; else why it does not, and then its process is gone. */
function spawnGuest({ dir, host, vmId }: Place): Promise<ProblemRecord | undefined> {
  const log = openSync(guestLog({ dir, host, vmId }), 'a');
  const child = fork(GUEST_MAIN, ['--lab', dir, '--host', host, '--vm', vmId], {
    detached: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Half of a boot is compiling, and a boot is part of every measured pause.
    env: { NODE_COMPILE_CACHE: compileCache(dir), ...process.env },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return new Promise((resolve) => {
    let told: ProblemRecord = { code: 'start-failed', facts: { host, vm: vmId } };
    const timer = setTimeout(() => child.kill('SIGKILL'), START_SECONDS_MAX * 1000);
    child.on('message', (message: { started?: true; problem?: ProblemRecord }) => {
      if (message.problem) told = message.problem;
      if (!message.started) return;
      clearTimeout(timer);
      child.unref();
      resolve(undefined);
    });
    child.once('error', () => resolve(told));
    child.once('exit', () => {
      clearTimeout(timer);
      resolve(told);
    });
  });
}
