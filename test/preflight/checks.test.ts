import { describe, expect, it } from '@jest/globals';
import type { Finding, Severity } from '../../src/domain/finding.ts';
import type { Check, Subject } from '../../src/preflight/check.ts';
import { CHECKS, hasBlocker, runChecks } from '../../src/preflight/checks.ts';
import { catalogueCodes, textOf } from '../../src/texts/catalogue.ts';
import { preflightProblems } from '../../src/texts/en/preflight.ts';
import { GIB, hostFacts, subjectOf, vmFacts } from './facts.ts';

const PLAN = { method: 'stream', phase: 'plan' } as const;
const RECHECK = { method: 'stream', phase: 'recheck' } as const;

/** What a plan to stream asks of hosts that are not Windows. */
const asked = (subject: Subject): Check[] =>
  CHECKS.filter(({ methods }) => methods.includes('stream')).filter(
    (check) => check.applies?.(subject, PLAN) ?? true,
  );

function findingOf(check: string, subject: Subject): Finding {
  const found = runChecks(subject, PLAN).find((finding) => finding.check === check);
  if (!found) throw new Error(`No finding of ${check}`);
  return found;
}

const disk = vmFacts().disks[0] as NonNullable<ReturnType<typeof vmFacts>['disks'][0]>;
const network = hostFacts('x').networks[0] as NonNullable<
  ReturnType<typeof hostFacts>['networks'][0]
>;
const volume = hostFacts('x').volumes[0] as NonNullable<ReturnType<typeof hostFacts>['volumes'][0]>;
const withDisk = (changes: Partial<typeof disk>) =>
  subjectOf({ vm: vmFacts({ disks: [{ ...disk, ...changes }] }) });
const withTarget = (changes: Parameters<typeof hostFacts>[1]) =>
  subjectOf({ target: hostFacts('hv-b', changes) });
const withVolume = (changes: Partial<typeof volume>) =>
  withTarget({ volumes: [{ ...volume, ...changes }] });
const withNetwork = (changes: Partial<typeof network>) =>
  withTarget({ networks: [{ ...network, ...changes }] });

