/** What a guest shows from inside: what it showed at the source, it is to show at the target. */

import type { Entry } from '../domain/journal.ts';
import type { Facts } from '../domain/problem.ts';
import type { VmFacts } from '../domain/vm.ts';

/** Those that a guest gives itself where nobody gives it one say nothing of the network. */
const OWN_ADDRESS = /^(?:fe80:|169\.254\.)/i;

/** From the heartbeat on. Another network may give it other addresses: that is told, and no failure. */
export const ADDRESS_SECONDS_MAX = 30;

export interface Shown {
  readonly heartbeat: boolean;
  readonly addresses: readonly string[];
}

export const shownBy = ({ guest }: Pick<VmFacts, 'guest'>): Shown => ({
  heartbeat: guest?.heartbeat === true,
  addresses: (guest?.addresses ?? []).filter((address) => !OWN_ADDRESS.test(address)),
});

/** As the recheck writes it, for the other host to read. */
export const shownFacts = ({ heartbeat, addresses }: Shown): Facts => ({
  heartbeat,
  ...(addresses.length > 0 ? { addresses } : {}),
});

/** Before the cutover. A journal that does not say it is of a guest with a heartbeat. */
export function shownBefore(entries: readonly Entry[]): Shown {
  const body = entries.findLast(
    (entry) => entry.body.kind === 'done' && entry.body.step === 'recheck',
  )?.body;
  const { heartbeat = true, addresses = [] } = body?.kind === 'done' ? body.facts : {};
  return { heartbeat: heartbeat === true, addresses: Array.isArray(addresses) ? addresses : [] };
}

/** Addresses that it had, and does not show. */
export function notShown(before: Shown, now: Pick<VmFacts, 'guest'>): string[] {
  const { addresses } = shownBy(now);
  return before.addresses.filter((address) => !addresses.includes(address));
}
