/** What the scripts answer of healthy hosts, as Windows has it: tests change one thing, or a release's lot. */

import type { z } from 'zod';
import type { directoryAnswer, hostAnswer } from '../../../src/hosts/hyperv/facts/host-answer.ts';
import type { vmsAnswer } from '../../../src/hosts/hyperv/facts/vm-answer.ts';

const GIB = 1024 ** 3;
const value = <T>(it: T) => ({ value: it });
export const LACKS = { lacks: true } as const;
export const DENIED = { unread: 'Accesso negato.' } as const;

export type HostJson = z.input<typeof hostAnswer>;
export type VmJson = z.input<typeof vmsAnswer>['vms'][number];
export type DirectoryJson = z.input<typeof directoryAnswer>;

const card = {
  up: true,
  bitsPerSecond: 10_000_000_000,
  addresses: ['10.0.9.1/24', 'fe80::215:5dff:fe01:1%7/64'],
  hasDefaultGateway: false,
  msClient: value(true),
  msServer: value(true),
  switch: null,
};
export const cardJson = (name: string, changes: Partial<typeof card> | object = {}) => ({
  name,
  card: value({ ...card, ...changes }),
});

/** Of Windows Server 2022. */
export const hostJson = (changes: Partial<HostJson> = {}): HostJson => ({
  computerName: 'hv-a',
  fullName: 'hv-a.corp.example',
  build: value(20348),
  language: value('en-US'),
  memory: value({ bytesTotal: 64 * GIB, bytesFree: 40 * GIB }),
  volumes: value([
    { path: 'C:', fileSystem: 'NTFS', bytesTotal: 100 * GIB, bytesFree: 50 * GIB },
    { path: 'D:', fileSystem: 'ReFS', bytesTotal: 2000 * GIB, bytesFree: 900 * GIB },
    { path: 'D:\\mount\\fast', fileSystem: 'NTFS', bytesTotal: 500 * GIB, bytesFree: 400 * GIB },
  ]),
  vmFolder: value('D:\\Hyper-V'),
  role: value({ installed: true, serviceRunning: true }),
  domain: value({ joined: true, name: 'corp.example' }),
  processor: value({
    manufacturer: 'GenuineIntel',
    name: 'Intel(R) Xeon(R) E-2336',
    family: 179,
    revision: 42_753,
  }),
  logicalProcessors: value(16),
  numa: value({ spanning: true, nodes: [{ processors: 16, memoryBytes: 64 * GIB }] }),
  migration: value({
    enabled: true,
    authentication: 'Kerberos' as const,
    performance: value('Compression' as const),
    movesMax: 4,
    storageMovesMax: 2,
    useAnyNetwork: false,
    networks: [
      { subnet: '10.0.9.0/24', priority: 0 },
      { subnet: '10.0.8.0/24', priority: null },
    ],
  }),
  activeMoves: value({ moves: 0, storageMoves: 0 }),
  credentialGuard: value(false),
  account: value({
    name: 'CORP\\ferry',
    isAdministrator: true,
    isHyperVAdministrator: false,
    cannotBeDelegated: false,
    isService: true,
  }),
  adapters: value([
    cardJson('Ethernet', { addresses: [], switch: 'LAN', bitsPerSecond: 1_000_000_000 }),
    cardJson('Migration'),
    cardJson('vEthernet (LAN)', {
      addresses: ['192.168.1.1/24'],
      hasDefaultGateway: true,
      switch: 'LAN',
    }),
    cardJson('Ethernet 4', { up: false, bitsPerSecond: 0, addresses: [] }),
  ]),
  switches: value([
    {
      name: 'LAN',
      id: '0dc81d2e-95a8-a3dd-364c-97319cb2f27e',
      type: 'External' as const,
      uplinkUp: value(true),
      extensions: value([{ name: 'Microsoft NDIS Capture', enabled: false }]),
      bandwidthMode: value('Weight'),
    },
  ]),
  fileServer: value({ serviceRunning: true, firewallOpen: true }),
  supportedVersions: value(['8.0', '9.0', '10.0']),
  fibreChannelSans: value([]),
  guardians: value([]),
  partitionableGpus: value([]),
  plannedVms: value([]),
  defender: value({ scansFilesInUse: true, knowsRoles: true, extensions: [], programs: [] }),
  cluster: value(null),
  dnsServers: value(['192.168.1.20']),
  gateways: value(['192.168.1.254']),
  moves: value([]),
  ...changes,
});

