/** A driver's live moves on the fake hypervisor: it looks at both hosts, and believes no job. */

import type { Token } from '../../src/domain/journal.ts';
import type { Carried, LiveEnd, LiveHost, LiveWatch, NotCarried } from '../../src/domain/live.ts';
import { Problem } from '../../src/domain/problem.ts';
import { noteCancel, noteMove } from './live-invariants.ts';
import { askToMove, canAsk, cancelMove, runningMove, takeObjection } from './windows.ts';
import { type Actor, call, type FakeHost, otherHost, pass, type World } from './world.ts';

const POLL_SECONDS = 1;
/** In which what a move left behind may vanish, and a host may answer again. */
const SETTLE_SECONDS = 30;
/** In which a move may begin that the hypervisor was asked for and nobody has seen. */
const GRACE_SECONDS = 20;

const MEDIUM = { drive: 'IDE 1:0', path: 'D:\\setup.iso' };
const ADAPTER = { mac: '00155D000001', settings: '{}' };

export interface Driver {
  readonly world: World;
  readonly host: FakeHost;
  readonly actor: Actor;
  readonly effect: <T>(what: string, token: Token, act: () => T) => Promise<T>;
}

export function livePort({ world, host, actor, effect }: Driver): LiveHost {
  const there = world.hosts[otherHost(host.name)];
  return {
    compare: () =>
      call(world, { actor, what: 'host.compare' }, () => {
        if (!canAsk(world, there.name)) throw new Problem('target-unreachable', {});
        if (there.planned) throw new Problem('move-left-over', {});
        return takeObjection(world) ? [{ id: 33012, source: 'VM', message: 'No' }] : [];
      }),
    carryOut: (_, token) => effect('carryOut', token, () => carryOut(host, token)),
    carryIn: (_, carried, token) =>
      effect('carryIn', token, () => carryIn(host, { carried, token })),
    move: (_, token, watch) => moveToEnd({ world, host, actor, effect }, { token, watch }),
  };
}

function vmHere({ vm, name }: FakeHost) {
  if (!vm) throw new Problem('vm-unknown', { host: name });
  return vm;
}

/** What a run before this one took out is on the host's disk. */
function carryOut(host: FakeHost, { operation }: Token): Carried {
  const vm = vmHere(host);
  const carried = host.carried.get(operation) ?? {
    dvdDrives: vm.medium ? [MEDIUM] : [],
    adapters: vm.adapter === 'as set' ? [ADAPTER] : [],
  };
  host.carried.set(operation, carried);
  vm.medium = false;
  vm.adapter = 'disconnected';
  return carried;
}

/** Where something was taken out, the host's own record counts; elsewhere what it is given. */
function carryIn(
  host: FakeHost,
  { carried, token: { operation } }: { carried: Carried; token: Token },
): NotCarried {
  const vm = vmHere(host);
  const { dvdDrives, adapters } = host.carried.get(operation) ?? carried;
  if (dvdDrives.length > 0) vm.medium = true;
  if (adapters.length > 0) vm.adapter = 'as set';
  host.carried.delete(operation);
  return { media: [], adapters: [] };
}

type Standing =
  | { readonly at: 'moving' | 'target' | 'unclear' }
  | { readonly at: 'source'; readonly runs: boolean; readonly clean: boolean };

/** What both hosts say. A host that cannot be asked says nothing: not that there is nothing. */
function look(world: World, host: FakeHost): Standing {
  const there = world.hosts[otherHost(host.name)];
  if (runningMove(world)) return { at: 'moving' };
  if (!canAsk(world, there.name)) return { at: 'unclear' };
  if (!host.vm && there.vm?.placed && !there.planned) return { at: 'target' };
  if (!host.vm || there.vm) return { at: 'unclear' };
  return { at: 'source', runs: host.vm.running, clean: !there.planned };
}

/** What is known of a move while it is watched. */
interface Following {
  /** As the VM was when this began, and must be again. */
  readonly runs: boolean;
  /** Nothing that was asked for before this can begin any more. */
  readonly sureAt: number;
  /** Nor what this asked for. */
  sureOfOwnAt: number;
  /** Nothing becomes clear by itself any more. */
  settledAt: number;
  asked: boolean;
  began: boolean;
  cancelled: boolean;
  error?: Problem;
}

async function moveToEnd(
  driver: Driver,
  { token, watch }: { token: Token; watch: LiveWatch },
): Promise<LiveEnd> {
  const { world, host, actor, effect } = driver;
  // From here on no request that is still on its way to the hypervisor is let through.
  await effect('attach', token, () => undefined);
  const see = () => call(world, { actor, what: 'host.look' }, () => look(world, host));
  const soon = (seconds: number): number => world.clock.now() + seconds * 1000;
  let standing = await see();
  const following: Following = {
    runs: standing.at === 'source' ? standing.runs : true,
    sureAt: soon(GRACE_SECONDS),
    sureOfOwnAt: 0,
    settledAt: soon(SETTLE_SECONDS),
    asked: false,
    began: false,
    cancelled: false,
  };
  for (;;) {
    if (standing.at === 'target') return { end: 'moved' };
    if (standing.at === 'moving') {
      await follow(driver, following, { token, watch });
      following.settledAt = soon(SETTLE_SECONDS);
    } else if (isBack(standing, following)) {
      if (following.asked || following.began || watch.signal.aborted) {
        const { sureAt, sureOfOwnAt } = following;
        if (world.clock.now() >= Math.max(sureAt, sureOfOwnAt)) return notMoved(following, watch);
      } else {
        await ask(driver, following, token);
        following.sureOfOwnAt = soon(GRACE_SECONDS);
        following.settledAt = soon(SETTLE_SECONDS);
      }
    }
    if (world.clock.now() >= following.settledAt) return unsettled(standing, following);
    await pass(world, actor, POLL_SECONDS * 1000);
    standing = await see();
  }
}

const isBack = (standing: Standing, { runs }: Following): boolean =>
  standing.at === 'source' && standing.clean && standing.runs === runs;

/** Never taken from the job: only that there is one, or was. */
async function follow(
  { world, actor }: Driver,
  following: Following,
  { token, watch }: { token: Token; watch: LiveWatch },
): Promise<void> {
  following.began = true;
  following.sureOfOwnAt = 0;
  watch.onProgress({ percent: 1, phase: 'copying', cancellable: true });
  if (!watch.signal.aborted || following.cancelled) return;
  following.cancelled = await call(world, { actor, what: 'host.cancelMove' }, () => {
    const job = runningMove(world);
    if (!job) return false;
    noteCancel(world, token);
    return cancelMove(world, job);
  });
}

async function ask({ world, host, effect }: Driver, following: Following, token: Token) {
  following.asked = true;
  try {
    await effect('move', token, () => {
      if (runningMove(world)) return;
      noteMove(world, host, token);
      askToMove(world, host);
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'epoch-behind') throw error;
    following.error = error;
  }
}

function notMoved({ cancelled, error, began }: Following, { signal }: LiveWatch): LiveEnd {
  const isCancelled = cancelled || (signal.aborted && !began);
  const code = isCancelled ? 'move-cancelled' : (error?.code ?? 'move-without-effect');
  return { end: 'not moved', why: { code, facts: {} } };
}

/** It is at the source, and what the move left at the target is for a person; or nobody knows. */
function unsettled(standing: Standing, { runs }: Following): LiveEnd {
  if (standing.at !== 'source' || standing.runs !== runs) return { end: 'unknown', facts: {} };
  return { end: 'not moved', why: { code: 'move-left-over', facts: {} } };
}
