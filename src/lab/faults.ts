/** What the lab can break, when, and how it must end. `docs/faults.md` is made from this table. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Seen } from '../bot/requests.ts';
import { Problem } from '../domain/problem.ts';
import { bootHost, crashHost, personStarts } from '../hosts/lab/power.ts';
import { setHostFaults } from '../hosts/lab/state.ts';
import { stepState } from '../migration/how-far.ts';
import { watchedUntil } from '../migration/late-stop.ts';
import { keepStore, killAndStart, mustBeRefused, setStoreBack, storeOf } from './deeds.ts';
import { heldAt, releaseHold, whenHeld } from './holds.ts';
import type { HostName, Lab } from './machine.ts';
import { MEANWHILE } from './meanwhile.ts';
import { OFF } from './off.ts';
import { runOn } from './run-on.ts';
import { type Ended, untilSeen, untilTold } from './session.ts';
import { CORRUPT_BLOCK } from './wire.ts';

const LINK_DOWN_SECONDS = 3;
const MIB = 2 ** 20;

/** `migrated`: on hv-b. `rolled back`: on hv-a as before. `asks`: on hv-a, a person is asked again. */
export type End = 'migrated' | 'rolled back' | 'asks' | 'records lost';

export interface Fault {
  readonly name: string;
  /** What happens, for the table. */
  readonly what: string;
  readonly end: End;
  /** How it ends, for the table. */
  readonly ends: string;
  readonly env?: (host: HostName) => Readonly<Record<string, string>>;
  /** Before the command is typed. */
  readonly before?: (lab: Lab, vm: string) => Promise<void>;
  /** When a worker holds before this step, or, without a step, while whole disks are copied. */
  readonly at?: { readonly step: string; readonly on: HostName };
  readonly act?: (lab: Lab, what: { vm: string; operation: string }) => Promise<void>;
  /** As soon as the operation is there. */
  readonly opened?: (lab: Lab) => Promise<void>;
  /** When the run is over, where it is not with the operation's end. */
  readonly isOver?: (seen: Seen, lab: Lab) => Promise<boolean>;
  /** After `isOver`, before the verdict, which is about what this returns where it returns something. */
  readonly after?: (lab: Lab, operation: string) => Promise<Ended | undefined>;
  /** hv-b has a committed copy of the VM in the end. */
  readonly keepsCopy?: true;
}

/** Slow enough that a kill falls into the copy. */
const slowly = (): Record<string, string> => ({ FERRY_LAB_LIMIT: String(24 * MIB) });

