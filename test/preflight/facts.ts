/** Two hosts and a VM in which every check is well; tests change one thing. */

import type { HostFacts } from '../../src/domain/host.ts';
import type { VmFacts } from '../../src/domain/vm.ts';
import type { Subject } from '../../src/preflight/check.ts';

export const GIB = 1024 ** 3;

export const vmFacts = (changes: Partial<VmFacts> = {}): VmFacts => ({
  id: '3F2504E0-4F89-11D3-9A0C-0305E82C3301',
  name: 'dc02',
  state: 'Running',
  generation: 2,
  processors: 2,
  memoryStartupBytes: 2 * GIB,
  memoryAssignedBytes: 4 * GIB,
  disks: [
    {
      id: 'SCSI 0:0',
      path: 'D:\\VMs\\dc02\\system.vhdx',
      format: 'vhdx',
      virtualBytes: 100 * GIB,
      fileBytes: 40 * GIB,
      chainLength: 1,
    },
  ],
  adapters: [{ name: 'Network Adapter', mac: '00155D000001', switch: 'LAN' }],
  checkpoints: [],
  startAction: 'StartIfRunning',
  notes: '',
  merging: false,
  ...changes,
});

export const hostFacts = (name: string, changes: Partial<HostFacts> = {}): HostFacts => ({
  name,
  volumes: [
    {
      path: 'D:',
      fileSystem: 'NTFS',
      bytesTotal: 1000 * GIB,
      bytesFree: 500 * GIB,
      bytesReserved: 0,
    },
  ],
  vmVolume: 'D:',
  switches: [{ name: 'LAN', type: 'External' }],
  networks: [
    {
      name: 'Migration',
      subnet: '10.0.9.0/24',
      address: '10.0.9.1',
      bitsPerSecond: 10e9,
      up: true,
      dedicated: true,
    },
  ],
  memoryBytesTotal: 64 * GIB,
  memoryBytesFree: 32 * GIB,
  memoryBytesReserved: 0,
  processors: 16,
  slotsMax: 2,
  slotsUsed: 0,
  methods: ['stream'],
  vms: [],
  ...changes,
});

export const subjectOf = (changes: Partial<Subject> = {}): Subject => ({
  vm: vmFacts(),
  source: hostFacts('hv-a'),
  target: hostFacts('hv-b'),
  ...changes,
});
