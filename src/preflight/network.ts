/** Which migration network two hosts share. */

import type { HostFacts, MigrationNetworkFacts } from '../domain/host.ts';

export interface SharedNetwork {
  readonly subnet: string;
  /** Of the slower end; not readable when an end does not say. */
  readonly bitsPerSecond: number;
  /** On both ends. */
  readonly dedicated: boolean;
}

/** The best network that is up at both ends: a dedicated one first, then the fastest. */
export function sharedNetwork(source: HostFacts, target: HostFacts): SharedNetwork | undefined {
  const pairs = source.networks.flatMap((here) =>
    target.networks
      .filter((there) => here.up && there.up && here.subnet === there.subnet)
      .map((there) => shared(here, there)),
  );
  return pairs.toSorted(
    (a, b) =>
      Number(b.dedicated) - Number(a.dedicated) ||
      (b.bitsPerSecond || 0) - (a.bitsPerSecond || 0) ||
      (a.subnet < b.subnet ? -1 : 1),
  )[0];
}

function shared(here: MigrationNetworkFacts, there: MigrationNetworkFacts): SharedNetwork {
  return {
    subnet: here.subnet,
    bitsPerSecond: Math.min(here.bitsPerSecond, there.bitsPerSecond),
    dedicated: here.dedicated && there.dedicated,
  };
}

/** For example `10.0.9.0/24 (down)`. */
export const networkNames = (host: HostFacts): string[] =>
  host.networks.map((network) => `${network.subnet} (${network.up ? 'up' : 'down'})`);
