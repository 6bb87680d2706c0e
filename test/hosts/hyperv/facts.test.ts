/** What Windows says becomes what Ferry plans with: healthy hosts of several releases, and odd ones. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host.ts';
import type { VmFacts } from '../../../src/domain/vm.ts';
import { filesOn } from '../../../src/hosts/hyperv/facts/files.ts';
import { hostFactsOf } from '../../../src/hosts/hyperv/facts/host.ts';
import { directoryAnswer, hostAnswer } from '../../../src/hosts/hyperv/facts/host-answer.ts';
import { networksOf, subnetOf } from '../../../src/hosts/hyperv/facts/networks.ts';
import { stateOf, vmFactsOf } from '../../../src/hosts/hyperv/facts/vm.ts';
import { vmsAnswer } from '../../../src/hosts/hyperv/facts/vm-answer.ts';
import {
  adapterJson,
  DENIED,
  type DirectoryJson,
  directoryJson,
  diskJson,
  type HostJson,
  hostJson,
  hostOf2012R2,
  LACKS,
  type VmJson,
  vmJson,
} from './answers.ts';

const GIB = 1024 ** 3;

function vmOf(changes: Partial<VmJson> = {}): VmFacts {
  const [vm] = vmsAnswer.parse({ vms: [vmJson(changes)] }).vms.map(vmFactsOf);
  if (vm) return vm;
  throw new Error('no VM');
}

interface Changes {
  readonly host?: Partial<HostJson> | HostJson;
  readonly directory?: Partial<DirectoryJson>;
  readonly vmVolume?: string;
}

const hostOf = ({ host, directory, vmVolume }: Changes = {}): Promise<HostFacts> =>
  hostFactsOf({
    name: 'hv-a',
    host: hostAnswer.parse(hostJson(host)),
    directory: directoryAnswer.parse(directoryJson(directory)),
    vms: [],
    vmVolume,
    store: { value: ['192.168.1.30'] },
    files: async (volumes) => ({ value: volumes.map(({ path }) => path) }),
  });

describe('a host of Windows Server 2022', () => {
  it('has its volumes, memory, processors, switches and ways to move', async () => {
    const facts = await hostOf();
    expect(facts).toMatchObject({
      name: 'hv-a',
      memoryBytesTotal: 64 * GIB,
      memoryBytesFree: 40 * GIB,
      memoryBytesReserved: 0,
      processors: 16,
      slotsUsed: 0,
      methods: ['live'],
      switches: [{ name: 'LAN', type: 'External' }],
      vmVolume: 'D:',
    });
    expect(facts.volumes.map(({ path, bytesReserved }) => [path, bytesReserved])).toEqual([
      ['C:', 0],
      ['D:', 0],
      ['D:\\mount\\fast', 0],
    ]);
    expect(facts.hyperv?.files).toEqual({ value: ['C:', 'D:', 'D:\\mount\\fast'] });
  });

  it('moves as many VMs at once as the smaller of its two limits says', async () => {
    expect((await hostOf()).slotsMax).toBe(2);
    const migration = { ...settings(), movesMax: 0 };
    expect((await hostOf({ host: { migration: { value: migration } } })).slotsMax).toBe(0);
  });

  it('puts VMs on the volume that the folder lies on, a mounted one before its drive', async () => {
    const on = async (vmVolume: string) => (await hostOf({ vmVolume })).vmVolume;
    expect(await on('d:')).toBe('D:');
    expect(await on('D:\\')).toBe('D:');
    expect(await on('D:\\mount\\fast\\vms')).toBe('D:\\mount\\fast');
    expect(await on('D:\\mount\\faster')).toBe('D:');
    expect(await on('E:')).toBe('E:');
  });

  it('has one network for migrations, of its own: without a switch and without the way out', async () => {
    expect((await hostOf()).networks).toEqual([
      {
        name: 'Migration',
        subnet: '10.0.9.0/24',
        address: '10.0.9.1',
        bitsPerSecond: 10e9,
        up: true,
        dedicated: true,
      },
    ]);
  });

  it('has all of its networks where any may be used, and says which is not dedicated', async () => {
    const migration = { value: { ...settings(), useAnyNetwork: true } };
    const { networks } = await hostOf({ host: { migration } });
    expect(networks.map(({ subnet, dedicated }) => [subnet, dedicated])).toEqual([
      ['10.0.9.0/24', true],
      ['192.168.1.0/24', false],
    ]);
  });

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

  it('knows what only Active Directory and the worker know', async () => {
    const { hyperv } = await hostOf({ directory: { sensitive: { value: true } } });
    expect(hyperv).toMatchObject({
      domain: { value: { joined: true, name: 'corp.example', trusted: ['other.example'] } },
      delegation: { value: { allowedTo: ['cifs/hv-b'], anyProtocol: true } },
      account: { value: { name: 'CORP\\ferry', cannotBeDelegated: true } },
      dependencies: {
        domainControllers: { value: ['192.168.1.20'] },
        dnsServers: { value: ['192.168.1.20'] },
        gateways: { value: ['192.168.1.254'] },
        store: { value: ['192.168.1.30'] },
        bot: { lacks: true },
      },
    });
  });
});

describe('a host that does not tell everything', () => {
  it('of 2012 R2 lacks what its release has not, and nothing else', async () => {
    const facts = await hostOf({ host: hostOf2012R2() });
    expect(facts.hyperv).toMatchObject({ supportedVersions: LACKS, credentialGuard: LACKS });
    expect(facts).toEqual({
      ...(await hostOf()),
      hyperv: {
        ...(await hostOf()).hyperv,
        build: { value: 9600 },
        language: { value: 'it-IT' },
        supportedVersions: LACKS,
        guardians: LACKS,
        partitionableGpus: LACKS,
        credentialGuard: LACKS,
      },
    });
  });

  it('keeps the rest when a part cannot be read, and never shows a number in its place', async () => {
    const { hyperv, ...facts } = await hostOf({
      host: { memory: DENIED, volumes: DENIED, logicalProcessors: DENIED, migration: DENIED },
    });
    expect(facts).toMatchObject({
      memoryBytesTotal: Number.NaN,
      memoryBytesFree: Number.NaN,
      processors: Number.NaN,
      volumes: [],
      networks: [],
      vmVolume: 'D:\\Hyper-V',
      slotsMax: 2,
    });
    expect(hyperv?.migration).toEqual(DENIED);
    expect(hyperv?.numa).toMatchObject({ value: { spanning: true } });
  });

  it('says that a size is not known where Windows gives none', async () => {
    const volume = { path: 'D:', fileSystem: '', bytesTotal: null, bytesFree: null };
    const { volumes } = await hostOf({ host: { volumes: { value: [volume] } } });
    expect(volumes[0]).toMatchObject({ bytesTotal: Number.NaN, bytesFree: Number.NaN });
  });

  it('leaves unknown what it does not understand, and takes the rest', async () => {
    const migration = { value: { ...settings(), authentication: 'Certificate' } };
    const host = { migration } as unknown as Partial<HostJson>;
    const { hyperv } = await hostOf({ host });
    expect(hyperv?.migration).toEqual({ unread: expect.stringContaining('Certificate') });
    expect(hyperv?.role).toEqual({ value: { installed: true, serviceRunning: true } });
  });

  it('does not know its domain for certain without the trusts, unless it has none', async () => {
    const trusted = { directory: { trusted: DENIED } };
    expect((await hostOf(trusted)).hyperv?.domain).toEqual(DENIED);
    const domain = { value: { joined: false, name: 'WORKGROUP' } };
    expect((await hostOf({ ...trusted, host: { domain } })).hyperv?.domain).toEqual({
      value: { joined: false, name: 'WORKGROUP', trusted: [] },
    });
  });
});

describe('a VM', () => {
  it('has its disks with all files, its adapters, checkpoints and guest', () => {
    expect(vmOf()).toMatchObject({
      id: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
      state: 'Running',
      generation: 2,
      processors: 4,
      memoryStartupBytes: 4 * GIB,
      memoryAssignedBytes: 6 * GIB,
      disks: [
        {
          id: 'SCSI 0:0',
          path: 'D:\\VMs\\dc02\\system_7B.avhdx',
          format: 'vhdx',
          virtualBytes: 80 * GIB,
          fileBytes: 43 * GIB,
          chainLength: 2,
        },
      ],
      adapters: [{ name: 'Network Adapter', mac: '00155D000001', switch: 'LAN' }],
      checkpoints: [
        { id: 'c1', ours: true },
        { id: 'c2', ours: false },
      ],
      startAction: 'StartIfRunning',
      merging: false,
      guest: { heartbeat: true, addresses: ['192.168.1.40', 'fe80::1'] },
      hyperv: {
        disks: [
          {
            chain: { value: ['D:\\VMs\\dc02\\system_7B.avhdx', 'D:\\VMs\\dc02\\system.vhdx'] },
            fileBytes: { value: 43 * GIB },
            vhdSet: false,
          },
        ],
        dvdDrives: {
          value: [
            { id: 'SCSI 0:1', media: 'ISO', path: 'D:\\ISO\\x.iso' },
            { id: 'SCSI 0:2', media: 'None' },
          ],
        },
        gpuPartitions: { value: [{ canLeave: LACKS }] },
        stopAction: 'ShutDown',
      },
    });
    expect(vmOf().hyperv).not.toHaveProperty('secondaryStatus');
  });

  it.each([
    ['Running', 'Running'],
    ['RunningCritical', 'Running'],
    ['Off', 'Off'],
    ['OffCritical', 'Off'],
    ['Saved', 'Saved'],
    ['FastSavedCritical', 'Saved'],
    ['Hibernated', 'Saved'],
    ['PausedCritical', 'Paused'],
    ['Starting', 'Starting'],
    ['ResumingCritical', 'Starting'],
    ['Reset', 'Starting'],
    ['Saving', 'Stopping'],
    ['ForceShutdown', 'Stopping'],
    ['Other', 'Stopping'],
    ['SomethingNew', 'Stopping'],
  ])('that is %s counts as %s', (state, ours) => {
    expect(stateOf(state)).toBe(ours);
    expect(vmOf({ state }).hyperv?.state).toBe(state);
  });

  it('without a connection has no switch, and a guest that shows nothing is silent', () => {
    const adapters = { value: [adapterJson({ switch: null, addresses: [] })] };
    const vm = vmOf({ adapters, heartbeat: 'NoContact' });
    expect(vm.adapters).toEqual([{ name: 'Network Adapter', mac: '00155D000001' }]);
    expect(vm.guest).toEqual({ heartbeat: false, addresses: [] });
    expect(vmOf({ state: 'Off' })).not.toHaveProperty('guest');
  });

  it('merges while Windows says so', () => {
    const status = { primaryStatus: 'InService', secondaryStatus: 'MergingDisks' };
    expect(vmOf(status)).toMatchObject({ merging: true, hyperv: status });
  });

  it('may have a device of the host for a disk, a VHD set, or a file that nobody can read', () => {
    const device = diskJson({ path: 'Disk 3', passThrough: true, files: { value: [] } });
    const set = diskJson({ path: 'D:\\x.vhds', shared: true });
    const broken = diskJson({ id: 'SCSI 0:2', files: DENIED });
    const { disks, hyperv } = vmOf({ disks: { value: [device, set, broken] } });
    expect(disks.map(({ path, format }) => [path, format])).toEqual([
      ['Disk 3', 'pass-through'],
      ['D:\\x.vhds', 'vhdx'],
      ['D:\\VMs\\dc02\\system_7B.avhdx', 'unreadable'],
    ]);
    expect(hyperv?.disks).toMatchObject([
      { path: '', passThrough: true, chain: { value: [] } },
      { vhdSet: true, shared: true },
      { chain: DENIED, fileBytes: DENIED },
    ]);
  });

  it('is not taken for one without disks and adapters when these cannot be listed', () => {
    const { disks, adapters } = vmOf({ disks: DENIED, adapters: DENIED });
    expect(disks).toMatchObject([{ format: 'unreadable', path: DENIED.unread }]);
    expect(adapters).toMatchObject([{ switch: expect.stringContaining(DENIED.unread) }]);
  });

  it('of a release before 2012 R2 is of generation 1', () => {
    expect(vmOf({ generation: null, version: LACKS })).toMatchObject({
      generation: 1,
      hyperv: { version: LACKS },
    });
  });
});

describe('addresses and files', () => {
  it.each([
    ['10.0.9.1/24', '10.0.9.0/24'],
    ['10.0.9.77/30', '10.0.9.76/30'],
    ['255.255.255.255/0', '0.0.0.0/0'],
    ['10.0.9.1/32', '10.0.9.1/32'],
    ['10.0.9.1', undefined],
    ['10.0.9.1/33', undefined],
    ['fe80::1/64', undefined],
    ['nonsense/24', undefined],
  ])('%s lies in %s', (cidr, subnet) => {
    expect(subnetOf(cidr)).toBe(subnet);
  });

  it('finds the files of VMs where Hyper-V puts them, and no others', async () => {
    const volume = await mkdtemp(join(tmpdir(), 'ferry-files-'));
    try {
      const disks = join(volume, 'dc02', 'Virtual Hard Disks');
      await mkdir(join(disks, '1'), { recursive: true });
      await writeFile(join(disks, 'system.vhdx'), '');
      await writeFile(join(disks, '1', 'data.vhdx'), '');
      await writeFile(join(volume, 'dc02', 'notes.txt'), '');
      const found = await filesOn([volume]);
      expect('value' in found && found.value.toSorted()).toEqual([
        join(disks, '1', 'data.vhdx'),
        join(disks, 'system.vhdx'),
      ]);
      const gone = await filesOn([join(volume, 'gone')]);
      expect(gone).toEqual({ unread: expect.stringContaining('gone') });
    } finally {
      await rm(volume, { recursive: true });
    }
  });
});

function settings() {
  const { migration } = hostJson();
  if ('value' in migration) return migration.value;
  throw new Error('no settings');
}
