/** The lab's driver: a simulated Hyper-V host in a folder, with real disks and real guest processes. */

import { resolve } from 'node:path';
import type { Token } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import type { FrozenRound } from '../../domain/round.ts';
import type { StartAction } from '../../domain/vm.ts';
import type { Host, StartResult, StopResult } from '../host.ts';
import { vmNamed } from '../names.ts';
import { linkages } from './checkpoints.ts';
import { isRunning, withJobLock } from './control.ts';
import { exportDefinition, register, unregister } from './definition.ts';
import { effect } from './epoch.ts';
import { allVms, hostFacts, hostVolumes, vmFacts } from './facts.ts';
import { fence, isFenced, releasedLeaves, unfence } from './fence.ts';
import type { Place } from './layout.ts';
import { startVm, stopVm } from './machine.ts';
import { closeRounds, frozenRound, openRound, stopTracking } from './rounds.ts';
import { changeVm, readHost, requireVm } from './state.ts';

/** @throws Problem `lab-host-missing` when the folder holds no such host. */
export async function openLabHost(dir: string, name: string): Promise<Host> {
  const lab = resolve(dir);
  await readHost(lab, name);
  const at = (vmId: string): Place => ({ dir: lab, host: name, vmId });
  const acts = <T>(vmId: string, token: Token, act: (place: Place) => Promise<T>): Promise<T> =>
    effect(at(vmId), token, () => act(at(vmId)));
  return {
    name,
    facts: () => hostFacts(lab, name),
    slots: async () => (await readHost(lab, name)).slotsMax,
    volumes: () => hostVolumes(lab, name),
    vm: (vmId) => vmFacts(at(vmId)),
    findVm: async (wanted) => vmNamed(await allVms(lab, name), { host: name, wanted }),
    openRound: (vmId, round, token) => acts(vmId, token, (place) => openRound(place, round, token)),
    closeRounds: (vmId, upTo, token) =>
      acts(vmId, token, (place) => closeRounds(place, upTo, token)),
    stopTracking: (vmId, token) => acts(vmId, token, stopTracking),
    setStartAction: (vmId, action, token) =>
      acts(vmId, token, (place) => setStartAction(place, action)),
    stop: (vmId, timeoutSeconds, token) =>
      acts(vmId, token, (place) => stop(place, timeoutSeconds)),
    start: (vmId, token) => acts(vmId, token, start),
    fence: (vmId, token) => acts(vmId, token, fence),
    lastRound: (vmId, round) => lastRound(at(vmId), round),
    unfence: (vmId, token) => acts(vmId, token, unfence),
    isFenced: async (vmId) => isFenced(await requireVm(at(vmId))),
    exportDefinition: (vmId) => exportDefinition(at(vmId)),
    register: (definition, home, token) =>
      acts(definition.vmId, token, (place) => register(place, definition.bytes, home)),
    unregister: (vmId, token) => acts(vmId, token, unregister),
  };
}

async function setStartAction(place: Place, startAction: StartAction): Promise<void> {
  await withJobLock(place, async () => {
    await changeVm(place, { startAction });
  });
}

async function stop(place: Place, timeoutSeconds: number): Promise<StopResult> {
  await requireVm(place);
  if (!(await isRunning(place))) return 'was off';
  return (await stopVm(place, timeoutSeconds)) ? 'stopped' : 'will not stop';
}

/** @throws Problem `vm-fenced`, `disk-missing`; `start-unknown` when it may have run. */
async function start(place: Place): Promise<StartResult> {
  try {
    await startVm(place);
    return 'ran';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'vm-fenced' || error.code === 'disk-missing') throw error;
    const vm = await requireVm(place);
    const now = await linkages(vm);
    const untouched = Object.entries(now).every(([disk, id]) => vm.closedLinkage[disk] === id);
    if (untouched && !(await isRunning(place))) return {};
    const facts = { host: place.host, vm: vm.name };
    throw new Problem('start-unknown', facts, { cause: error });
  }
}

/** @throws Problem `vm-not-fenced` */
async function lastRound(place: Place, round: number): Promise<FrozenRound> {
  const vm = await requireVm(place);
  if ((await isRunning(place)) || !(await isFenced(vm)))
    throw new Problem('vm-not-fenced', { host: place.host, vm: vm.name });
  return frozenRound(vm, { frozen: await releasedLeaves(vm) }, round);
}