export const FAULTS: readonly Fault[] = [
  {
    name: 'target-worker-killed',
    what: "the target's worker is killed while the disks are copied",
    end: 'migrated',
    ends: 'migrates; the copy goes on where it was',
    env: slowly,
    act: (lab) => killAndStart(lab.workers['hv-b']),
  },
  {
    name: 'source-worker-killed',
    what: "the source's worker is killed while the disks are copied",
    end: 'migrated',
    ends: 'migrates; the copy goes on where it was',
    env: slowly,
    act: (lab) => killAndStart(lab.workers['hv-a']),
  },
  {
    name: 'bot-killed',
    what: 'the bot is killed while the disks are copied',
    end: 'migrated',
    ends: 'migrates; the message goes on, none is posted twice',
    env: slowly,
    act: (lab) => killAndStart(lab.bot),
  },
  {
    name: 'store-restarted',
    what: 'the store is killed and restarted while the disks are copied',
    end: 'migrated',
    ends: 'migrates; nothing acknowledged is lost',
    env: slowly,
    act: async (lab) => killAndStart(storeOf(lab)),
  },
  {
    name: 'link-down',
    what: `the network between the hosts is gone for ${LINK_DOWN_SECONDS} s during the copy`,
    end: 'migrated',
    ends: 'migrates; the copy goes on where it was',
    env: slowly,
    act: async ({ relays }) => {
      for (const relay of Object.values(relays)) relay.unplug();
      await pause(LINK_DOWN_SECONDS * 1000);
      for (const relay of Object.values(relays)) relay.plug();
    },
  },
  {
    name: 'guest-will-not-stop',
    what: 'the guest ignores the shutdown',
    end: 'rolled back',
    ends: 'rolled back; the VM runs at the source',
    env: () => ({ FERRY_STOP_SECONDS: '2' }),
    before: (lab) => setHostFaults(lab.directory, 'hv-a', { guestWillNotStop: true }),
  },
  {
    name: 'guest-stops-late',
    what: 'the guest shuts down only after everything was taken back; the worker restarts meanwhile',
    end: 'rolled back',
    ends: 'rolled back; when the VM goes off it is started at the source again, with an alert',
    env: () => ({ FERRY_STOP_SECONDS: '2' }),
    before: (lab) => setHostFaults(lab.directory, 'hv-a', { guestStopsLate: true }),
    after: async (lab, operation) => {
      await killAndStart(lab.workers['hv-a']);
      await untilTold(lab, 'an alert that it went off', /went off/);
      await untilSeen(
        lab,
        operation,
        ({ entries, next }) => watchedUntil(entries) === undefined && next.kind === 'finished',
      );
      return undefined;
    },
  },
  {
    name: 'start-fails-at-target',
    what: 'the target cannot start the VM',
    end: 'rolled back',
    ends: 'proven never to have run, so rolled back; the VM runs at the source',
    before: (lab) => setHostFaults(lab.directory, 'hv-b', { startFails: true }),
  },
  {
    name: 'person-starts-source',
    what: 'a person starts the VM at the source after its shutdown, before the fence',
    end: 'rolled back',
    ends: 'rolled back; the VM runs at the source',
    ...heldAt('fenceSource', 'hv-a'),
    act: (lab, { vm }) => personStarts(lab.directory, 'hv-a', vm),
  },
  {
    name: 'person-starts-source-late',
    what: 'a person starts the VM at the source after the fence',
    end: 'migrated',
    ends: 'the start is refused; migrates',
    ...heldAt('copyLastRound', 'hv-a'),
    act: (lab, { vm }) => mustBeRefused(() => personStarts(lab.directory, 'hv-a', vm)),
  },
  {
    name: 'person-starts-target',
    what: 'a person starts the VM at the target before its time',
    end: 'migrated',
    ends: 'the start is refused; migrates',
    ...heldAt('startTarget', 'hv-b'),
    act: (lab, { vm }) => mustBeRefused(() => personStarts(lab.directory, 'hv-b', vm)),
  },
  {
    name: 'target-host-lost',
    what: 'the target loses its power before the rounds, and returns later',
    end: 'rolled back',
    ends: 'rolled back, clean-up of hv-b pending; done when hv-b returns',
    ...heldAt('copyDirtyRounds', 'hv-a'),
    act: async (lab) => {
      await lab.workers['hv-b'].kill();
      await crashHost(lab.directory, 'hv-b');
    },
    isOver: async ({ next, state }) =>
      next.kind === 'finished' && next.cleanUp?.on === 'target' && state.settled === 'source',
    after: async (lab) => {
      await bootHost(lab.directory, 'hv-b');
      await lab.workers['hv-b'].start();
      return undefined;
    },
  },
  {
    name: 'source-host-rebooted',
    what: 'the source reboots after automatic start was turned off, before the shutdown',
    end: 'asks',
    ends: 'the VM is started at the source again, and a person is asked again',
    ...heldAt('stopSource', 'hv-a'),
    act: async (lab) => {
      await lab.workers['hv-a'].kill();
      await crashHost(lab.directory, 'hv-a');
      await bootHost(lab.directory, 'hv-a');
      await releaseHold(lab, { step: 'stopSource' });
      await lab.workers['hv-a'].start();
    },
    isOver: async ({ next }) => next.kind === 'await approval' && next.why !== undefined,
  },
  {
    name: 'store-rolled-back',
    what: 'the store is set back to an earlier state',
    end: 'migrated',
    ends: 'stops and alerts; after `migration heal-store` on the source it migrates',
    ...heldAt('copyDirtyRounds', 'hv-a'),
    opened: keepStore,
    act: async (lab, { operation }) => {
      await setStoreBack(lab);
      await releaseHold(lab, { step: 'copyDirtyRounds' });
      await untilTold(lab, 'an alert that names heal-store', /heal/);
      await runOn(lab, 'hv-a', ['migration', 'heal-store', operation]);
    },
  },
  ...MEANWHILE,
  OFF,
  CORRUPT_BLOCK,
  {
    name: 'last-round-skipped',
    what: 'negative control: the last round is left out, and both digests agree',
    end: 'records lost',
    ends: 'the checker reports lost records',
    env: (host) => (host === 'hv-a' ? { FERRY_LAB_FAULT: 'last-round-skipped' } : {}),
  },
];

/** @throws {Problem} lab-fault-unknown */
export function faultNamed(name: string): Fault {
  const fault = FAULTS.find((one) => one.name === name);
  if (fault) return fault;
  throw new Problem('lab-fault-unknown', { fault: name, known: FAULTS.map((one) => one.name) });
}

/** Does the fault's deeds, each once and at its moment. */
export function faultAt(
  fault: Fault,
  lab: Lab,
  vm: string,
): (operation: string, seen: Seen) => Promise<void> {
  const done = new Set<string>();
  const once = async (deed: string, act: () => Promise<void>): Promise<void> => {
    if (done.has(deed)) return;
    done.add(deed);
    await act();
  };
  return async (operation, seen) => {
    await once('opened', async () => fault.opened?.(lab));
    if (!fault.act || !(await isMoment(fault, lab, seen))) return;
    await once('act', async () => {
      await fault.act?.(lab, { vm, operation });
      if (fault.at) await releaseHold(lab, fault.at);
    });
  };
}

async function isMoment({ at }: Fault, lab: Lab, { state }: Seen): Promise<boolean> {
  if (at) return await whenHeld(lab, at);
  return stepState(state, 'copyWholeDisks').run === 'started';
}
