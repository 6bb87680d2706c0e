/** What a person can break from the page while the lab runs. `src/lab/faults.ts` has what tests break. */

import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../domain/problem.ts';
import {
  bootHost,
  crashHost,
  endForeignCheckpoint,
  foreignCheckpoint,
  personStarts,
} from '../../hosts/lab/power.ts';
import { type LabFaults, readHost, setHostFaults } from '../../hosts/lab/state.ts';
import { keepStore, killAndStart, setStoreBack, storeOf } from '../deeds.ts';
import { HOSTS, type HostName, type Lab } from '../machine.ts';
import type { Running } from '../processes.ts';
import { slackFaults, slackSwitchedOn } from './slack-faults.ts';
import type { FaultOnPage } from './wire.ts';

const OUTAGE_SECONDS = 3;

export interface FaultTarget {
  /** For faults of a host or of a VM on it. */
  readonly host?: HostName | undefined;
  /** A VM's name. */
  readonly vm?: string | undefined;
  /** For switches: what it shall be. */
  readonly on: boolean;
}

export interface PageFault extends FaultOnPage {
  act(lab: Lab, target: FaultTarget): Promise<void>;
}

export interface FaultDesk {
  readonly faults: readonly FaultOnPage[];
  /** Hosts whose power is off by a deed of this page. */
  readonly powerless: ReadonlySet<string>;
  /** Keys of the switches that are on: `id`, `id:host` or `id:host:vm`. */
  switchedOn(): Promise<string[]>;
  /** @throws {Problem} lab-fault-unknown, lab-page-busy, or what the deed itself is refused with */
  do(id: string, target: FaultTarget): Promise<void>;
}

export function faultDesk(lab: Lab): FaultDesk {
  const powerless = new Set<string>();
  /** Names of the checkpoints that a backup holds, by `host:vm`. */
  const backups = new Map<string, string>();
  /** Two at once would kill what the other one starts. */
  let acting: string | undefined;
  const faults = [...labFaults(lab), ...hostFaults(powerless), ...vmFaults(backups)];
  const all: readonly PageFault[] = [...faults, ...slackFaults];
  return {
    faults: all.map(({ act: _, ...shown }) => shown),
    powerless,
    switchedOn: async () => [
      ...(HOSTS.some((host) => !lab.relays[host].isPlugged) ? ['unplugged'] : []),
      ...[...powerless].map((host) => `no-power:${host}`),
      ...[...backups.keys()].map((key) => `backup:${key}`),
      ...(await playedFaults(lab)),
      ...(await slackSwitchedOn(lab)),
    ],
    async do(id, target) {
      const fault = all.find((one) => one.id === id);
      const known = all.map((one) => one.id);
      if (!fault) throw new Problem('lab-fault-unknown', { fault: id, known });
      if (acting) throw new Problem('lab-page-busy', { fault: acting });
      acting = fault.label;
      try {
        await fault.act(lab, target);
      } finally {
        acting = undefined;
      }
    },
  };
}

const press = { isSwitch: false } as const;
const toggle = { isSwitch: true } as const;

function labFaults(lab: Lab): PageFault[] {
  const bot: PageFault = {
    ...press,
    id: 'kill-bot',
    place: 'lab',
    label: 'Kill the bot',
    what: 'As a crash would; it is started again at once, as a service is.',
    act: () => killAndStart(lab.bot),
  };
  const unplugged: PageFault = {
    ...toggle,
    id: 'unplugged',
    place: 'lab',
    label: 'Unplug the migration network',
    what: 'Cuts every connection between the hosts until it is plugged in again.',
    async act(_lab, { on }) {
      for (const relay of Object.values(lab.relays)) on ? relay.unplug() : relay.plug();
    },
  };
  return lab.store ? [bot, unplugged, ...storeFaults] : [bot, unplugged];
}

