/** A fake host: the real port's rules, and nothing that protects anyone beyond them. */

import type { HostFacts } from '../../src/domain/host.ts';
import type { Token } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { VmFacts } from '../../src/domain/vm.ts';
import type { MigrationHost } from '../../src/migration/ports.ts';
import {
  closeRounds,
  contentOf,
  frozenRound,
  isForeign,
  leafOf,
  newLayer,
  opened,
  openRound,
  stopTracking,
} from './disk-chain.ts';
import { noteEffect } from './invariants.ts';
import { livePort } from './live-host.ts';
import { noteStart } from './live-invariants.ts';
import { newVm, VM_ID } from './machines.ts';
import { runningMove } from './windows.ts';
import {
  type Actor,
  call,
  type FakeHost,
  type FakeVm,
  meet,
  note,
  otherHost,
  pass,
  type World,
} from './world.ts';

const SHUTDOWN_SECONDS = 3;
const HEARTBEAT_SECONDS = 2;

/** The guest boots: by the worker, by a person, or by the host's own start. */
export function power(world: World, host: FakeHost, vm: FakeVm): void {
  if (vm.fenced) throw new Problem('vm-fenced', { host: host.name });
  if (vm.running) return;
  note(world, `${host.name} the guest runs`);
  vm.running = true;
  vm.turnedOffAt = undefined;
  vm.ranHere = true;
  vm.bootedAt = world.clock.now();
  opened(vm.chain);
}

export function factsOfVm(world: World, vm: FakeVm): VmFacts {
  const ours = vm.chain.some((layer) => typeof layer.frozenBy === 'object');
  const foreign = vm.chain.some(isForeign);
  const heartbeat = world.clock.now() - vm.bootedAt >= HEARTBEAT_SECONDS * 1000;
  return {
    id: VM_ID,
    name: 'dc02',
    state: vm.stopping ? 'Stopping' : vm.running ? 'Running' : 'Off',
    generation: 2,
    processors: vm.processors,
    memoryStartupBytes: 2 ** 30,
    memoryAssignedBytes: 2 ** 30,
    disks: [],
    adapters: [],
    checkpoints: [
      ...(ours ? [{ id: 'ours', name: 'ferry', ours: true }] : []),
      ...(foreign ? [{ id: 'backup', name: 'backup', ours: false }] : []),
    ],
    startAction: vm.startAction,
    notes: '',
    merging: false,
    ...(vm.running ? { guest: { heartbeat, addresses: [] } } : {}),
  };
}

export function factsOf(world: World, host: FakeHost): HostFacts {
  return {
    name: host.name,
    volumes: [],
    vmVolume: 'D:',
    switches: [],
    networks: [],
    memoryBytesTotal: 2 ** 34,
    memoryBytesFree: 2 ** 33,
    memoryBytesReserved: 0,
    processors: 8,
    slotsMax: 2,
    slotsUsed: host.reserved.size,
    methods: ['stream', 'live'],
    vms: host.vm ? [factsOfVm(world, host.vm)] : [],
  };
}

/** The hypervisor has a job on the VM, which nobody interferes with. */
const isBusy = (world: World, host: FakeHost, what: string): boolean =>
  host.vm?.stopping === true ||
  // Who asks for a move, or watches one, looks for himself.
  (host.vm !== undefined && runningMove(world) !== undefined && !OF_MOVES.includes(what));
const OF_MOVES = ['move', 'attach'];

/** The mutex, the wait for the hypervisor's own jobs, and the comparison of the epoch. */
function effectsOf(world: World, host: FakeHost, actor: Actor) {
  return async function effect<T>(what: string, token: Token, act: () => T): Promise<T> {
    const inMutex = (): T => {
      const highest = host.epochs.get(token.operation) ?? 0;
      if (token.epoch < highest) throw new Problem('epoch-behind', { ...token, highest });
      host.epochs.set(token.operation, token.epoch);
      const result = act();
      note(world, `${host.name} ${what} (${token.operation}, epoch ${token.epoch})`);
      noteEffect(world, host, { what, token });
      return result;
    };
    const { boots } = host;
    const late = (): void => {
      // A script that was killed with its host does nothing any more.
      if (host.boots !== boots) return;
      if (isBusy(world, host, what)) {
        world.clock.after(500, late);
        return;
      }
      try {
        inMutex();
        note(world, `${host.name} ${what} came late`);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        note(world, `${host.name} ${what} came late and was refused: ${error.code}`);
      }
    };
    return await call(world, { actor, what: `host.${what}`, late }, async () => {
      while (isBusy(world, host, what)) await pass(world, actor, 500);
      return inMutex();
    });
  };
}

