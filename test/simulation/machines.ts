/** A host and a VM as they are at first. */

import { newLayer } from './disk-chain.ts';
import type { HostName } from './schedule.ts';
import type { FakeHost, FakeVm } from './world.ts';

export const VM_ID = 'dc02-id';

export function newHost(name: HostName): FakeHost {
  return {
    name,
    up: true,
    boots: 0,
    vm: undefined,
    leftOver: 0n,
    epochs: new Map(),
    copies: new Map(),
    kept: [],
    beliefs: new Map(),
    notes: new Map(),
    reserved: new Set(),
    limited: new Set(),
    carried: new Map(),
    planned: false,
    readable: true,
    failStarts: 0,
    stubborn: false,
  };
}

export function newVm(more: Partial<FakeVm>): FakeVm {
  return {
    running: false,
    stopping: false,
    wasRunning: false,
    fenced: false,
    startAction: 'Nothing',
    chain: [newLayer()],
    registered: false,
    ranHere: false,
    bootedAt: 0,
    processors: 2,
    turnedOffAt: undefined,
    medium: true,
    adapter: 'as set',
    placed: true,
    ...more,
  };
}
