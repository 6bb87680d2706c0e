import { describe, expect, it } from '@jest/globals';
import type { HyperVHostFacts, MigrationSettings } from '../../../src/domain/hyperv.ts';
import { runChecks } from '../../../src/preflight/checks.ts';
import { textsIn } from '../../../src/texts/catalogue.ts';
import { GIB, hostFacts, subjectOf, vmFacts } from '../facts.ts';
import { DENIED, hyperVHost, hyperVVm, LACKS, value, windowsSubject } from '../windows.ts';
import { findingOf, knownOf, LIVE, LIVE_RECHECK, type RowAt, STREAM } from './ask.ts';

const migration = knownOf(hyperVHost('hv-a').migration);
const [volume] = hostFacts('hv-a').volumes;
const [disk] = vmFacts().disks;
const [first] = hyperVVm().disks;
if (!volume || !disk || !first)
  throw new Error('The healthy hosts have a volume and the VM a disk');

const free = (bytesFree: number, bytesTotal = 50 * GIB) => ({
  volumes: [{ ...volume, bytesFree, bytesTotal }],
});
const limits = (changes: Partial<MigrationSettings>) => ({
  migration: value({ ...migration, ...changes }),
});
const active = (moves: number, storageMoves: number) => ({
  activeMoves: value({ moves, storageMoves }),
});
const numa = (spanning: boolean, processors: number, memoryBytes = 64 * GIB) => ({
  numa: value({
    spanning,
    nodes: [
      { processors, memoryBytes },
      { processors: 1, memoryBytes: GIB },
    ],
  }),
});
const perNode = (countPerNumaNodeMax: number) => ({
  processor: value({ ...knownOf(hyperVVm().processor), countPerNumaNodeMax }),
});
const dynamic = (maximumBytes: number) => ({
  memory: { dynamic: true, startupBytes: GIB, maximumBytes, assignedBytes: GIB },
});
const diskNamed = (path: string) => ({ disks: [{ ...disk, path }] });
const FOLDER = 'D:\\dc02-3F2504E0';

