import { describe, expect, it } from '@jest/globals';
import type { HyperVVmFacts } from '../../../src/domain/hyperv-vm.ts';
import { subjectOf } from '../facts.ts';
import { DENIED, hyperVVm, LACKS, value, windowsSubject } from '../windows.ts';
import { findingOf, knownOf, LIVE, type RowAt, STREAM } from './ask.ts';

const security = (
  changes: Partial<Extract<HyperVVmFacts['security'], { value: unknown }>['value']>,
) => {
  return { security: value({ ...knownOf(hyperVVm().security), tpm: true, ...changes }) };
};
const guarded = (...thumbprints: readonly string[]) => security({ guardians: value(thumbprints) });
const gpu = (canLeave: { value: boolean } | typeof DENIED | typeof LACKS) => ({
  gpuPartitions: value([{ canLeave }]),
});
/** It cannot be asked which versions it runs. */
const OF_2012R2 = { build: value(9600), supportedVersions: LACKS };
const GPUS = { partitionableGpus: value(['GPU 1']) };

const FEATURES: readonly RowAt[] = [
  [
    'its version is newer than the target',
    { vm: { version: value('12.0') } },
    'configuration-version',
    'blocker',
    'configuration-version',
  ],
  [
    'its version is older than the target',
    { vm: { version: value('5.0') } },
    'configuration-version',
    'blocker',
    'configuration-version-old',
  ],
  [
    '9.0 is older than 10.0',
    { vm: { version: value('9.0') }, target: { supportedVersions: value(['10.0', '12.0']) } },
    'configuration-version',
    'blocker',
    'configuration-version-old',
    STREAM,
  ],
  [
    'its release does not tell, and is 2012 R2',
    { source: OF_2012R2, vm: { version: LACKS }, target: { supportedVersions: value(['5.0']) } },
    'configuration-version',
    'ok',
    'configuration-version-ok',
  ],
  [
    'it comes from 2012 R2, and the target runs later ones alone',
    { source: OF_2012R2, vm: { version: LACKS } },
    'configuration-version',
    'blocker',
    'configuration-version-by-steps',
  ],
  [
    'the target is 2012 R2, and it is of 2012 R2',
    { target: OF_2012R2, vm: { version: value('5.0') } },
    'configuration-version',
    'ok',
    'configuration-version-ok',
  ],
  [
    'the target is 2012 R2, and it is later',
    { target: OF_2012R2, vm: { version: value('8.0') } },
    'configuration-version',
    'blocker',
    'configuration-version',
  ],
  [
    'the target is 2012, and it is of 2012 R2',
    {
      source: OF_2012R2,
      vm: { version: LACKS },
      target: { ...OF_2012R2, build: value(9200) },
    },
    'configuration-version',
    'blocker',
    'configuration-version',
  ],
  [
    "the target's versions cannot be read",
    { target: { supportedVersions: DENIED } },
    'configuration-version',
    'unknown',
    'configuration-version-unknown',
  ],
  [
    'the target has the guardians',
    { vm: guarded('AA 01', 'bb02'), target: { guardians: value(['BB02', 'aa01', 'cc03']) } },
    'virtual-tpm',
    'ok',
    'virtual-tpm-ok',
  ],
  [
    'the target lacks the guardians',
    { vm: guarded('aa01', 'bb02'), target: { guardians: value(['cc03']) } },
    'virtual-tpm',
    'blocker',
    'virtual-tpm',
    STREAM,
  ],
  [
    'the target has one of the guardians',
    { vm: guarded('aa01', 'bb02'), target: { guardians: value(['aa01']) } },
    'virtual-tpm',
    'warning',
    'virtual-tpm-in-part',
  ],
  [
    'the target knows no guardians',
    { vm: guarded('aa01'), target: { guardians: LACKS } },
    'virtual-tpm',
    'blocker',
    'virtual-tpm',
  ],
  [
    "the target's guardians cannot be read",
    { vm: guarded('aa01'), target: { guardians: DENIED } },
    'virtual-tpm',
    'unknown',
    'virtual-tpm-unknown',
  ],
  [
    'its guardians cannot be read',
    { vm: security({ guardians: DENIED }) },
    'virtual-tpm',
    'unknown',
    'virtual-tpm-unknown',
  ],
  ['its key names nobody', { vm: guarded() }, 'virtual-tpm', 'unknown', 'virtual-tpm-unknown'],
  [
    'it is shielded without a TPM',
    { vm: security({ tpm: false, shielded: true, guardians: value(['aa01']) }) },
    'virtual-tpm',
    'blocker',
    'virtual-tpm',
  ],
  [
    'a device is assigned',
    { vm: { assignedDevices: value(['PCIROOT(0)#PCI(0300)']) } },
    'assigned-device',
    'blocker',
    'assigned-device',
  ],
  [
    'its GPU part cannot leave',
    { vm: gpu(value(false) as { value: boolean }), target: GPUS },
    'gpu-partition',
    'blocker',
    'gpu-partition',
  ],
  [
    'no release before 2025 says that a GPU part can leave',
    { vm: gpu(LACKS), target: GPUS },
    'gpu-partition',
    'blocker',
    'gpu-partition',
  ],
  [
    'its GPU part stops with it',
    { vm: gpu(LACKS), target: GPUS },
    'gpu-partition',
    'ok',
    'gpu-partition-ok',
    STREAM,
  ],
  [
    'its GPU part can leave',
    { vm: gpu({ value: true }), target: GPUS },
    'gpu-partition',
    'ok',
    'gpu-partition-ok',
  ],
  [
    'the target has no GPU',
    { vm: gpu({ value: true }) },
    'gpu-partition',
    'blocker',
    'gpu-at-target',
  ],
  [
    'whether its GPU part can leave cannot be read',
    { vm: gpu(DENIED), target: GPUS },
    'gpu-partition',
    'unknown',
    'gpu-partition-unknown',
  ],
  [
    "the target's GPUs cannot be read",
    { vm: gpu({ value: true }), target: { partitionableGpus: DENIED } },
    'gpu-partition',
    'unknown',
    'gpu-partition-unknown',
  ],
  [
    'its host starts it',
    { vmItself: { startAction: 'Start' } },
    'auto-start',
    'ok',
    'auto-start-ok',
  ],
];

