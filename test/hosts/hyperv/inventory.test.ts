/** The inventory's own scripts in a real PowerShell, with the doubles of Windows' modules behind them. */

import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host.ts';
import { known } from '../../../src/domain/hyperv.ts';
import type { Host } from '../../../src/hosts/host.ts';
import { volumeOf } from '../../../src/preflight/capacity.ts';
import { towardsOf } from '../../../src/preflight/reach.ts';
import { adapterDefaults } from '../../hyperv-module/simulator/defaults.ts';
import { VM_ID } from '../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../tools.ts';
import { type Inventory, inventory } from './inventory-fixture.ts';
import { problemOf } from './shell/fixture.ts';

const LACKS = { lacks: true };
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: Inventory;
  let host: Host;
  let healthy: HostFacts;
  beforeAll(async () => {
    windows = await inventory(pwsh, [
      { name: 'hv-a', profile: '2022' },
      { name: 'hv-b', profile: '2016' },
      { name: 'hv-old', profile: '2012r2' },
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
        methods: ['live'],
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

    it('has the volume on which VMs are put among its volumes, with its size', () => {
      expect(volumeOf(healthy)?.path).toBe(join(windows.dir, 'hosts', 'hv-a', 'disks'));
      expect(volumeOf(healthy)?.bytesFree).toBeGreaterThan(0);
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

    it('says the same in Italian', async () => {
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

  describe('one VM', () => {
    it('is found by Id, and by name in any case', async () => {
      expect(await host.vm(VM_ID)).toEqual(healthy.vms[0]);
      expect((await host.findVm('SQL01'))?.id).toBe(VM_ID);
    });

    it('that is not here is nothing, and no pattern finds one', async () => {
      expect(await host.vm(UNKNOWN_ID)).toBeUndefined();
      for (const name of ['sql*', 'sql0?', '[s]ql01', "sql01'; exit", '$(exit)']) {
        expect(await host.findVm(name)).toBeUndefined();
      }
    });

    it('starts with its host as it is told, and only by the newest epoch', async () => {
      const token = (epoch: number) => ({ operation: 'm1', epoch });
      await host.setStartAction(VM_ID, 'Nothing', token(7));
      expect((await host.vm(VM_ID))?.startAction).toBe('Nothing');
      const late = await problemOf(host.setStartAction(VM_ID, 'Start', token(6)));
      expect(late.code).toBe('epoch-behind');
      await host.setStartAction(VM_ID, 'StartIfRunning', token(8));
      expect((await host.vm(VM_ID))?.startAction).toBe('StartIfRunning');
      const unknown = await problemOf(host.start(UNKNOWN_ID, token(9)));
      expect(unknown).toMatchObject({ code: 'vm-unknown', facts: { host: 'hv-a' } });
    });

    it('cannot be streamed yet', async () => {
      const token = { operation: 'm1', epoch: 10 };
      expect(await problemOf(host.openRound(VM_ID, 0, token))).toMatchObject({
        code: 'method-unavailable',
        facts: { host: 'hv-a', method: 'stream' },
      });
      expect(await host.isFenced(VM_ID)).toBe(false);
    });
  });

  // Stays as it is for the rest.
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

  describe('another host, as it is seen from here', () => {
    it('is there by all ports, names and its share', async () => {
      const there = await (
        await windows.open('hv-b', { at: 'hv-a', computerName: 'hv-b' })
      ).facts();
      const towards = towardsOf(healthy, there);
      expect(towards).toEqual({
        host: 'hv-b',
        shortName: 'hv-b',
        fullName: 'hv-b.lab.example',
        address: '10.0.9.12',
      });
      if (towards) {
        const yes = { value: true };
        const addresses = { value: ['10.0.1.12', '10.0.9.12'] };
        expect(await host.reach?.(towards)).toEqual({
          host: 'hv-b',
          migrationPort: yes,
          smbPort: yes,
          managementPort: yes,
          adminShare: yes,
          shortName: addresses,
          fullName: addresses,
        });
      }
      // Its release knows no partitions; who administers it cannot be read from here.
      expect(there.hyperv).toMatchObject({ build: { value: 14393 }, partitionableGpus: LACKS });
      expect(JSON.stringify({ ...there.hyperv, files: undefined })).not.toContain('"unread"');
    });

    it('is not, where ports are closed, the share is refused and nobody knows the name', async () => {
      await windows.simulator.changeHost('hv-b', { closedPorts: [6600, 5985], adminShare: false });
      const seen = await host.reach?.({
        host: 'hv-b',
        shortName: 'nobody',
        fullName: 'hv-b.lab.example',
        address: '10.0.9.12',
      });
      expect(seen).toMatchObject({
        migrationPort: { value: false },
        smbPort: { value: true },
        managementPort: { value: false },
        adminShare: { value: false },
        shortName: { value: [] },
      });
    });
  });

  describe('Windows Server 2012 R2, served by a neighbour', () => {
    it('is asked over the network, and lacks what its release has not', async () => {
      const old = await windows.open('hv-old', { at: 'hv-a', computerName: 'hv-old' });
      const { hyperv, ...facts } = await old.facts();
      expect(facts).toMatchObject({
        name: 'hv-old',
        networks: [{ subnet: '10.0.9.0/24', address: '10.0.9.13' }],
        vms: [],
      });
      expect(hyperv).toMatchObject({
        computerName: 'hv-old',
        build: { value: 9600 },
        supportedVersions: LACKS,
        partitionableGpus: LACKS,
        guardians: LACKS,
        account: { value: { isHyperVAdministrator: true, isAdministrator: false } },
        migration: { value: { enabled: true } },
      });
      const asked = windows.simulator.calls.filter(({ cmdlet }) => cmdlet === 'Get-VMHost');
      expect(asked.at(-1)).toMatchObject({
        host: 'hv-a',
        parameters: { ComputerName: ['hv-old'] },
      });
    });

    it('cannot look at others itself, and says so', async () => {
      const old = await windows.open('hv-old', { at: 'hv-a', computerName: 'hv-old' });
      const towards = { host: 'hv-b', shortName: 'hv-b', fullName: 'hv-b', address: '10.0.9.12' };
      const seen = await old.reach?.(towards);
      expect(seen?.migrationPort).toEqual({ unread: expect.stringContaining('hv-old') });
    });
  });

  it('a share is known by its name', async () => {
    const share = '\\\\files\\vms';
    await windows.simulator.addShare(share, ['hv-a', 'hv-b']);
    await windows.simulator.putOn(VM_ID, share);
    expect((await host.vm(VM_ID))?.hyperv?.disks[0]).toMatchObject({
      place: 'share',
      path: expect.stringContaining(share),
    });
  });

  // Last of all: a PowerShell that starts anew is slow.
  describe('at the end', () => {
    it('a domain controller that hangs is waited for a while only, and loses nothing else', async () => {
      windows.simulator.fault({ kind: 'hang', cmdlet: 'Get-ADComputer', times: 1 });
      const patient = await windows.open('hv-a', { directorySeconds: 5 });
      const { hyperv } = await patient.facts();
      const why = { unread: expect.stringContaining('5 s') };
      expect(hyperv).toMatchObject({ domain: why, delegation: why, role: { value: {} } });
      expect(hyperv?.dependencies.domainControllers).toEqual(why);
    });

    it('a cluster is known by the folder of its volume, and its roles by their owners', async () => {
      await windows.simulator.makeCluster('cl1', [VM_ID]);
      // What hung took its PowerShell with it: the next one has the cluster's commands.
      const { hyperv, vms } = await host.facts();
      expect(known(hyperv?.cluster)).toMatchObject({
        name: 'cl1',
        nodes: expect.arrayContaining([{ name: 'hv-b', state: 'Up' }]),
        sharedVolumes: ['C:\\ClusterStorage\\Volume1'],
        migrationNetworks: { value: ['Cluster Network 2'] },
      });
      expect(vms[0]?.hyperv).toMatchObject({
        disks: [{ place: 'cluster' }, { place: 'cluster' }],
        clusterRole: {
          value: { group: 'sql01', ownerNode: 'hv-a', possibleOwners: ['hv-a', 'hv-b', 'hv-old'] },
        },
      });
    });
  });
}
