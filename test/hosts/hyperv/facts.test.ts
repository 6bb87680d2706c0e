/** What Windows says becomes what Ferry plans with: healthy hosts of several releases, and odd ones. */

import { describe, expect, it } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host.ts';
import { hostFactsOf } from '../../../src/hosts/hyperv/facts/host.ts';
import { directoryAnswer, hostAnswer } from '../../../src/hosts/hyperv/facts/host-answer.ts';
import {
  cardJson,
  DENIED,
  type DirectoryJson,
  directoryJson,
  type HostJson,
  hostJson,
  hostOf2012R2,
  LACKS,
} from './answers.ts';

const GIB = 1024 ** 3;

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
    streams: true,
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
      methods: ['live', 'stream'],
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
  it('G.4 of 2012 R2 lacks what its release has not, and nothing else', async () => {
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

  it('loses no other card with one that cannot be read or understood, and names it', async () => {
    const adapters = {
      value: [
        cardJson('Migration'),
        { name: 'TAP', card: DENIED },
        cardJson('Odd', { addresses: null }),
      ],
    } as unknown as HostJson['adapters'];
    const { networks, hyperv } = await hostOf({ host: { adapters } });
    expect(networks.map(({ subnet }) => subnet)).toEqual(['10.0.9.0/24']);
    expect(hyperv?.adapters).toMatchObject({ value: [{ name: 'Migration' }] });
    expect(hyperv?.adaptersUnread).toEqual([
      'TAP (Accesso negato.)',
      expect.stringMatching(/^Odd \(not understood: .*"addresses":null/),
    ]);
    expect((await hostOf()).hyperv).not.toHaveProperty('adaptersUnread');
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

function settings() {
  const { migration } = hostJson();
  if ('value' in migration) return migration.value;
  throw new Error('no settings');
}
