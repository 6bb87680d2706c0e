/** What each of two hosts must be asked about the other, and where the answer goes. */

import type { HostFacts } from '../domain/host.ts';
import type { ReachFacts, Towards } from '../domain/hyperv.ts';
import { sharedNetwork } from './network.ts';

/** How `from` must look for `to`; nothing where one of them has no Windows to look with. */
export function towardsOf(from: HostFacts, to: HostFacts): Towards | undefined {
  if (!from.hyperv || !to.hyperv) return undefined;
  const { computerName, fullName } = to.hyperv;
  const subnet = sharedNetwork(from, to)?.subnet;
  const address = to.networks.find((network) => network.subnet === subnet)?.address;
  return { host: to.name, shortName: computerName, fullName, address: address ?? fullName };
}

export const withReach = (host: HostFacts, reach: ReachFacts | undefined): HostFacts =>
  host.hyperv && reach ? { ...host, hyperv: { ...host.hyperv, reach } } : host;

/** Of a way that nobody asked for: there is nothing to judge. */
export function unasked(host: string): ReachFacts {
  const lacks = { lacks: true } as const;
  const ports = { migrationPort: lacks, smbPort: lacks, managementPort: lacks };
  return { host, ...ports, adminShare: lacks, shortName: lacks, fullName: lacks };
}
