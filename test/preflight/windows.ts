/** Two healthy Windows Server 2022 hosts and a VM between them; tests change one thing. */

import type { HostFacts } from '../../src/domain/host.ts';
import type {
  HyperVHostFacts,
  NetAdapterFacts,
  ReachFacts,
  Read,
} from '../../src/domain/hyperv.ts';
import type { HyperVVmFacts } from '../../src/domain/hyperv-vm.ts';
import type { VmFacts } from '../../src/domain/vm.ts';
import type { Subject } from '../../src/preflight/check.ts';
import { GIB, hostFacts, vmFacts } from './facts.ts';

export const DENIED = { unread: 'Access is denied. (0x80070005)' } as const;
export const LACKS = { lacks: true } as const;
export const value = <T>(it: T): Read<T> => ({ value: it });

const DOMAIN = 'corp.example';
const SERVICE = 'Microsoft Virtual System Migration Service';
/** The last part of the hosts' addresses. */
const NUMBERS: Readonly<Record<string, number>> = { 'hv-a': 1, 'hv-b': 2 };
const otherOf = (name: string): string => (name === 'hv-b' ? 'hv-a' : 'hv-b');
const addressOf = (name: string, net: string): string => `${net}.${NUMBERS[name] ?? 9}`;

export const netAdapter = (changes: Partial<NetAdapterFacts> = {}): NetAdapterFacts => ({
  name: 'Migration',
  up: true,
  bitsPerSecond: 10e9,
  addresses: ['10.0.9.1/24'],
  hasDefaultGateway: false,
  msClient: value(true),
  msServer: value(true),
  ...changes,
});

/** What host `name` sees of the other one. */
export const reachFacts = (name: string, changes: Partial<ReachFacts> = {}): ReachFacts => ({
  host: otherOf(name),
  migrationPort: value(true),
  smbPort: value(true),
  managementPort: value(true),
  adminShare: value(true),
  shortName: value([addressOf(otherOf(name), '192.168.1')]),
  fullName: value([addressOf(otherOf(name), '192.168.1')]),
  ...changes,
});

/** The four entries that a host's computer account needs for moves to the other one. */
export const delegationTo = (name: string): string[] =>
  ['cifs', SERVICE].flatMap((service) => [`${service}/${name}`, `${service}/${name}.${DOMAIN}`]);

export const hyperVHost = (
  name: string,
  changes: Partial<HyperVHostFacts> = {},
): HyperVHostFacts => ({
  computerName: name,
  fullName: `${name}.${DOMAIN}`,
  build: value(20348),
  language: value('en-US'),
  role: value({ installed: true, serviceRunning: true }),
  domain: value({ joined: true, name: DOMAIN, trusted: [] }),
  processor: value({
    manufacturer: 'GenuineIntel',
    name: 'Intel(R) Xeon(R) E-2336 CPU @ 2.90GHz',
    family: 6,
    revision: 42_753,
  }),
  logicalProcessors: value(16),
  numa: value({ spanning: true, nodes: [{ processors: 16, memoryBytes: 64 * GIB }] }),
  migration: value({
    enabled: true,
    authentication: 'Kerberos',
    performance: value('Compression'),
    movesMax: 2,
    storageMovesMax: 2,
    useAnyNetwork: false,
    networks: [{ subnet: '10.0.9.0/24', priority: 0 }],
  }),
  activeMoves: value({ moves: 0, storageMoves: 0 }),
  credentialGuard: value(false),
  delegation: value({ allowedTo: delegationTo(otherOf(name)), anyProtocol: true }),
  account: value({
    name: 'CORP\\ferry',
    isAdministrator: true,
    isHyperVAdministrator: false,
    cannotBeDelegated: false,
    isService: true,
  }),
  adapters: value([
    netAdapter({ addresses: [`${addressOf(name, '10.0.9')}/24`] }),
    netAdapter({
      name: 'vEthernet (LAN)',
      addresses: [`${addressOf(name, '192.168.1')}/24`],
      hasDefaultGateway: true,
      switch: 'LAN',
    }),
  ]),
  switches: value([
    {
      name: 'LAN',
      id: `switch-lan-of-${name}`,
      type: 'External',
      uplinkUp: value(true),
      extensions: value([{ name: 'Microsoft Windows Filtering Platform', enabled: true }]),
      bandwidthMode: value('Weight'),
    },
  ]),
  fileServer: value({ serviceRunning: true, firewallOpen: true }),
  supportedVersions: value(['8.0', '8.1', '8.2', '8.3', '9.0', '9.1', '9.2', '10.0']),
  fibreChannelSans: value([]),
  guardians: value([]),
  partitionableGpus: value([]),
  plannedVms: value([]),
  defender: value({ scansFilesInUse: true, knowsRoles: true, extensions: [], programs: [] }),
  cluster: value(null),
  files: value(['D:\\VMs\\mail\\mail.vhdx']),
  dependencies: {
    domainControllers: value(['192.168.1.20', '192.168.1.21']),
    dnsServers: value(['192.168.1.20', '192.168.1.21']),
    gateways: value(['192.168.1.254']),
    store: value(['192.168.1.30']),
    bot: value(['192.168.1.31']),
  },
  reach: reachFacts(name),
  moves: value([]),
  ...changes,
});

