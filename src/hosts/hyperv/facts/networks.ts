/** The networks that a host lets migrations go over, of its settings and its cards. */

import { BlockList, isIPv4 } from 'node:net';
import type { MigrationNetworkFacts } from '../../../domain/host.ts';
import type { MigrationSettings, NetAdapterFacts } from '../../../domain/hyperv.ts';

const BITS_MAX = 32;

/**
 * Each subnet of version 4 that a card has an address in, once. One with a switch or with the way out
 * is not dedicated. Subnets are the cards' own: settings may name wider ones or single addresses.
 */
export function networksOf(
  { useAnyNetwork, networks }: Pick<MigrationSettings, 'useAnyNetwork' | 'networks'>,
  cards: readonly NetAdapterFacts[],
): MigrationNetworkFacts[] {
  const isAllowed = (address: string): boolean =>
    useAnyNetwork || networks.some(({ subnet }) => liesIn(subnet, address));
  const found = cards.flatMap((card) =>
    card.addresses.flatMap((cidr) => {
      const [address = ''] = cidr.split('/');
      const subnet = subnetOf(cidr);
      return subnet && isAllowed(address) ? [networkOf(card, { subnet, address })] : [];
    }),
  );
  return found.filter((one, at) => found.findIndex(({ subnet }) => subnet === one.subnet) === at);
}

const networkOf = (
  { name, bitsPerSecond, up, hasDefaultGateway, switch: on }: NetAdapterFacts,
  at: { readonly subnet: string; readonly address: string },
): MigrationNetworkFacts => ({
  name,
  ...at,
  bitsPerSecond,
  up,
  dedicated: !hasDefaultGateway && on === undefined,
});

/** `10.0.9.0/24` of `10.0.9.1/24`; nothing for what is no address of version 4 with a length. */
export function subnetOf(cidr: string): string | undefined {
  const [address = '', length] = cidr.split('/');
  const bits = bitsOf(length);
  if (!isIPv4(address) || length === undefined || bits === undefined) return undefined;
  const size = 2 ** (BITS_MAX - bits);
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(number / size) * size;
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${parts.join('.')}/${bits}`;
}

/** Without a length a subnet is one address alone. */
function liesIn(subnet: string, address: string): boolean {
  const [net = '', length] = subnet.split('/');
  const bits = bitsOf(length);
  if (!isIPv4(net) || bits === undefined) return false;
  const list = new BlockList();
  list.addSubnet(net, bits, 'ipv4');
  return list.check(address, 'ipv4');
}

function bitsOf(length: string | undefined): number | undefined {
  const bits = length === undefined ? BITS_MAX : Number(length);
  return Number.isInteger(bits) && bits >= 0 && bits <= BITS_MAX ? bits : undefined;
}