/** Each row: what is so, the check that must speak, how, and by which code. */
const ROWS: readonly (readonly [string, Subject, string, Severity, string])[] = [
  ['the VM is off', subjectOf({ vm: vmFacts({ state: 'Off' }) }), 'vm-state', 'ok', 'vm-state-ok'],
  [
    'the VM is saved',
    subjectOf({ vm: vmFacts({ state: 'Saved' }) }),
    'vm-state',
    'blocker',
    'vm-state',
  ],
  [
    'the target has a VM of this Id, in other letters',
    withTarget({ vms: [vmFacts({ id: vmFacts().id.toLowerCase(), name: 'other' })] }),
    'vm-at-target',
    'blocker',
    'vm-at-target',
  ],
  [
    'the target has a VM of this name only',
    withTarget({ vms: [vmFacts({ id: 'another' })] }),
    'vm-at-target',
    'warning',
    'vm-name-at-target',
  ],
  [
    'another Ferry marked the VM',
    subjectOf({
      vm: vmFacts({ notes: 'Mail server. ferry:other-company m7' }),
      installation: 'ours',
    }),
    'ferry-mark',
    'blocker',
    'ferry-mark',
  ],
  [
    'our own Ferry marked the VM',
    subjectOf({ vm: vmFacts({ notes: 'ferry:ours' }), installation: 'ours' }),
    'ferry-mark',
    'ok',
    'ferry-mark-ok',
  ],
  [
    'a backup made a checkpoint',
    subjectOf({ vm: vmFacts({ checkpoints: [{ id: '1', name: 'Backup', ours: false }] }) }),
    'foreign-checkpoint',
    'blocker',
    'foreign-checkpoint',
  ],
  [
    'all checkpoints are ours',
    subjectOf({ vm: vmFacts({ checkpoints: [{ id: '1', name: 'ferry', ours: true }] }) }),
    'foreign-checkpoint',
    'ok',
    'foreign-checkpoint-ok',
  ],
  [
    'a disk is unreadable',
    withDisk({ format: 'unreadable' }),
    'disk-format',
    'blocker',
    'disk-format',
  ],
  [
    'the VM has no disks',
    subjectOf({ vm: vmFacts({ disks: [] }) }),
    'disk-format',
    'blocker',
    'vm-without-disks',
  ],
  [
    'a disk is a device',
    withDisk({ format: 'pass-through' }),
    'pass-through-disk',
    'blocker',
    'pass-through-disk',
  ],
  [
    'a VHD has 2040 GiB',
    withDisk({ format: 'vhd', virtualBytes: 2040 * GIB }),
    'disk-size',
    'ok',
    'disk-size-ok',
  ],
  [
    'a VHD has more than 2040 GiB',
    withDisk({ format: 'vhd', virtualBytes: 2040 * GIB + 512 }),
    'disk-size',
    'blocker',
    'disk-size',
  ],
  [
    'a VHDX has more than 64 TiB',
    withDisk({ virtualBytes: 65_536 * GIB + 512 }),
    'disk-size',
    'blocker',
    'disk-size',
  ],
  [
    'a size is unreadable',
    withDisk({ virtualBytes: Number.NaN }),
    'disk-size',
    'unknown',
    'disk-size-unknown',
  ],
  [
    'the target is FAT32',
    withVolume({ fileSystem: 'FAT32' }),
    'disk-size',
    'blocker',
    'file-system',
  ],
  [
    'the file system is unreadable',
    withVolume({ fileSystem: '' }),
    'disk-size',
    'unknown',
    'disk-size-unknown',
  ],
  [
    'the network is down',
    withNetwork({ up: false }),
    'migration-network',
    'blocker',
    'migration-network',
  ],
  [
    'the subnets differ',
    withNetwork({ subnet: '10.0.8.0/24' }),
    'migration-network',
    'blocker',
    'migration-network',
  ],
  [
    'there is no network',
    withTarget({ networks: [] }),
    'migration-network',
    'blocker',
    'migration-network',
  ],
  [
    'one end has 100 Mbit/s',
    withNetwork({ bitsPerSecond: 1e8 }),
    'migration-network',
    'warning',
    'migration-network-slow',
  ],
  [
    'both ends have 1 Gbit/s',
    withNetwork({ bitsPerSecond: 1e9 }),
    'migration-network',
    'ok',
    'migration-network-ok',
  ],
  [
    'the speed is unreadable',
    withNetwork({ bitsPerSecond: Number.NaN }),
    'migration-network',
    'unknown',
    'migration-network-unknown',
  ],
  [
    'the network is shared',
    withNetwork({ dedicated: false }),
    'dedicated-network',
    'warning',
    'dedicated-network',
  ],
  [
    'no network can be named',
    withNetwork({ up: false }),
    'dedicated-network',
    'unknown',
    'dedicated-network-unknown',
  ],
  [
    'the switch is missing',
    withTarget({ switches: [] }),
    'virtual-switch',
    'blocker',
    'virtual-switch',
  ],
  [
    'the switch is of another type',
    withTarget({ switches: [{ name: 'lan', type: 'Private' }] }),
    'virtual-switch',
    'warning',
    'virtual-switch-type',
  ],
  [
    'the source does not list the switch',
    subjectOf({ source: hostFacts('hv-a', { switches: [] }) }),
    'virtual-switch',
    'unknown',
    'virtual-switch-unknown',
  ],
  [
    'the adapter is disconnected',
    subjectOf({ vm: vmFacts({ adapters: [{ name: 'NIC', mac: '00155D000001' }] }) }),
    'virtual-switch',
    'ok',
    'virtual-switch-ok',
  ],
  // 40 GiB of files and a tenth: 44 GiB.
  [
    '44 GiB are free',
    withVolume({ bytesFree: 44 * GIB }),
    'free-space',
    'warning',
    'free-space-if-grown',
  ],
  [
    'a byte less than 44 GiB is free',
    withVolume({ bytesFree: 44 * GIB - 1 }),
    'free-space',
    'blocker',
    'free-space',
  ],
  [
    'room for fully grown disks is free',
    withVolume({ bytesFree: 100 * GIB }),
    'free-space',
    'ok',
    'free-space-ok',
  ],
  [
    'the free space is promised to others',
    withVolume({ bytesFree: 500 * GIB, bytesReserved: 457 * GIB }),
    'free-space',
    'blocker',
    'free-space',
  ],
  [
    'more is promised than free',
    withVolume({ bytesFree: 10 * GIB, bytesReserved: 400 * GIB }),
    'free-space',
    'blocker',
    'free-space',
  ],
  [
    'the free space is unreadable',
    withVolume({ bytesFree: Number.NaN }),
    'free-space',
    'unknown',
    'free-space-unknown',
  ],
  [
    'the volume is not listed',
    withTarget({ vmVolume: 'E:' }),
    'free-space',
    'unknown',
    'free-space-unknown',
  ],
  [
    'file sizes are unreadable',
    withDisk({ fileBytes: -1 }),
    'free-space',
    'unknown',
    'free-space-unknown',
  ],
  // 4 GiB assigned, 32 + 3 * 8 MiB overhead, 2 GiB for the host.
  [
    'just enough memory is free',
    withTarget({ memoryBytesFree: 6 * GIB + 56 * 1024 ** 2 }),
    'memory',
    'ok',
    'memory-ok',
  ],
  [
    'a byte of memory is missing',
    withTarget({ memoryBytesFree: 6 * GIB + 56 * 1024 ** 2 - 1 }),
    'memory',
    'blocker',
    'memory',
  ],
  [
    'a byte of memory is missing, and the VM is off',
    subjectOf({
      vm: vmFacts({ state: 'Off' }),
      target: hostFacts('hv-b', { memoryBytesFree: 6 * GIB + 56 * 1024 ** 2 - 1 }),
    }),
    'memory',
    'warning',
    'memory-if-started',
  ],
  [
    'the memory is promised to others',
    withTarget({ memoryBytesReserved: 30 * GIB }),
    'memory',
    'blocker',
    'memory',
  ],
  [
    'startup needs more than is assigned',
    subjectOf({ vm: vmFacts({ memoryStartupBytes: 40 * GIB }) }),
    'memory',
    'blocker',
    'memory',
  ],
  [
    'the free memory is unreadable',
    withTarget({ memoryBytesFree: Number.NaN }),
    'memory',
    'unknown',
    'memory-unknown',
  ],
  [
    "the VM's memory is unreadable",
    subjectOf({ vm: vmFacts({ memoryAssignedBytes: Number.NaN }) }),
    'memory',
    'unknown',
    'memory-unknown',
  ],
];

