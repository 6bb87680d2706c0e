/** What checks of a live move ask about two Hyper-V hosts: its ways, its cards, and what one sees of the other. */

import type { HostFacts } from '../domain/host.ts';
import type { NetAdapterFacts, ReachFacts } from '../domain/hyperv.ts';
import type { Subject } from './check.ts';
import { liesIn } from './subnet.ts';
import { wayOf } from './way.ts';

/** False where a cluster moves its own role: then it decides on accounts, networks and delegation. */
export const goesByHosts = ({ vm }: Subject): boolean => wayOf(vm) !== 'cluster role';

/** What `from` sees of `to`; absent when it was not asked about this one. */
export function reachOf(from: HostFacts, to: HostFacts): ReachFacts | undefined {
  const reach = from.hyperv?.reach;
  const names = [to.name, to.hyperv?.computerName, to.hyperv?.fullName];
  return reach && names.some((name) => name !== undefined && isSameName(name, reach.host))
    ? reach
    : undefined;
}

/** Windows and Active Directory compare names without regard to case. */
export const isSameName = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();

/** The cards that are up and have an address in the subnet; one that is down says nothing true. */
export const cardsIn = (cards: readonly NetAdapterFacts[], subnet: string): NetAdapterFacts[] =>
  cards.filter(({ up, addresses }) => up && addresses.some((address) => liesIn(subnet, address)));

export const namesOf = (answers: readonly { readonly host: HostFacts }[]): string[] =>
  answers.map(({ host }) => host.name);
