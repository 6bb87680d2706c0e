/** The networks that a host lets migrations go over, of its settings and its cards. */

import { BlockList, isIP } from 'node:net';
import type { MigrationNetworkFacts } from '../../../domain/host.ts';
import type { MigrationSettings, NetAdapterFacts } from '../../../domain/hyperv.ts';

/** Each card has its own of these, and all of them are the same subnet. */
const LINK_LOCAL = 'fe80::/10';

/**
 * Each subnet that a card has an address in, once, of both versions. One with a switch or with the way
 * out is not dedicated. Subnets are the cards' own: settings may name wider ones or single addresses.
 * Where they name none Hyper-V moves nothing, which has a check of its own; the stream takes any.
 */
export function networksOf(
  { useAnyNetwork, networks }: Pick<MigrationSettings, 'useAnyNetwork' | 'networks'>,
  cards: readonly NetAdapterFacts[],
): MigrationNetworkFacts[] {
  const isAllowed = (address: string): boolean =>
    useAnyNetwork ||
    networks.length === 0 ||
    networks.some(({ subnet }) => liesIn(subnet, address));
  const found = cards.flatMap((card) =>
    card.addresses.flatMap((cidr) => {
      const { address } = parsed(cidr) ?? { address: '' };
      const subnet = subnetOf(cidr);
      if (!subnet || !isAllowed(address) || liesIn(LINK_LOCAL, address)) return [];
      return [networkOf(card, { subnet, address })];
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

/** `10.0.9.0/24` of `10.0.9.1/24`, `fd00:9::/64` of `fd00:9::1/64`; nothing without a length. */
export function subnetOf(cidr: string): string | undefined {
  const found = parsed(cidr);
  if (!found || !cidr.includes('/')) return undefined;
  const { address, bits, bitsMax } = found;
  const kept = BigInt(bitsMax - bits);
  const first = (numberOf(address) >> kept) << kept;
  return `${bitsMax === 32 ? text4(first) : text6(first)}/${bits}`;
}

/** Without a length a subnet is one address alone. */
function liesIn(subnet: string, address: string): boolean {
  const [net, one] = [parsed(subnet), parsed(address)];
  if (!net || !one) return false;
  const list = new BlockList();
  list.addSubnet(net.address, net.bits, net.bitsMax === 32 ? 'ipv4' : 'ipv6');
  return list.check(one.address, one.bitsMax === 32 ? 'ipv4' : 'ipv6');
}

interface Parsed {
  readonly address: string;
  readonly bits: number;
  readonly bitsMax: 32 | 128;
}

/** Windows adds the card's number to some addresses: `fe80::1%12/64`. */
function parsed(cidr: string): Parsed | undefined {
  const [given = '', length] = cidr.split('/');
  const address = given.replace(/%.*$/, '').toLowerCase();
  const version = isIP(address);
  if (version === 0) return undefined;
  const bitsMax = version === 4 ? 32 : 128;
  const bits = length === undefined ? bitsMax : Number(length);
  const isLength = length !== '' && Number.isInteger(bits) && bits >= 0 && bits <= bitsMax;
  return isLength ? { address, bits, bitsMax } : undefined;
}

function numberOf(address: string): bigint {
  if (isIP(address) === 4) return joined(address.split('.'), 8n, '');
  // Without the dots of an address of version 4 at its end.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean));
  const zeros = Array(8 - (before?.length ?? 0) - (after?.length ?? 0)).fill('0');
  return joined([...(before ?? []), ...zeros, ...(after ?? [])], 16n, '0x');
}

const joined = (parts: readonly string[], bits: bigint, prefix: string): bigint =>
  parts.reduce((sum, part) => (sum << bits) + BigInt(`${prefix}${part}`), 0n);

const text4 = (number: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.');

/** Shortened as everywhere, so that equal subnets are equal texts. */
function text6(number: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => (number >> BigInt(112 - 16 * at)) & 0xffffn);
  const whole = groups.map((group) => group.toString(16)).join(':');
  return new URL(`http://[${whole}]`).hostname.slice(1, -1);
}