describe('preflight checks', () => {
  it('are all well for a VM that can be moved', () => {
    const findings = runChecks(subjectOf(), PLAN);
    expect(findings.map(({ check, severity }) => [check, severity])).toEqual(
      asked(subjectOf()).map((check) => [check.name, 'ok']),
    );
  });

  it.each(ROWS)('when %s', (_, subject, check, severity, code) => {
    expect(findingOf(check, subject)).toMatchObject({ severity, code });
  });

  it('say how much is missing, besides what is promised to others', () => {
    const subject = withVolume({ bytesFree: 50 * GIB, bytesReserved: 10 * GIB });
    expect(findingOf('free-space', subject).facts).toMatchObject({
      bytesNeeded: 44 * GIB,
      bytesFree: 40 * GIB,
      bytesMissing: 4 * GIB,
    });
  });

  it('do not count our own reservation against us', () => {
    const target = hostFacts('hv-b', {
      volumes: [{ ...volume, bytesFree: 10 * GIB, bytesReserved: 5 * GIB }],
      memoryBytesFree: 7 * GIB,
      memoryBytesReserved: 4 * GIB,
    });
    const own = { bytesReserved: 5 * GIB, memoryBytesReserved: 4 * GIB };
    expect(hasBlocker(runChecks(subjectOf({ target, own }), RECHECK))).toBe(false);
    expect(hasBlocker(runChecks(subjectOf({ target }), RECHECK))).toBe(true);
  });

  it('still block a recheck when our own reservation is no longer covered', () => {
    const target = hostFacts('hv-b', {
      volumes: [{ ...volume, bytesFree: 8 * GIB, bytesReserved: 5 * GIB }],
    });
    const own = { bytesReserved: 5 * GIB, memoryBytesReserved: 0 };
    const found = runChecks(subjectOf({ target, own }), RECHECK)[0];
    expect(found).toMatchObject({ check: 'free-space', severity: 'blocker' });
  });

  it('list blockers first', () => {
    const subject = withTarget({ networks: [{ ...network, dedicated: false }], switches: [] });
    const severities = runChecks(subject, PLAN).map((finding) => finding.severity);
    expect(severities.slice(0, 2)).toEqual(['blocker', 'warning']);
  });

  it('ask again before the cutover only what may have changed', () => {
    const asked = runChecks(subjectOf(), RECHECK).map((finding) => finding.check);
    expect(asked).toContain('free-space');
    expect(asked).toContain('foreign-checkpoint');
    expect(asked).not.toContain('disk-format');
  });

  it('leave out what does not concern the method', () => {
    const asked = runChecks(subjectOf(), { method: 'live', phase: 'plan' });
    expect(asked.map((finding) => finding.check)).not.toContain('foreign-checkpoint');
  });
});

