/** Other hosts as this one sees them, old ones that it serves, and storage that several have. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host.ts';
import { known } from '../../../src/domain/hyperv.ts';
import type { Host } from '../../../src/hosts/host.ts';
import { towardsOf } from '../../../src/preflight/reach.ts';
import { VM_ID } from '../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../tools.ts';
import { type Inventory, inventory } from './inventory-fixture.ts';

const LACKS = { lacks: true };
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
          media: { value: [] },
        });
      }
      // Its release knows no partitions; who administers it cannot be read from here.
      expect(there.hyperv).toMatchObject({ build: { value: 14393 }, partitionableGpus: LACKS });
      expect(JSON.stringify({ ...there.hyperv, files: undefined })).not.toContain('"unread"');
    });

    it('has some of the media that are in drives here', async () => {
      const [here, there] = ["D:\\ISO\\bob's.iso", 'D:\\ISO\\tools.iso'];
      const drives = [here, there, '\\\\nas\\iso\\x.iso'].map((path, location) => {
        return { controller: 0, location: location + 2, media: 'ISO', path } as const;
      });
      await windows.simulator.changeVm(VM_ID, { dvdDrives: drives });
      await windows.simulator.changeHost('hv-b', { files: [there] });
      const towards = {
        host: 'hv-b',
        shortName: 'hv-b',
        fullName: 'hv-b.lab.example',
        address: '10.0.9.12',
      };
      expect((await host.reach?.(towards))?.media).toEqual({ value: [there] });
      const filters = windows.simulator.calls.flatMap(({ parameters }) => {
        return parameters.ClassName === 'CIM_DataFile' ? [parameters.Filter] : [];
      });
      expect(filters).toEqual([
        String.raw`Name = 'D:\\ISO\\bob\'s.iso'`,
        String.raw`Name = 'D:\\ISO\\tools.iso'`,
      ]);
      windows.simulator.fault({
        kind: 'error',
        cmdlet: 'Get-CimInstance',
        host: 'hv-b',
        message: 'RPC',
      });
      expect((await host.reach?.(towards))?.media).toEqual({ unread: 'RPC' });
      await windows.simulator.changeVm(VM_ID, { dvdDrives: [] });
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
      expect(seen?.media).toEqual(seen?.migrationPort);
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