const CAPACITY: readonly RowAt[] = [
  [
    '10 GiB are free at the source',
    { sourceHost: free(10 * GIB) },
    'source-space',
    'ok',
    'source-space-ok',
    STREAM,
  ],
  [
    'a byte less is free at the source',
    { sourceHost: free(10 * GIB - 1) },
    'source-space',
    'blocker',
    'source-space',
    STREAM,
  ],
  [
    'less than a tenth is free at the source',
    { sourceHost: free(10 * GIB, 101 * GIB) },
    'source-space',
    'warning',
    'source-space-tight',
    STREAM,
  ],
  [
    'half of what the guard keeps free is free at the source',
    { sourceHost: free(50 * GIB, 1000 * GIB) },
    'source-space',
    'warning',
    'source-space-tight',
    STREAM,
  ],
  [
    'less than half of what the guard keeps free is free at the source',
    { sourceHost: free(50 * GIB - 1, 1000 * GIB) },
    'source-space',
    'blocker',
    'source-space',
    STREAM,
  ],
  [
    'the free space at the source is unreadable',
    { sourceHost: free(Number.NaN) },
    'source-space',
    'unknown',
    'source-space-unknown',
    STREAM,
  ],
  [
    'the disk lies on no volume of the source',
    { vmItself: diskNamed('\\\\nas\\vms\\a.vhdx') },
    'source-space',
    'unknown',
    'source-space-unknown',
    STREAM,
  ],
  [
    'a volume is mounted on a folder of another',
    { sourceHost: { volumes: [volume, { ...volume, path: 'd:/VMs', bytesFree: GIB }] } },
    'source-space',
    'blocker',
    'source-space',
    STREAM,
  ],
  [
    'another volume is full',
    { sourceHost: { volumes: [volume, { ...volume, path: 'D:\\VM', bytesFree: GIB }] } },
    'source-space',
    'ok',
    'source-space-ok',
    STREAM,
  ],
  [
    'a file is in the way',
    { target: { files: value([`d:/DC02-3F2504E0/Virtual Hard Disks/SYSTEM.vhdx`]) } },
    'target-files',
    'blocker',
    'target-files',
  ],
  [
    'its configuration is there already',
    { target: { files: value([`${FOLDER}\\Virtual Machines\\${vmFacts().id}.vmcx`]) } },
    'target-files',
    'blocker',
    'target-files',
    LIVE_RECHECK,
  ],
  [
    'a parent is in the way',
    {
      vm: { disks: [{ ...first, chain: value(['D:\\system.vhdx', 'D:\\base.vhdx']) }] },
      target: { files: value([`${FOLDER}\\Virtual Hard Disks\\base.vhdx`]) },
    },
    'target-files',
    'blocker',
    'target-files',
  ],
  [
    'the files at the target cannot be read',
    { target: { files: DENIED } },
    'target-files',
    'unknown',
    'target-files-unknown',
  ],
  [
    'its path has 259 characters',
    { vmItself: diskNamed(`D:\\${'x'.repeat(259 - FOLDER.length - 20)}`) },
    'target-path',
    'ok',
    'target-path-ok',
  ],
  [
    'its path has 260 characters',
    { vmItself: diskNamed(`D:\\${'x'.repeat(260 - FOLDER.length - 20)}`) },
    'target-path',
    'blocker',
    'target-path',
  ],
  [
    'its long name is cut for the stream',
    { vmItself: diskNamed(`D:\\${'x'.repeat(300)}`) },
    'target-path',
    'ok',
    'target-path-ok',
    STREAM,
  ],
  [
    'the volume of the target has a long path',
    { targetHost: { vmVolume: `D:\\${'x'.repeat(250)}` } },
    'target-path',
    'blocker',
    'target-path',
    STREAM,
  ],
  [
    'its file is named like a device',
    { vmItself: diskNamed('D:\\con.vhdx') },
    'target-path',
    'blocker',
    'target-path-name',
  ],
  [
    'its memory may grow over what is free',
    { vm: dynamic(31 * GIB) },
    'memory',
    'warning',
    'memory-if-grown',
  ],
  ['its memory may grow to what is free', { vm: dynamic(30 * GIB) }, 'memory', 'ok', 'memory-ok'],
  [
    'its static memory has a maximum that says nothing',
    { vm: { memory: { ...dynamic(1024 * GIB).memory, dynamic: false } } },
    'memory',
    'ok',
    'memory-ok',
  ],
  [
    'it has as many processors as the target',
    { vmItself: { processors: 16 } },
    'processor-count',
    'ok',
    'processor-count-ok',
  ],
  [
    'it has more processors than the target',
    { vmItself: { processors: 17 } },
    'processor-count',
    'blocker',
    'processor-count',
    STREAM,
  ],
  [
    'the processors of the target cannot be read',
    { target: { logicalProcessors: DENIED } },
    'processor-count',
    'unknown',
    'processor-count-unknown',
  ],
  [
    'a NUMA node of the target is smaller',
    { vmItself: { processors: 12 }, target: numa(true, 8) },
    'numa',
    'warning',
    'numa',
  ],
  [
    'it spreads over NUMA nodes',
    { vmItself: { processors: 12 }, vm: perNode(6), target: numa(true, 8) },
    'numa',
    'ok',
    'numa-ok',
  ],
  [
    'its memory fits no node, and none is spanned',
    { target: numa(false, 8, 4 * GIB) },
    'numa',
    'warning',
    'numa-spanning',
    STREAM,
  ],
  ['its memory fits no node', { target: numa(true, 8, 4 * GIB) }, 'numa', 'ok', 'numa-ok'],
  [
    'no NUMA node is told',
    { target: { numa: value({ spanning: true, nodes: [] }) } },
    'numa',
    'unknown',
    'numa-unknown',
  ],
  [
    'the NUMA nodes cannot be read',
    { target: { numa: DENIED } },
    'numa',
    'unknown',
    'numa-unknown',
  ],
  [
    'its NUMA settings cannot be read',
    { vm: { processor: DENIED } },
    'numa',
    'unknown',
    'numa-unknown',
  ],
  ['a host allows no moves', { source: limits({ movesMax: 0 }) }, 'slots', 'blocker', 'slots'],
  [
    'the target allows no storage moves',
    { target: limits({ storageMovesMax: 0 }) },
    'slots',
    'blocker',
    'slots',
    LIVE_RECHECK,
  ],
  [
    'no storage moves, and none is wanted',
    { vm: { disks: [{ ...first, place: 'share' }] }, target: limits({ storageMovesMax: 0 }) },
    'slots',
    'ok',
    'slots-ok',
  ],
  ['all moves are under way', { target: active(2, 0) }, 'slots', 'ok', 'slots-ok'],
  [
    'the running moves cannot be read',
    { target: { activeMoves: DENIED } },
    'slots',
    'unknown',
    'slots-unknown',
  ],
  [
    'the limits cannot be read',
    { source: { migration: DENIED } },
    'slots',
    'unknown',
    'slots-unknown',
  ],
  [
    'a host allows no moves, and the other cannot be read',
    { source: limits({ movesMax: 0 }), target: { migration: DENIED } },
    'slots',
    'blocker',
    'slots',
  ],
];