export const hyperVVm = (changes: Partial<HyperVVmFacts> = {}): HyperVVmFacts => ({
  version: value('10.0'),
  state: 'Running',
  primaryStatus: 'Ok',
  configurationPath: 'D:\\VMs\\dc02',
  disks: [
    {
      id: 'SCSI 0:0',
      path: 'D:\\VMs\\dc02\\system.vhdx',
      passThrough: false,
      shared: false,
      vhdSet: false,
      chain: value(['D:\\VMs\\dc02\\system.vhdx']),
      fileBytes: value(40 * GIB),
      place: 'local',
    },
  ],
  adapters: [
    {
      name: 'Network Adapter',
      id: 'adapter-1',
      mac: '00155D000001',
      dynamicMac: true,
      switch: 'LAN',
      vlan: value({ mode: 'Untagged' }),
      extendedAcls: value(0),
      bandwidthMinimum: value(0),
      bandwidthMaximum: value(0),
      iovWeight: 0,
    },
  ],
  checkpoints: value([]),
  dvdDrives: value([{ id: 'SCSI 0:1', media: 'None' }]),
  fibreChannelSans: value([]),
  memory: {
    dynamic: false,
    startupBytes: 4 * GIB,
    maximumBytes: 4 * GIB,
    assignedBytes: 4 * GIB,
  },
  processor: value({
    compatibleForMigration: false,
    exposesVirtualization: false,
    countPerNumaNodeMax: 16,
  }),
  security: value({ tpm: false, shielded: false, guardians: value([]) }),
  assignedDevices: value([]),
  gpuPartitions: value([]),
  replication: value(null),
  clusterRole: value(null),
  services: value({ shutdown: true, heartbeat: true }),
  stopAction: 'Save',
  ...changes,
});

export interface Changes {
  readonly source?: Partial<HyperVHostFacts>;
  readonly target?: Partial<HyperVHostFacts>;
  readonly vm?: Partial<HyperVVmFacts>;
  /** What is no matter of Windows alone. */
  readonly sourceHost?: Partial<HostFacts>;
  readonly targetHost?: Partial<HostFacts>;
  readonly vmItself?: Partial<VmFacts>;
}

const windowsHost = (
  name: string,
  hyperv: Partial<HyperVHostFacts> = {},
  changes: Partial<HostFacts> = {},
): HostFacts => ({
  ...hostFacts(name, { methods: ['live', 'stream'] }),
  hyperv: hyperVHost(name, hyperv),
  ...changes,
});

/** A VM on hv-a that may go to hv-b in every way. */
export const windowsSubject = (changes: Changes = {}): Subject => ({
  vm: {
    ...vmFacts(),
    guest: { heartbeat: true, addresses: ['192.168.1.50', 'fe80::215:5dff:fe00:1'] },
    hyperv: hyperVVm(changes.vm),
    ...changes.vmItself,
  },
  source: windowsHost('hv-a', changes.source, changes.sourceHost),
  target: windowsHost('hv-b', changes.target, changes.targetHost),
});
