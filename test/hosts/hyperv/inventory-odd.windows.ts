/** A host and a VM with a bit of everything that Windows can have. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Host } from '../../../src/hosts/host.ts';
import { adapterDefaults } from '../../hyperv-module/simulator/defaults.ts';
import { VM_ID } from '../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../tools.ts';
import { type Inventory, inventory } from './inventory-fixture.ts';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: Inventory;
  let host: Host;
  beforeAll(async () => {
    windows = await inventory(pwsh, [{ name: 'hv-a', profile: '2022' }]);
    host = await windows.open('hv-a');
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });

  describe('an odd host and an odd VM', () => {
    it('are shown as they are', async () => {
      const { adapters, migration, services } = await windows.overlay('hv-a');
      const [lan, dedicated] = adapters;
      if (!lan || !dedicated) throw new Error('no cards');
      await windows.simulator.changeHost('hv-a', {
        adapters: [
          { ...lan, up: false },
          { ...dedicated, msClient: false, msServer: false },
        ],
        migration: { ...migration, enabled: false, authentication: 'CredSSP', movesMax: 1 },
        services: { ...services, LanmanServer: 'Stopped' },
        firewallOpen: [],
        credentialGuard: true,
        domain: { joined: true, name: 'lab.example', trusted: ['other.example'] },
        delegation: { allowedTo: [], anyProtocol: false },
        sans: ['FC1'],
        guardians: ['AB12'],
        numaSpanning: false,
        otherMoves: 2,
      });
      await windows.simulator.changeVm(VM_ID, {
        state: 'SavedCritical',
        dvdDrives: [{ controller: 0, location: 3, media: 'ISO', path: 'D:\\ISO\\x.iso' }],
        adapters: {
          'Network Adapter': {
            ...adapterDefaults,
            vlan: { mode: 'Trunk', access: 0, native: 3, allowed: '3,7-9' },
            bandwidthMaximum: 5_000_000,
            iovWeight: 100,
          },
        },
        memory: { dynamic: true, minimumBytes: 2 ** 29, maximumBytes: 2 ** 33, buffer: 20 },
        processor: {
          compatibleForMigration: true,
          exposesVirtualization: true,
          countPerNumaNodeMax: 4,
        },
        security: { tpm: true, shielded: false, guardians: ['AB12'] },
        assignedDevices: ['PCIROOT(0)'],
        sans: ['FC1'],
        replication: {
          mode: 'Primary',
          state: 'Replicating',
          primaryServer: 'hv-a',
          replicaServer: 'hv-c',
        },
        services: { shutdown: false, heartbeat: true, vss: true },
        stopAction: 'TurnOff',
      });
      const { hyperv, slotsMax, vms } = await host.facts();
      expect(slotsMax).toBe(1);
      expect(hyperv).toMatchObject({
        adapters: {
          value: [
            { up: false, bitsPerSecond: 0 },
            { msClient: { value: false }, msServer: { value: false } },
          ],
        },
        switches: { value: [{ uplinkUp: { value: false } }] },
        migration: { value: { enabled: false, authentication: 'CredSSP', movesMax: 1 } },
        fileServer: { value: { serviceRunning: false, firewallOpen: false } },
        credentialGuard: { value: true },
        domain: { value: { trusted: ['other.example'] } },
        delegation: { value: { allowedTo: [], anyProtocol: false } },
        fibreChannelSans: { value: ['FC1'] },
        guardians: { value: ['AB12'] },
        numa: { value: { spanning: false } },
        activeMoves: { value: { moves: 2, storageMoves: 2 } },
      });
      expect(vms).toMatchObject([
        {
          state: 'Saved',
          hyperv: {
            state: 'SavedCritical',
            dvdDrives: { value: [{ id: 'SCSI 0:3', media: 'ISO', path: 'D:\\ISO\\x.iso' }] },
            adapters: [
              {
                vlan: { value: { mode: 'Trunk', native: 3, allowed: '3,7-9' } },
                bandwidthMaximum: { value: 5_000_000 },
                iovWeight: 100,
              },
            ],
            memory: { dynamic: true, maximumBytes: 2 ** 33 },
            processor: { value: { compatibleForMigration: true, exposesVirtualization: true } },
            security: { value: { tpm: true, guardians: { value: ['AB12'] } } },
            assignedDevices: { value: [expect.any(String)] },
            fibreChannelSans: { value: ['FC1'] },
            replication: { value: { mode: 'Primary', replicaServer: 'hv-c' } },
            services: { value: { shutdown: false } },
            stopAction: 'TurnOff',
          },
        },
      ]);
    });
  });
}
