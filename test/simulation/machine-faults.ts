/** Processes that die, and hosts that go down and come back. */

import { power } from './host.ts';
import { noteBoot } from './invariants.ts';
import { endProcess, startProcess, stopProcess } from './processes.ts';
import type { HostName } from './schedule.ts';
import { breakMoves } from './windows.ts';
import { note, type ProcessName, type World } from './world.ts';

const later = (world: World, seconds: number, act: () => void): void =>
  world.clock.after(seconds * 1000, act);

export function crash(world: World, name: ProcessName, seconds: number): boolean {
  if (!world.actors.get(name)?.alive) return false;
  endProcess(world, name);
  later(world, seconds, () => {
    if (name === 'bot' || world.hosts[name].up) startProcess(world, name);
  });
  return true;
}

export function stop(world: World, name: ProcessName, seconds: number): boolean {
  if (name === 'bot' || !stopProcess(world, name)) return false;
  const start = (): void => {
    if (world.actors.get(name)?.alive) later(world, 1, start);
    else if (world.hosts[name].up) startProcess(world, name);
  };
  later(world, seconds, start);
  return true;
}

/** The guests die with their host; without `seconds` it stays away until the end. */
export function reboot(world: World, name: HostName, seconds: number | undefined): boolean {
  const host = world.hosts[name];
  if (!host.up) return false;
  note(world, `${name} goes down`);
  host.up = false;
  host.boots += 1;
  endProcess(world, name);
  breakMoves(world);
  const { vm } = host;
  if (vm) {
    vm.wasRunning = vm.running;
    vm.running = false;
    vm.stopping = false;
  }
  if (seconds !== undefined) later(world, seconds, () => boot(world, name));
  return true;
}

export function boot(world: World, name: HostName): void {
  const host = world.hosts[name];
  if (host.up) return;
  host.up = true;
  note(world, `${name} is back`);
  const { vm } = host;
  const starts =
    vm?.startAction === 'Start' || (vm?.startAction === 'StartIfRunning' && vm.wasRunning);
  if (vm && starts && !vm.fenced && !vm.running) {
    power(world, host, vm);
    noteBoot(world, host);
  }
  later(world, 1, () => {
    if (host.up) startProcess(world, name);
  });
}
