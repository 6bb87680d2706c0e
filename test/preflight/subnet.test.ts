import { describe, expect, it } from '@jest/globals';
import { bareAddress, liesIn, shareSubnet } from '../../src/preflight/subnet.ts';

describe('subnets', () => {
  it.each([
    ['10.0.9.0/24', '10.0.9.7', true],
    ['10.0.9.0/24', '10.0.9.7/24', true],
    ['10.0.9.0/24', '10.0.8.255', false],
    ['10.0.9.4', '10.0.9.4/24', true],
    ['10.0.9.4', '10.0.9.5/24', false],
    ['0.0.0.0/0', '192.168.1.1', true],
    ['fd00:9::/64', 'FD00:9::1/64', true],
    ['fe80::/10', 'fe80::1%12', true],
    ['fe80::/10', '10.0.9.1', false],
    ['10.0.9.0/33', '10.0.9.1', false],
    ['10.0.9.0/x', '10.0.9.1', false],
    ['Migration', '10.0.9.1', false],
    ['10.0.9.0/24', '', false],
  ])('%s holds %s: %s', (subnet, address, expected) => {
    expect(liesIn(subnet, address)).toBe(expected);
  });

  it.each([
    ['10.0.9.1/24', '10.0.9.2/24', true],
    ['10.0.9.1/24', '10.0.9.2/25', false],
    ['10.0.9.1/24', '10.0.8.2/24', false],
    ['fd00::1/64', 'fd00::2/64', true],
    ['nonsense', 'nonsense', false],
  ])('%s and %s are in one subnet: %s', (here, there, expected) => {
    expect(shareSubnet(here, there)).toBe(expected);
    expect(shareSubnet(there, here)).toBe(expected);
  });

  it('of an address the length and the zone are no part', () => {
    expect(bareAddress('FE80::1%12/64')).toBe('fe80::1');
    expect(bareAddress('10.0.9.1/24')).toBe('10.0.9.1');
  });
});
