/** Whether a host carries the bot or its store: draining it would stop whoever does the draining. */

import { lookup } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';
import type { HostFacts } from '../../domain/host.ts';
import { Problem } from '../../domain/problem.ts';
import { bareAddress, isLoopback, isSameAddress } from '../../preflight/subnet.ts';

/** A name that nobody resolves must not keep people waiting for long. */
const LOOKUP_SECONDS_MAX = 3;

/** What the bot knows of where it stands itself. */
export interface Standing {
  /** Its computer's name. */
  readonly name: string;
  readonly bot: readonly string[];
  readonly store: readonly string[];
}

/** Never fails: what cannot be found out is not in the way. */
export async function standingOf(storeUrl: string): Promise<Standing> {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => !isLoopback(address));
  const addresses = await addressesOf(storeUrl);
  const isHere = addresses.length === 0 || addresses.some(isLoopback);
  return { name: hostname(), bot: own, store: isHere ? own : addresses };
}

async function addressesOf(storeUrl: string): Promise<readonly string[]> {
  const name = URL.parse(storeUrl)?.hostname ?? '';
  if (name === '') return [];
  const gone = new Promise<[]>((resolve) => {
    setTimeout(resolve, LOOKUP_SECONDS_MAX * 1000, []).unref();
  });
  const found = lookup(name.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  return (await Promise.race([found, gone])).map(({ address }) => address);
}

/** @throws {Problem} drain-carries-ferry {host, what, vm?} */
export function refuseCarrier(host: HostFacts, standing: Standing): void {
  const found = standingOn(host, standing);
  if (found) throw new Problem('drain-carries-ferry', { host: host.name, ...found });
}

/** What of Ferry runs on this host, or in a VM of it; undefined: nothing. */
export function standingOn(
  host: HostFacts,
  { name, bot, store }: Standing,
): { readonly what: 'bot' | 'store'; readonly vm?: string } | undefined {
  const adapters = host.hyperv?.adapters;
  const ofHost = [
    ...host.networks.map(({ address }) => address),
    ...(adapters && 'value' in adapters ? adapters.value.flatMap((one) => one.addresses) : []),
  ];
  if (same(name, host.name) || meet(ofHost, bot)) return { what: 'bot' };
  if (meet(ofHost, store)) return { what: 'store' };
  for (const vm of host.vms) {
    const own = vm.guest?.addresses ?? [];
    if (meet(own, bot)) return { what: 'bot', vm: vm.name };
    if (meet(own, store)) return { what: 'store', vm: vm.name };
  }
  return undefined;
}

const meet = (some: readonly string[], others: readonly string[]): boolean =>
  some
    .map(bareAddress)
    .filter((one) => !isLoopback(one))
    .some((one) => others.some((other) => isSameAddress(one, other)));

/** The computer's short name is what a host is called. */
const same = (one: string, host: string): boolean =>
  one.split('.')[0]?.toLowerCase() === host.split('.')[0]?.toLowerCase();
