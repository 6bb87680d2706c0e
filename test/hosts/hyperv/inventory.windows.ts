/** The inventory's own scripts in a real PowerShell, with the doubles of Windows' modules behind them. */

import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host.ts';
import { known } from '../../../src/domain/hyperv.ts';
import type { Host } from '../../../src/hosts/host.ts';
import { volumeOf } from '../../../src/preflight/capacity.ts';
import { VM_ID } from '../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../tools.ts';
import { type Inventory, inventory } from './inventory-fixture.ts';
import { problemOf } from './shell/fixture.ts';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: Inventory;
  let host: Host;
  let healthy: HostFacts;
  beforeAll(async () => {
    windows = await inventory(pwsh, [
      { name: 'hv-a', profile: '2022' },
      { name: 'hv-b', profile: '2016' },
    ]);
    host = await windows.open('hv-a');
    healthy = await host.facts();
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });
  afterEach(() => windows.simulator.clearFaults());

  describe('a healthy host', () => {
    it('answers every question that it is asked, without a word beside it', () => {
      const { hyperv, ...rest } = healthy;
      expect(JSON.stringify(healthy)).not.toContain('"unread"');
      expect(rest).toMatchObject({
        name: 'hv-a',
        methods: ['live', 'stream'],
        slotsMax: 2,
        processors: 16,
        switches: [{ name: 'LAN', type: 'External' }],
        networks: [
          { subnet: '10.0.9.0/24', address: '10.0.9.11', bitsPerSecond: 10e9, dedicated: true },
        ],
      });
      expect(hyperv).toMatchObject({
        computerName: 'hv-a',
        fullName: 'hv-a.lab.example',
        build: { value: 20348 },
        language: { value: 'en-US' },
        role: { value: { installed: true, serviceRunning: true } },
        domain: { value: { joined: true, name: 'lab.example', trusted: [] } },
        credentialGuard: { value: false },
        delegation: { value: { anyProtocol: true } },
        account: { value: { name: 'LAB\\ferry', isAdministrator: true, isService: true } },
        fileServer: { value: { serviceRunning: true, firewallOpen: true } },
        supportedVersions: { value: expect.arrayContaining(['8.0', '10.0']) },
        cluster: { value: null },
        plannedVms: { value: [] },
        moves: { value: [] },
        dependencies: {
          domainControllers: { value: ['10.0.1.2', '10.0.1.3'] },
          dnsServers: { value: ['10.0.1.2', '10.0.1.3'] },
          gateways: { value: ['10.0.1.1'] },
        },
      });
      expect(windows.noise).toEqual([]);
    });

    it('has the volume on which VMs are put among its volumes, with its size', async () => {
      expect(volumeOf(healthy)?.path).toBe(join(windows.dir, 'hosts', 'hv-a', 'disks'));
      expect(volumeOf(healthy)?.bytesFree).toBeGreaterThan(0);
      expect(await host.volumes()).toEqual(healthy.volumes);
      expect(await host.slots()).toBe(healthy.slotsMax);
    });

    it('tells cards of a switch or with the way out from those of their own', () => {
      const cards = known(healthy.hyperv?.adapters) ?? [];
      expect(cards).toMatchObject([
        { name: 'Ethernet', up: true, hasDefaultGateway: true, switch: 'LAN' },
        { name: 'Migration', up: true, hasDefaultGateway: false, msClient: { value: true } },
      ]);
      expect(cards[1]).not.toHaveProperty('switch');
      expect(known(healthy.hyperv?.switches)).toMatchObject([
        { type: 'External', uplinkUp: { value: true }, extensions: { value: [{}, {}] } },
      ]);
    });

    it('has its VM with disks, adapters and services', () => {
      expect(healthy.vms).toMatchObject([
        {
          id: VM_ID,
          name: 'sql01',
          state: 'Off',
          generation: 2,
          startAction: 'StartIfRunning',
          disks: [
            { id: 'SCSI 0:0', format: 'vhdx', virtualBytes: 64 * 1024 ** 2, chainLength: 1 },
            { id: 'SCSI 0:1', format: 'vhdx', virtualBytes: 48 * 1024 ** 2, chainLength: 1 },
          ],
          adapters: [{ switch: 'LAN', mac: expect.stringMatching(/^00155D[0-9A-F]{6}$/) }],
          hyperv: {
            version: { value: '10.0' },
            disks: [{ place: 'local', chain: { value: [expect.any(String)] } }, {}],
            security: { value: { tpm: false, guardians: { value: [] } } },
            replication: { value: null },
            clusterRole: { value: null },
          },
        },
      ]);
    });

    it('G.3 says the same in Italian', async () => {
      await windows.simulator.setLanguage('hv-a', 'it-IT');
      try {
        const italian = await host.facts();
        expect(italian.hyperv?.language).toEqual({ value: 'it-IT' });
        const hyperv = { ...italian.hyperv, language: healthy.hyperv?.language };
        expect({ ...italian, hyperv }).toEqual(healthy);
      } finally {
        await windows.simulator.setLanguage('hv-a', 'en-US');
      }
    });
  });

  describe('what cannot be read', () => {
    const DENIED = { unread: 'Accesso negato.' };
    const refuse = (cmdlet: string, terminating = true) =>
      windows.simulator.fault({ kind: 'error', cmdlet, message: 'Accesso negato.', terminating });

    it('is unknown with the words of Windows, and loses nothing else', async () => {
      refuse('Get-VMSan');
      refuse('Get-NetAdapterBinding');
      refuse('Get-ADComputer');
      const { hyperv, ...rest } = await host.facts();
      expect(hyperv?.fibreChannelSans).toEqual(DENIED);
      expect(hyperv?.delegation).toEqual(DENIED);
      const cards = (known(healthy.hyperv?.adapters) ?? []).map((card) => {
        return { ...card, msClient: DENIED, msServer: DENIED };
      });
      expect(hyperv).toEqual({
        ...healthy.hyperv,
        fibreChannelSans: DENIED,
        delegation: DENIED,
        adapters: { value: cards },
      });
      expect(rest).toEqual({ ...healthy, hyperv: undefined });
    });

    it('of one card loses no other card, and no network of theirs', async () => {
      const { adapters } = await windows.overlay('hv-a');
      const [, dedicated] = adapters;
      if (!dedicated) throw new Error('no cards');
      const odd = {
        ...dedicated,
        name: 'TAP',
        index: 99,
        guid: 'none',
        addresses: ['10.0.7.1/24'],
      };
      await windows.simulator.changeHost('hv-a', { adapters: [odd, ...adapters] });
      const { hyperv, networks } = await host.facts();
      await windows.simulator.changeHost('hv-a', { adapters });
      expect(hyperv?.adapters).toEqual(healthy.hyperv?.adapters);
      expect(hyperv?.adaptersUnread).toEqual([expect.stringMatching(/^TAP \(.+\)$/)]);
      expect(networks).toEqual(healthy.networks);
    });

    it('is also what a command only complains about', async () => {
      refuse('Get-VMSan', false);
      refuse('Get-VMDvdDrive', false);
      const { hyperv, vms } = await host.facts();
      expect(hyperv?.fibreChannelSans).toEqual(DENIED);
      expect(vms[0]?.hyperv?.dvdDrives).toEqual(DENIED);
      expect(vms[0]?.hyperv?.adapters).toEqual(healthy.vms[0]?.hyperv?.adapters);
    });

    it('is nothing of VMs on a host without the role, which preflight then names', async () => {
      refuse('Get-VM');
      await windows.simulator.changeHost('hv-a', { roleInstalled: false });
      const { vms, hyperv } = await host.facts();
      await windows.simulator.changeHost('hv-a', { roleInstalled: true });
      expect([vms, known(hyperv?.role)?.installed]).toEqual([[], false]);
    });

    it('is everything of Hyper-V where its service does not answer, and then there are no facts', async () => {
      refuse('Get-VM');
      const problem = await problemOf(host.facts());
      expect(problem).toMatchObject({
        code: 'powershell-failed',
        facts: { script: 'vms', message: 'Accesso negato.' },
      });
    });
  });
}
