import { describe, expect, it } from '@jest/globals';
import { quoted, quotedOr } from '../../src/texts/powershell.ts';

describe('facts in PowerShell commands', () => {
  it.each([
    ['LAN', "'LAN'"],
    ["O'Brien", "'O''Brien'"],
    ['O’Brien', "'O’’Brien'"],
    ['$(Stop-VM *) `"; x', `'$(Stop-VM *) \`"; x'`],
    [['hv-a', "b'c"], "'hv-a','b''c'"],
    [undefined, "''"],
  ])('%j stands as %s', (fact, expected) => {
    expect(quoted(fact)).toBe(expected);
  });

  it('leave a place for what is not known', () => {
    expect(quotedOr(undefined, 'SUBNET')).toBe('SUBNET');
    expect(quotedOr([], 'SUBNET')).toBe('SUBNET');
    expect(quotedOr('10.0.9.0/24', 'SUBNET')).toBe("'10.0.9.0/24'");
  });
});