export const directoryJson = (changes: Partial<DirectoryJson> = {}): DirectoryJson => ({
  trusted: value(['other.example']),
  delegation: value({ allowedTo: ['cifs/hv-b'], anyProtocol: true }),
  sensitive: value(false),
  domainControllers: value(['192.168.1.20']),
  ...changes,
});

/** 2012 R2 has no choice of versions, no guardians, no partitions, no Credential Guard. */
export const hostOf2012R2 = (): HostJson =>
  hostJson({
    build: value(9600),
    language: value('it-IT'),
    supportedVersions: LACKS,
    guardians: LACKS,
    partitionableGpus: LACKS,
    credentialGuard: LACKS,
  });

export const diskJson = (changes: object = {}) => ({
  id: 'SCSI 0:0',
  path: 'D:\\VMs\\dc02\\system_7B.avhdx',
  passThrough: false,
  shared: false,
  place: 'local' as const,
  files: value([
    {
      path: 'D:\\VMs\\dc02\\system_7B.avhdx',
      format: 'VHDX',
      virtualBytes: 80 * GIB,
      fileBytes: 3 * GIB,
    },
    {
      path: 'D:\\VMs\\dc02\\system.vhdx',
      format: 'VHDX',
      virtualBytes: 80 * GIB,
      fileBytes: 40 * GIB,
    },
  ]),
  ...changes,
});

export const adapterJson = (changes: object = {}) => ({
  name: 'Network Adapter',
  id: 'Microsoft:6F96\\5B73',
  mac: '00155D000001',
  dynamicMac: true,
  switch: 'LAN',
  addresses: ['192.168.1.40', 'fe80::1'],
  vlan: value({ mode: 'Access', access: 12 }),
  extendedAcls: value(0),
  bandwidthMinimum: value(0),
  bandwidthMaximum: value(0),
  iovWeight: 0,
  ...changes,
});

export const vmJson = (changes: Partial<VmJson> = {}): VmJson => ({
  id: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
  name: 'dc02',
  state: 'Running',
  primaryStatus: 'Ok',
  secondaryStatus: '',
  generation: 2,
  version: value('10.0'),
  processorCount: 4,
  memory: {
    dynamic: true,
    startupBytes: 4 * GIB,
    maximumBytes: 16 * GIB,
    assignedBytes: 6 * GIB,
  },
  startAction: 'StartIfRunning',
  stopAction: 'ShutDown',
  notes: '',
  heartbeat: 'OkApplicationsHealthy',
  configurationPath: 'D:\\VMs\\dc02',
  disks: value([diskJson()]),
  adapters: value([adapterJson()]),
  checkpoints: value([
    { id: 'c1', name: 'ferry m42 round 1', type: 'Standard', automatic: false },
    { id: 'c2', name: 'before the update', type: 'Standard', automatic: false },
  ]),
  dvdDrives: value([
    { id: 'SCSI 0:1', media: 'ISO' as const, path: 'D:\\ISO\\x.iso' },
    { id: 'SCSI 0:2', media: 'None' as const, path: '' },
  ]),
  fibreChannelSans: value([]),
  processor: value({
    compatibleForMigration: false,
    exposesVirtualization: false,
    countPerNumaNodeMax: 16,
  }),
  security: value({ tpm: false, shielded: false, guardians: value([]) }),
  assignedDevices: value([]),
  gpuPartitions: value([{ canLeave: LACKS }]),
  replication: value(null),
  clusterRole: value(null),
  services: value({ shutdown: true, heartbeat: true }),
  ...changes,
});
