/** What must hold after every event, whatever happened. */

import type { Token } from '../../src/domain/journal.ts';
import { epochOf, migrationOf, openedOf } from '../../src/domain/journal.ts';
import { isDeletion, isMove, staysOff } from '../../src/domain/plan.ts';
import { stepState } from '../../src/migration/how-far.ts';
import { nextAction } from '../../src/migration/next-action.ts';
import { stateOf } from '../../src/migration/state.ts';
import { stepsOf } from '../../src/migration/steps.ts';
import { contentOf, roundOf } from './disk-chain.ts';
import { keptOf } from './journals.ts';
import { whatIsMissing } from './live-invariants.ts';
import { RHYTHM } from './rhythm.ts';
import type { HostName } from './schedule.ts';
import { storeTime } from './store.ts';
import { type FakeHost, HOSTS, violated, type World } from './world.ts';

/** Plan's bound of 60 s, and time to see it and to go back; counted anew from each alert. */
const OFF_SECONDS_MAX = 150;

/** The guests write one record each, then everything is looked at. True when something is wrong. */
export function checkWorld(world: World): boolean {
  writeRecords(world);
  const running = HOSTS.filter((name) => world.hosts[name].vm?.running);
  if (running.length > 1) violated(world, 'the VM runs on both hosts');
  if (world.schedule.vmIsOff && HOSTS.every((name) => world.hosts[name].vm?.fenced === false)) {
    violated(world, 'the VM can be started on both hosts');
  }
  const all = (1n << BigInt(world.acknowledged)) - 1n;
  for (const name of running) {
    const { vm } = world.hosts[name];
    if (vm && contentOf(vm.chain) !== all) violated(world, `${name} runs without all writes`);
  }
  if (running.length === 0 && !somewhere(world, all)) {
    violated(world, 'no place holds all acknowledged writes');
  }
  for (const [operation, home] of world.settled) checkHome(world, operation, home);
  checkOff(world, running.length > 0);
  return world.violations.length > 0;
}

function writeRecords(world: World): void {
  for (const name of HOSTS) {
    const { vm } = world.hosts[name];
    const leaf = vm?.chain.at(-1);
    if (!vm?.running || !leaf) continue;
    leaf.bits |= 1n << BigInt(world.acknowledged);
    world.acknowledged += 1;
  }
}

function somewhere(world: World, all: bigint): boolean {
  return HOSTS.some((name) => {
    const { vm, copies, leftOver } = world.hosts[name];
    if (vm && contentOf(vm.chain) === all) return true;
    return leftOver === all || [...copies.values()].some((copy) => copy.bits === all);
  });
}

/** Once home is settled it stays so, until the next operation acts on the VM. */
function checkHome(world: World, operation: string, home: 'source' | 'target'): void {
  if (world.lastActed !== undefined && world.lastActed > operation) return;
  const { plan } = migrationOf(keptOf(world, 'bot', operation).seen);
  const source = world.hosts[plan.source as HostName];
  const target = world.hosts[plan.target as HostName];
  const at = home === 'source' ? source : target;
  const { vm } = at;
  const wrong = (what: string) => violated(world, `${operation} settled at ${at.name}: ${what}`);
  if (!vm) {
    wrong('no VM there');
    return;
  }
  const mayBeOff = vm.turnedOffAt !== undefined || staysOff(plan);
  if (at.up && !vm.running && !mayBeOff) wrong('the VM is off');
  if (vm.fenced) wrong('the VM is fenced');
  if (vm.startAction !== plan.startAction) wrong(`its start action is ${vm.startAction}`);
  if (vm.chain.some((layer) => roundOf(layer) !== undefined)) wrong('it is still tracked');
  if (home === 'target' && source.vm && !source.vm.fenced) wrong('the source is not fenced');
  for (const what of whatIsMissing(world, operation, { home, vm })) wrong(what);
}