describe('what a VM has beside disks', () => {
  it.each(FEATURES)('when %s', (_, changes, check, severity, code, occasion = LIVE) => {
    expect(findingOf(check, windowsSubject(changes), occasion)).toMatchObject({ severity, code });
  });
});

/** What each check reads of the VM. */
const READS: Readonly<Record<string, keyof HyperVVmFacts>> = {
  'cluster-role': 'clusterRole',
  checkpoints: 'checkpoints',
  'recovery-checkpoint': 'checkpoints',
  'dvd-media': 'dvdDrives',
  'configuration-version': 'version',
  'virtual-tpm': 'security',
  'assigned-device': 'assignedDevices',
  'gpu-partition': 'gpuPartitions',
  replication: 'replication',
};

describe.each(Object.entries(READS))('%s', (check, field) => {
  it('is unknown, with the words of Windows, where it could not be read', () => {
    const finding = findingOf(check, windowsSubject({ vm: { [field]: DENIED } }));
    expect(finding?.code).toBe(`${check}-unknown`);
    expect(finding?.facts.what).toContain('Access is denied. (0x80070005)');
  });

  it('does not appear where Windows has no such thing', () => {
    expect(findingOf(check, windowsSubject({ vm: { [field]: LACKS } }))).toBeUndefined();
  });

  it('does not appear for hosts that are no Windows', () => {
    expect(findingOf(check, subjectOf())).toBeUndefined();
  });
});
