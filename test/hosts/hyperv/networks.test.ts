/** The networks that migrations may go over, of both versions. */

import { expect, it } from '@jest/globals';
import type { NetAdapterFacts } from '../../../src/domain/hyperv.ts';
import { networksOf, subnetOf } from '../../../src/hosts/hyperv/facts/networks.ts';

const card: NetAdapterFacts = {
  name: 'Migration',
  up: true,
  bitsPerSecond: 10e9,
  addresses: ['fe80::215:5dff:fe01:1%7/64', 'fd00:9::1/64', '10.0.9.1/24'],
  hasDefaultGateway: false,
  msClient: { value: true },
  msServer: { value: true },
};
const any = { useAnyNetwork: true, networks: [] };

it('takes neither the way out nor a switch for a network of its own, and each subnet once', () => {
  const card = { name: 'A', up: true, bitsPerSecond: 1e9, addresses: ['10.0.9.1/24'] };
  const bound = { msClient: { value: true }, msServer: { value: true } };
  const dedicated = (more: object) => {
    const one = { ...card, ...bound, hasDefaultGateway: false, ...more };
    return networksOf({ useAnyNetwork: true, networks: [] }, [one, { ...one, name: 'B' }]);
  };
  expect(dedicated({})).toMatchObject([{ name: 'A', dedicated: true }]);
  expect(dedicated({ hasDefaultGateway: true })).toMatchObject([{ dedicated: false }]);
  expect(dedicated({ switch: 'LAN' })).toMatchObject([{ dedicated: false }]);
});

it.each([
  ['10.0.9.1/24', '10.0.9.0/24'],
  ['10.0.9.77/30', '10.0.9.76/30'],
  ['255.255.255.255/0', '0.0.0.0/0'],
  ['10.0.9.1/32', '10.0.9.1/32'],
  ['10.0.9.1', undefined],
  ['10.0.9.1/33', undefined],
  ['fd00:9::1/64', 'fd00:9::/64'],
  ['FD00:9:0:0:1::1/64', 'fd00:9::/64'],
  ['fd00:9::1%7/48', 'fd00:9::/48'],
  ['2001:db8:1:2:3:4:5:7/127', '2001:db8:1:2:3:4:5:6/127'],
  ['::ffff:10.0.0.1/120', '::ffff:a00:0/120'],
  ['::1/0', '::/0'],
  ['fd00::1/129', undefined],
  ['10.0.9.1/', undefined],
  ['nonsense/24', undefined],
])('%s lies in %s', (cidr, subnet) => {
  expect(subnetOf(cidr)).toBe(subnet);
});

it('each network of version 6 counts as one of version 4 does, but for those of the link alone', () => {
  const bare = ({ subnet, address }: { subnet: string; address: string }) => [subnet, address];
  expect(networksOf(any, [card]).map(bare)).toEqual([
    ['fd00:9::/64', 'fd00:9::1'],
    ['10.0.9.0/24', '10.0.9.1'],
  ]);
  const allowed = (...subnets: string[]) => {
    const networks = subnets.map((subnet) => ({ subnet }));
    return networksOf({ useAnyNetwork: false, networks }, [card]).map(({ subnet }) => subnet);
  };
  expect(allowed('FD00:9::/32')).toEqual(['fd00:9::/64']);
  expect(allowed('fd00:9::1')).toEqual(['fd00:9::/64']);
  expect(allowed('fd00:8::/64', '10.0.9.1')).toEqual(['10.0.9.0/24']);
  expect(allowed('fe80::/10')).toEqual([]);
  expect(allowed('nonsense', '10.0.9.0/', '::/129')).toEqual([]);
});
