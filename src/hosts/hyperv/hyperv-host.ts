/**
 * The driver of a real Hyper-V host. One that a neighbour's worker serves has live migration alone: what
 * the stream asks of it is a Problem `method-unavailable`.
 */

import { z } from 'zod';
import type { HostFacts, VolumeFacts } from '../../domain/host.ts';
import { type DependencyFacts, known, type ReachFacts, type Towards } from '../../domain/hyperv.ts';
import { Problem } from '../../domain/problem.ts';
import type { VmFacts } from '../../domain/vm.ts';
import type { Host } from '../host.ts';
import { vmNamed } from '../names.ts';
import { fence, stopTrackingFenced, unfence } from './cutover/fence.ts';
import { isFenced, lastRound } from './cutover/look.ts';
import { start, stop } from './cutover/power.ts';
import { exportDefinition } from './definition/export.ts';
import { turnAllMergingOn } from './definition/merging.ts';
import { register, unregister } from './definition/register.ts';
import { filesOn } from './facts/files.ts';
import { hostFactsOf, slotsOf } from './facts/host.ts';
import {
  type DirectoryAnswer,
  directoryAnswer,
  hostAnswer,
  reachAnswer,
  slotsAnswer,
  volumesAnswer,
} from './facts/host-answer.ts';
import { vmFactsOf } from './facts/vm.ts';
import { vmsAnswer } from './facts/vm-answer.ts';
import { liveOf } from './live.ts';
import type { LivePace } from './moving/pace.ts';
import { act, ask, type HyperVOptions } from './options.ts';
import { asTracked } from './rounds/inventory.ts';
import type { RoundsPace } from './rounds/pace.ts';
import { closeRounds, openRound } from './rounds/rounds.ts';

/** Hyper-V reads each VM from its own files and jobs: tens of VMs take their time. */
const FACTS_SECONDS = 120;
/** A domain controller that does not answer must not hold up everything else. */
const DIRECTORY_SECONDS = 20;
const REACH_SECONDS = 60;
const VOLUMES_SECONDS = 30;
/** The first question of all: PowerShell and Hyper-V's module are loaded for it. */
const SLOTS_SECONDS = 60;
const ACT_SECONDS = 300;

export interface HyperVHostOptions extends HyperVOptions {
  /** Addresses of the machine with Ferry's store. */
  readonly store: () => Promise<DependencyFacts['store']>;
  /** How long Active Directory is waited for. */
  readonly directorySeconds?: number;
  /** Of live moves and of rounds; tests have it quicker. */
  readonly pace?: Partial<LivePace & RoundsPace>;
}

/** Opens nothing yet: PowerShell starts with the first question. The caller closes it. */
export function openHyperVHost(options: HyperVHostOptions): Host {
  const { name, pace } = options;
  const vms = async (script: string, given: object): Promise<VmFacts[]> => {
    const call = { schema: vmsAnswer, timeoutSeconds: FACTS_SECONDS, given };
    const { vms: found } = await ask(options, script, call);
    return Promise.all(found.map((vm) => asTracked(options, vmFactsOf(vm))));
  };
  const streams = async (): Promise<never> => {
    throw new Problem('method-unavailable', { host: name, method: 'stream' });
  };
  /** Disks are read where they lie: a host that another machine's worker serves moves live alone. */
  const here =
    <Given extends unknown[], Answer>(effect: (...given: Given) => Promise<Answer>) =>
    (...given: Given): Promise<Answer> =>
      options.computerName === undefined ? effect(...given) : streams();
  return {
    name,
    facts: () => factsOf(options, () => vms('vms', {})),
    slots: () => askSlots(options),
    volumes: () => volumesOf(options),
    vm: async (vmId) => (await vms('vm', { id: vmId, name: undefined }))[0],
    findVm: async (wanted) =>
      vmNamed(await vms('vm', { id: undefined, name: wanted }), { host: name, wanted }),
    reach: (towards) => reachOf(options, towards),
    recover: () => turnAllMergingOn(options),
    async setStartAction(vmId, action, token) {
      const schema = z.object({ startAction: z.literal(action) });
      const effect = { schema, timeoutSeconds: ACT_SECONDS, vmId, token, given: { action } };
      await act(options, 'set-start-action', effect);
    },
    start: (vmId, token) => start(options, { vmId, token }),
    // What another machine's worker serves is never fenced.
    isFenced: (vmId) =>
      options.computerName === undefined ? isFenced(options, vmId) : Promise.resolve(false),
    live: liveOf(options, options.pace),
    openRound: here((vmId, round, token) => openRound(options, round, { vmId, token, pace })),
    closeRounds: here((vmId, upTo, token) => closeRounds(options, upTo, { vmId, token, pace })),
    stopTracking: here((vmId, token) => stopTrackingFenced(options, { vmId, token, pace })),
    stop: here((vmId, seconds, token) => stop(options, seconds, { vmId, token, pace })),
    fence: here((vmId, token) => fence(options, { vmId, token, pace })),
    lastRound: here((vmId, round) => lastRound(options, vmId, round)),
    unfence: here((vmId, token) => unfence(options, { vmId, token })),
    exportDefinition: here((vmId) => exportDefinition(options, vmId)),
    register: here((definition, home, token) => register(options, { definition, ...home }, token)),
    unregister: here((vmId, token) => unregister(options, vmId, token)),
  };
}

async function factsOf(
  options: HyperVHostOptions,
  askVms: () => Promise<readonly VmFacts[]>,
): Promise<HostFacts> {
  const { name, vmVolume, computerName, store } = options;
  const call = { schema: hostAnswer, timeoutSeconds: FACTS_SECONDS };
  const host = await ask(options, 'host', call);
  // A host without the role has no VMs to ask for, and preflight says what it lacks.
  const hasRole = known(host.role)?.installed !== false;
  const vms = hasRole ? await askVms() : [];
  return await hostFactsOf({
    name,
    host,
    directory: await directoryOf(options),
    vms,
    vmVolume,
    store: await store(),
    streams: computerName === undefined,
    files: (volumes) =>
      filesOn(
        volumes.map(({ path }) => path),
        computerName,
      ),
  });
}

async function askSlots(options: HyperVOptions): Promise<number> {
  const call = { schema: slotsAnswer, timeoutSeconds: SLOTS_SECONDS };
  return slotsOf(known((await ask(options, 'slots', call)).migration));
}

async function volumesOf(options: HyperVOptions): Promise<VolumeFacts[]> {
  const call = { schema: volumesAnswer, timeoutSeconds: VOLUMES_SECONDS };
  const { volumes } = await ask(options, 'volumes', call);
  return volumes.map((volume) => ({ ...volume, bytesReserved: 0 }));
}

/** Its failure is a part that could not be read, and no more. */
async function directoryOf(options: HyperVHostOptions): Promise<DirectoryAnswer> {
  const { directorySeconds: timeoutSeconds = DIRECTORY_SECONDS } = options;
  try {
    return await ask(options, 'directory', { schema: directoryAnswer, timeoutSeconds });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { message = `${error.code}, ${timeoutSeconds} s` } = error.facts;
    const unread = { unread: String(message) };
    return { trusted: unread, delegation: unread, sensitive: unread, domainControllers: unread };
  }
}

const reachOf = (options: HyperVOptions, towards: Towards): Promise<ReachFacts> =>
  ask(options, 'reach', { schema: reachAnswer, timeoutSeconds: REACH_SECONDS, given: { towards } });