describe('the room for a VM on Windows', () => {
  it.each(CAPACITY)('when %s', (_, changes, check, severity, code, occasion = LIVE) => {
    expect(findingOf(check, windowsSubject(changes), occasion)).toMatchObject({ severity, code });
  });

  it('says that nobody looked for files, and nothing where they cannot be listed', () => {
    const { target, ...rest } = windowsSubject();
    if (!target.hyperv) throw new Error('The healthy hosts are Windows');
    const { files: _, ...hyperv } = target.hyperv;
    expect(findingOf('target-files', { ...rest, target: { ...target, hyperv } })).toMatchObject({
      severity: 'unknown',
    });
    expect(findingOf('target-files', windowsSubject({ target: { files: LACKS } }))).toBeUndefined();
  });

  it('needs room for the whole copy before a live move, also in its recheck', () => {
    const targetHost = { volumes: [{ ...volume, bytesFree: 43 * GIB }] };
    const own = { bytesReserved: 0, memoryBytesReserved: 0 };
    const subject = { ...windowsSubject({ targetHost }), own };
    expect(findingOf('free-space', subject, LIVE_RECHECK)).toMatchObject({ severity: 'blocker' });
    const streamed = { method: 'stream', phase: 'recheck' } as const;
    expect(findingOf('free-space', subject, streamed)).toMatchObject({ severity: 'ok' });
  });

  it('says who is busy, and that it waits', () => {
    const finding = findingOf('slots', windowsSubject({ target: active(0, 2) }));
    expect(finding?.facts.busy).toEqual(['hv-b']);
    if (finding) expect(textsIn('en')(finding).text).toContain("waits in Ferry's queue");
  });

  it('counts the processors of a host that does not tell the logical ones', () => {
    const subject = windowsSubject({
      target: { logicalProcessors: LACKS },
      vmItself: { processors: 17 },
    });
    expect(findingOf('processor-count', subject)).toMatchObject({ severity: 'blocker' });
    expect(findingOf('processor-count', subjectOf(), STREAM)).toMatchObject({ severity: 'ok' });
  });
});

const READS: Readonly<Record<string, Partial<HyperVHostFacts>>> = {
  numa: { numa: LACKS },
  slots: { migration: LACKS },
};

describe.each(Object.entries(READS))('%s', (check, lacking) => {
  it('does not appear where Windows has no such thing', () => {
    expect(findingOf(check, windowsSubject({ source: lacking, target: lacking }))).toBeUndefined();
  });

  it('does not appear for hosts that are no Windows', () => {
    expect(findingOf(check, subjectOf())).toBeUndefined();
  });
});

describe('two healthy hosts', () => {
  it.each(['live', 'stream'] as const)('find nothing against a move by %s', (method) => {
    for (const phase of ['plan', 'recheck'] as const) {
      const findings = runChecks(windowsSubject(), { method, phase });
      // What no real host has shown is no fault of these two.
      const unwell = findings.filter(({ severity }) => severity !== 'ok');
      expect(unwell.filter(({ check }) => check !== 'unproven')).toEqual([]);
      expect(findings.length).toBeGreaterThan(12);
    }
  });
});
