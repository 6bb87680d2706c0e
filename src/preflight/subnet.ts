/** Addresses and subnets as Windows writes them: `10.0.9.1/24`, `fe80::1%12/64`. */

import { BlockList, isIP } from 'node:net';

interface Cidr {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Whether the address (with or without a length) lies in the subnet; nonsense lies nowhere. */
export function liesIn(subnet: string, address: string): boolean {
  const [net, one] = [parsed(subnet), parsed(address)];
  if (!net || !one) return false;
  const list = new BlockList();
  list.addSubnet(net.address, net.bits, net.family);
  return list.check(one.address, one.family);
}

/** Whether two addresses with their lengths say that they are in one subnet. */
export const shareSubnet = (here: string, there: string): boolean =>
  parsed(here)?.bits === parsed(there)?.bits && liesIn(here, there);

/** `10.0.9.1` of `10.0.9.1/24`. */
export const bareAddress = (text: string): string =>
  (text.split('/')[0] ?? '').replace(/%.*$/, '').toLowerCase();

/** However it is written: `::ffff:10.0.9.1` is `10.0.9.1`. */
export const isSameAddress = (one: string, other: string): boolean =>
  liesIn(bareAddress(one), bareAddress(other)) || liesIn(bareAddress(other), bareAddress(one));

export const isLoopback = (address: string): boolean =>
  ['127.0.0.0/8', '::1/128'].some((subnet) => liesIn(subnet, address));

/** Windows lists `fec0:0:0:ffff::1` to `::3` as DNS servers where nobody entered any: nothing is there. */
export const isPlaceholder = (address: string): boolean => liesIn('fec0:0:0:ffff::/64', address);

/** Without a length it is one address alone. */
function parsed(text: string): Cidr | undefined {
  const address = bareAddress(text);
  const version = isIP(address);
  if (version === 0) return undefined;
  const bitsMax = version === 4 ? 32 : 128;
  const length = text.split('/')[1];
  const bits = length === undefined ? bitsMax : Number(length);
  if (!Number.isInteger(bits) || bits < 0 || bits > bitsMax) return undefined;
  return { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}