export function hostPort(world: World, host: FakeHost, actor: Actor): MigrationHost {
  const effect = effectsOf(world, host, actor);
  const ask = <T>(what: string, act: () => T): Promise<T> =>
    call(world, { actor, what: `host.${what}` }, act);
  const vmHere = (): FakeVm => {
    if (!host.vm) throw new Problem('vm-gone', { vm: 'dc02', host: host.name });
    return host.vm;
  };
  const change = (what: string, token: Token, act: (vm: FakeVm) => void): Promise<void> =>
    effect(what, token, () => act(vmHere()));
  return {
    facts: () => ask('facts', () => factsOf(world, host)),
    volumes: async () => [],
    vm: () => ask('vm', () => (host.vm ? factsOfVm(world, host.vm) : undefined)),
    isFenced: () => ask('isFenced', () => host.vm?.fenced ?? false),
    exportDefinition: () => ask('export', () => ({ vmId: VM_ID, bytes: new Uint8Array() })),
    openRound: (_, round, token) =>
      effect(`openRound ${round}`, token, () => openRound(vmHere().chain, round)),
    closeRounds: (_, upTo, token) =>
      effect(`closeRounds ${upTo}`, token, () => closeRounds(vmHere().chain, upTo)),
    stopTracking: (_, token) => change('stopTracking', token, ({ chain }) => stopTracking(chain)),
    setStartAction: (_, action, token) =>
      change(`setStartAction ${action}`, token, (vm) => {
        vm.startAction = action;
      }),
    async stop(_, timeoutSeconds, token) {
      const begun = await effect('stop', token, () => beginStop(world, host, vmHere()));
      if (begun === 'was off') return begun;
      if (begun === 'will not stop') await pass(world, actor, timeoutSeconds * 1000);
      while (host.vm?.stopping) await pass(world, actor, 500);
      return begun;
    },
    start: (_, token) =>
      effect('start', token, () => {
        noteStart(world, host, token);
        return start(world, host, vmHere());
      }),
    fence: (_, token) =>
      change('fence', token, (vm) => {
        if (vm.running) throw new Problem('vm-running', { host: host.name });
        setFence(vm, true);
      }),
    unfence: (_, token) => change('unfence', token, (vm) => setFence(vm, false)),
    lastRound: (_, round) =>
      ask('lastRound', () => {
        const vm = vmHere();
        if (vm.running) throw new Problem('vm-running', { host: host.name });
        return frozenRound(vm.chain, vm.chain.length - 1, round);
      }),
    register: (_, { disks }, token) =>
      effect('register', token, () => register(world, host, disks)),
    unregister: (_, token) => effect('unregister', token, () => unregister(host)),
    live: livePort({ world, host, actor, effect }),
  };
}

function beginStop(
  world: World,
  host: FakeHost,
  vm: FakeVm,
): 'stopped' | 'was off' | 'will not stop' {
  if (!vm.running) return 'was off';
  if (host.stubborn) {
    meet(world, 'guest will not stop');
    return 'will not stop';
  }
  const { boots } = host;
  vm.stopping = true;
  // The guest goes on shutting down, whatever becomes of the worker.
  world.clock.after(SHUTDOWN_SECONDS * 1000, () => {
    if (host.boots !== boots) return;
    vm.stopping = false;
    vm.running = false;
    note(world, `${host.name} the guest is off`);
  });
  return 'stopped';
}

function start(world: World, host: FakeHost, vm: FakeVm): 'ran' | object {
  if (vm.running) return 'ran';
  if (vm.fenced) throw new Problem('vm-fenced', { host: host.name });
  if (host.failStarts === 0) {
    power(world, host, vm);
    return 'ran';
  }
  host.failStarts -= 1;
  meet(world, 'start fails');
  // Only of disks that nobody has written to since they came can it be proven.
  if (vm.registered && vm.ranHere) throw new Problem('start-failed', { host: host.name });
  return {};
}

function setFence(vm: FakeVm, fenced: boolean): void {
  vm.fenced = fenced;
  const leaf = leafOf(vm.chain);
  leaf.path = `${leaf.path.replace('fenced-', '')}`;
  if (fenced) leaf.path = `fenced-${leaf.path}`;
}

function register(world: World, host: FakeHost, disks: readonly { path: string }[]): void {
  if (host.vm) return;
  const copy = host.copies.get(disks[0]?.path ?? '');
  if (!copy) throw new Problem('copy-gone', { host: host.name });
  const { turnedOffAt } = world.hosts[otherHost(host.name)].vm ?? {};
  host.vm = newVm({ fenced: true, registered: true, turnedOffAt, chain: [newLayer(copy.bits)] });
}

function unregister(host: FakeHost): void {
  const { vm } = host;
  if (vm?.running) throw new Problem('vm-running', { host: host.name });
  if (vm) host.leftOver = contentOf(vm.chain);
  host.vm = undefined;
}