describe('a check that fails itself', () => {
  const broken: Check = {
    id: 'X',
    name: 'memory',
    methods: ['stream'],
    phases: ['plan'],
    unknownMeans: 'acknowledge',
    run() {
      throw new TypeError('no such field');
    },
  };

  it('answers unknown, with the message', () => {
    const [finding] = runChecks(subjectOf(), PLAN, [broken]);
    expect(finding).toMatchObject({ severity: 'unknown', code: 'memory-unknown' });
    expect(finding?.facts.what).toContain('no such field');
  });

  it('answers unknown as well where it cannot say whether it applies', () => {
    const applies = () => {
      throw new TypeError('no such field');
    };
    const [finding] = runChecks(subjectOf(), PLAN, [{ ...broken, applies }]);
    expect(finding).toMatchObject({ severity: 'unknown', code: 'memory-unknown' });
  });

  it('blocks where unknown means that', () => {
    const [finding] = runChecks(subjectOf(), PLAN, [{ ...broken, unknownMeans: 'block' }]);
    expect(finding?.severity).toBe('blocker');
  });

  it('does not keep others from answering', () => {
    const others = asked(subjectOf());
    expect(runChecks(subjectOf(), PLAN, [broken, ...CHECKS])).toHaveLength(others.length + 1);
  });
});

describe('words of the checks', () => {
  const codes = new Set([
    ...ROWS.map(([, , , , code]) => code),
    ...CHECKS.flatMap((check) => [`${check.name}-ok`, `${check.name}-unknown`, check.name]),
  ]);
  // It only tells.
  codes.delete('auto-start');

  it.each([...codes])('exist for %s, with a remedy', (code) => {
    expect(catalogueCodes()).toContain(code);
    const { text, remedy } = textOf({ code, facts: {} });
    expect(text.length).toBeGreaterThan(10);
    expect(remedy.length).toBeGreaterThan(10);
  });

  it('name the host, the place and what is missing', () => {
    const { facts } = findingOf('free-space', withVolume({ bytesFree: 40 * GIB }));
    const text = preflightProblems['free-space'](facts);
    expect(text.text).toContain('hv-b lacks 4.0 GiB on D:');
    expect(text.remedy).toContain('Free space on D: of hv-b');
  });
});