/** An effect is only allowed to the operation that has the claim, and a stop only when approved. */
export function noteEffect(
  world: World,
  { name }: FakeHost,
  { what, token }: { what: string; token: Token },
): void {
  const { operation } = token;
  for (const other of world.acting) {
    if (other === operation || world.settled.has(other)) continue;
    violated(world, `${operation} acts (${what}) while ${other} has the VM`);
  }
  world.acting.add(operation);
  if (!world.settled.has(operation)) world.lastActed = operation;
  const { seen } = keptOf(world, name, operation);
  const { plan, planHash } = openedOf(seen);
  if (!isDeletion(plan) && staysOff(plan) && ['stop', 'start'].includes(what)) {
    violated(world, `${operation} is to ${what} a VM that was off`);
  }
  const { startAt = 0, cutoverAt = 0 } = isMove(plan) ? plan : {};
  const now = storeTime(world.clock.now());
  const isCancelled = stateOf(stepsOf(openedOf(seen)), seen).rollingBack;
  if (now < startAt && !isCancelled) violated(world, `${operation} acts (${what}) before its time`);
  if (now < cutoverAt && ['stop', 'move'].includes(what)) {
    violated(world, `${operation} cuts over (${what}) before its time`);
  }
  if (what !== 'stop') return;
  if (!world.approved.has(`${operation} ${planHash}`)) {
    violated(world, `${operation} stops the VM though nobody approved`);
  }
}

/** A host reboot in the cutover must not start the VM by itself, on neither side. */
export function noteBoot(world: World, { name }: FakeHost): void {
  for (const [operation, { seen }] of world.kept[name]) {
    if (seen.length === 0 || world.settled.has(operation)) continue;
    const opened = openedOf(seen);
    // A live move never stops the VM: its host may start it as before.
    if (opened.list !== 'stream@1') continue;
    const state = stateOf(stepsOf(opened), seen);
    const isSource = opened.plan.source === name;
    const undoing = state.rollingBack || state.rewinding;
    const forbidden = isSource
      ? stepState(state, 'forbidSourceStart').run === 'done' && !undoing
      : stepState(state, 'confirmTarget').run === 'none';
    if (forbidden) violated(world, `the boot of ${name} started the VM in the cutover`);
  }
}

/** Its plan says that it stays off: who starts it meanwhile may lose it to a reboot. */
function isOfOffVm({ kept }: World): boolean {
  const newest = [...kept.bot.values()].findLast(({ seen }) => seen.length > 0);
  const plan = newest && openedOf(newest.seen).plan;
  return plan !== undefined && !isDeletion(plan) && staysOff(plan);
}

/** Off for longer than planned needs something that an operator can see. */
function checkOff(world: World, runs: boolean): void {
  const now = world.clock.now();
  const isTurnedOff = HOSTS.some((name) => world.hosts[name].vm?.turnedOffAt !== undefined);
  if (runs || isTurnedOff || isOfOffVm(world)) world.offSince = undefined;
  else world.offSince ??= now;
  const off = (now - (world.offSince ?? now)) / 1000;
  if (off < OFF_SECONDS_MAX / 4) return;
  if (hasAlert(world)) world.offSince = now;
  else if (off > OFF_SECONDS_MAX) violated(world, 'off for longer than planned, and no alert');
}

export function hasAlert(world: World): boolean {
  const down = HOSTS.some((name) => !world.hosts[name].up || !world.actors.get(name)?.alive);
  if (down || world.store.away || !world.linkUp || world.halted.size > 0) return true;
  return world.store.operations().some((operation) => {
    const entries = world.store.read(operation);
    const steps = stepsOf(openedOf(entries));
    const state = stateOf(steps, entries);
    if ([...state.steps.values()].some(({ failures }) => failures > 0)) return true;
    const next = nextAction(steps, entries, storeTime(world.clock.now()), RHYTHM);
    return next.kind === 'needs a person' || epochOf(entries) === 0;
  });
}
