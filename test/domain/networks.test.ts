import { describe, expect, it } from '@jest/globals';
import { rewired } from '../../src/domain/networks.ts';

const adapter = (name: string, on?: string) => ({ name, ...(on && { switch: on }) });

describe("a VM's adapters in its new home", () => {
  it('come to the switches that are meant for them, those of one name in their order', () => {
    const adapters = [
      adapter('Network Adapter', 'LAN'),
      adapter('Network Adapter'),
      adapter('Network Adapter', 'DMZ'),
      adapter('Backup', 'LAN'),
    ];
    const networks = [
      { adapter: 'Backup', switch: 'Vault' },
      { adapter: 'Network Adapter', switch: 'Office' },
      { adapter: 'Network Adapter', switch: 'Outside' },
    ];
    expect(rewired(adapters, networks).map((one) => one.switch)).toEqual([
      'Office',
      undefined,
      'Outside',
      'Vault',
    ]);
  });

  it('stay on the switches of the same name where nothing else is meant', () => {
    const adapters = [adapter('Network Adapter', 'LAN'), adapter('Other')];
    expect(rewired(adapters, undefined)).toEqual(adapters);
    expect(rewired(adapters, [])).toEqual(adapters);
  });
});
