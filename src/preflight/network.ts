/** Which migration network two hosts share. */

import type { HostFacts, MigrationNetworkFacts } from '../domain/host.ts';

export interface SharedNetwork {
  readonly subnet: string;
  /** Of the slower end; not readable when an end does not say. */
  readonly bitsPerSecond: number;
  /** On both ends. */
  readonly dedicated: boolean;
  readonly sourceAddress: string;
  readonly targetAddress: string;
}

/** The best network that is up at both ends: a dedicated one first, then the fastest. */
export const sharedNetwork = (source: HostFacts, target: HostFacts): SharedNetwork | undefined =>
  sharedNetworks(source, target)[0];

/** All of them, the best first. */
export function sharedNetworks(source: HostFacts, target: HostFacts): SharedNetwork[] {
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
  );
}

function shared(here: MigrationNetworkFacts, there: MigrationNetworkFacts): SharedNetwork {
  return {
    subnet: here.subnet,
    bitsPerSecond: Math.min(here.bitsPerSecond, there.bitsPerSecond),
    dedicated: here.dedicated && there.dedicated,
    sourceAddress: here.address,
    targetAddress: there.address,
  };
}

/** What of a host's networks could not be read, with Windows' words: it may have more than it shows. */
export function unreadNetworks({ name, hyperv }: HostFacts): string[] {
  if (!hyperv) return [];
  const asked = [
    [`the network cards of ${name}`, hyperv.adapters],
    [`the migration settings of ${name}`, hyperv.migration],
  ] as const;
  const parts = asked.flatMap(([what, read]) =>
    'unread' in read ? [`${what} (${read.unread})`] : [],
  );
  const cards = hyperv.adaptersUnread ?? [];
  return [...parts, ...cards.map((card) => `the network card ${card} of ${name}`)];
}

/**
 * Where the ends share no network that could be read, and one of them may have more: the best of what
 * was read. Its subnet is empty where nothing was. Absent where everything is known: there is none.
 */
export function likelyNetwork(
  source: HostFacts,
  target: HostFacts,
): Pick<SharedNetwork, 'subnet' | 'bitsPerSecond'> | undefined {
  const unread = [source, target].filter((host) => unreadNetworks(host).length > 0);
  if (unread.length === 0) return undefined;
  // A network counts where the other end may have it too.
  const known = [source, target].flatMap((host, at) =>
    unread.includes(at === 0 ? target : source) ? host.networks.filter(({ up }) => up) : [],
  );
  const [best] = known.toSorted((a, b) => Number(b.dedicated) - Number(a.dedicated));
  return best ?? { subnet: '', bitsPerSecond: Number.NaN };
}

/** For example `10.0.9.0/24 (down)`. */
export const networkNames = (host: HostFacts): string[] =>
  host.networks.map((network) => `${network.subnet} (${network.up ? 'up' : 'down'})`);
