/** Where a Windows network component is not bound to the cards that a migration uses. */

import type { HostFacts } from '../domain/host.ts';
import type { NetAdapterFacts } from '../domain/hyperv.ts';
import type { Subject } from './check.ts';
import { cardsIn } from './live-hosts.ts';
import { sharedNetwork } from './network.ts';

export interface BindingOff {
  /** Names of the cards on which it is off. */
  readonly off: readonly string[];
  /** For `say.unknown`. */
  readonly unread: string | undefined;
}

/** Looks at the host's cards in the network that both share. */
export function bindingOff(
  { source, target }: Subject,
  host: HostFacts,
  component: 'msClient' | 'msServer',
): BindingOff {
  const adapters = host.hyperv?.adapters;
  if (!adapters || 'lacks' in adapters) return { off: [], unread: undefined };
  if ('unread' in adapters) {
    return { off: [], unread: `the network cards of ${host.name} (${adapters.unread})` };
  }
  const subnet = sharedNetwork(source, target)?.subnet;
  const cards = subnet === undefined ? [] : cardsIn(adapters.value, subnet);
  if (cards.length === 0) {
    return { off: [], unread: `which card of ${host.name} the migration would use` };
  }
  const off = cards.filter((card) => isOff(card, component)).map(({ name }) => name);
  return { off, unread: unreadOf(cards, component, host) };
}

function isOff(card: NetAdapterFacts, component: 'msClient' | 'msServer'): boolean {
  const binding = card[component];
  return 'value' in binding && !binding.value;
}

function unreadOf(
  cards: readonly NetAdapterFacts[],
  component: 'msClient' | 'msServer',
  host: HostFacts,
): string | undefined {
  const texts = cards.flatMap((card) => {
    const binding = card[component];
    return 'unread' in binding
      ? [`the bindings of ${card.name} on ${host.name} (${binding.unread})`]
      : [];
  });
  return texts[0];
}
