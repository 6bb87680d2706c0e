/** Where a Windows network component is not bound to the cards that a migration uses. */

import type { HostFacts } from '../domain/host.ts';
import { type Refusals, refusals, type Subject } from './check.ts';
import { cardsIn } from './live-hosts.ts';
import { sharedNetwork } from './network.ts';

/** Looks at the host's cards in the network that both share, and names those where it is off. */
export function unboundCards(
  { source, target }: Subject,
  host: HostFacts,
  component: 'msClient' | 'msServer',
): Refusals {
  const adapters = host.hyperv?.adapters;
  if (!adapters || 'lacks' in adapters) return { no: [], unread: undefined };
  if ('unread' in adapters) {
    return { no: [], unread: `the network cards of ${host.name} (${adapters.unread})` };
  }
  const subnet = sharedNetwork(source, target)?.subnet;
  const cards = subnet === undefined ? [] : cardsIn(adapters.value, subnet);
  if (cards.length === 0) {
    return { no: [], unread: `which card of ${host.name} the migration would use` };
  }
  return refusals(
    cards.map((card) => {
      const what = `the bindings of ${card.name} on ${host.name}`;
      return { name: card.name, what, read: card[component] };
    }),
  );
}