const storeFaults: readonly PageFault[] = [
  {
    ...press,
    id: 'kill-store',
    place: 'lab',
    label: 'Kill the store',
    what: `It is away for ${OUTAGE_SECONDS} seconds; nothing acknowledged is lost.`,
    act: (lab) => away(storeOf(lab)),
  },
  {
    ...press,
    id: 'keep-store',
    place: 'lab',
    label: 'Back the store up',
    what: 'Stops it for a moment and keeps its files as they are now.',
    act: keepStore,
  },
  {
    ...press,
    id: 'set-store-back',
    place: 'lab',
    label: 'Set the store back',
    what: 'Puts the kept files back: every worker that saw more stops and says so.',
    act: setStoreBack,
  },
];

async function away(program: Running): Promise<void> {
  await program.kill();
  await pause(OUTAGE_SECONDS * 1000);
  await program.start();
}

function hostFaults(powerless: Set<string>): PageFault[] {
  return [
    {
      ...press,
      id: 'kill-worker',
      place: 'host',
      label: 'Kill the worker',
      what: 'As a crash would; the VMs run on, and the worker is started again at once.',
      act: (lab, target) => killAndStart(lab.workers[hostOf(target)]),
    },
    {
      ...toggle,
      id: 'no-power',
      place: 'host',
      label: 'Cut the power',
      what: 'Worker and VMs are gone at once. With power again, the host does what each start action says.',
      async act(lab, target) {
        const host = hostOf(target);
        if (target.on) {
          powerless.add(host);
          await lab.workers[host].kill();
          await crashHost(lab.directory, host);
          return;
        }
        powerless.delete(host);
        await bootHost(lab.directory, host);
        await lab.workers[host].start();
      },
    },
    played('startFails', 'No VM can start', 'The hypervisor of this host refuses every start.'),
    played('guestWillNotStop', 'Guests ignore the shutdown', 'VMs here answer and run on.'),
  ];
}

/** A fault that the host itself plays. */
const played = (id: keyof LabFaults, label: string, what: string): PageFault => ({
  ...toggle,
  id,
  place: 'host',
  label,
  what,
  async act(lab, target) {
    const host = hostOf(target);
    const { faults } = await readHost(lab.directory, host);
    await setHostFaults(lab.directory, host, { ...faults, [id]: target.on });
  },
});

async function playedFaults({ directory }: Lab): Promise<string[]> {
  const all = await Promise.all(
    HOSTS.map(async (host) => {
      const { faults = {} } = await readHost(directory, host);
      return Object.entries(faults).flatMap(([id, on]) => (on ? [`${id}:${host}`] : []));
    }),
  );
  return all.flat();
}

function vmFaults(backups: Map<string, string>): PageFault[] {
  return [
    {
      ...press,
      id: 'start-vm',
      place: 'vm',
      label: 'Start it by hand',
      what: 'As a person does at the host, without asking Ferry. A fence refuses it.',
      act: (lab, target) => personStarts(lab.directory, hostOf(target), vmOf(target)),
    },
    {
      ...toggle,
      id: 'backup',
      place: 'vm',
      label: 'Backup under way',
      what: "A backup program holds a checkpoint of this VM that is not Ferry's.",
      async act(lab, target) {
        const [host, vm] = [hostOf(target), vmOf(target)];
        const key = `${host}:${vm}`;
        const name = backups.get(key);
        if (target.on && !name) {
          backups.set(key, await foreignCheckpoint(lab.directory, host, vm));
        } else if (!target.on && name) {
          await endForeignCheckpoint(lab.directory, { host, vm, name });
          backups.delete(key);
        }
      },
    },
  ];
}

function hostOf({ host }: FaultTarget): HostName {
  if (host) return host;
  throw new Problem('lab-page-request', { reason: 'the host is missing' });
}

function vmOf({ vm }: FaultTarget): string {
  if (vm) return vm;
  throw new Problem('lab-page-request', { reason: 'the VM is missing' });
}
