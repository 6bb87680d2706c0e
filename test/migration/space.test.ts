import { describe, expect, it } from '@jest/globals';
import type { VolumeFacts } from '../../src/domain/host.ts';
import type { Entry, EntryBody } from '../../src/domain/journal.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { SPACE_LIMITS } from '../../src/domain/space.ts';
import { advance } from '../../src/migration/advance.ts';
import { nextAction } from '../../src/migration/next-action.ts';
import type { StepPorts } from '../../src/migration/ports.ts';
import { hasOpenRounds, shortOfSpace } from '../../src/migration/space.ts';
import { stateOf } from '../../src/migration/state.ts';
import { DELETE_1, LIVE_1, STREAM_1 } from '../../src/migration/steps.ts';
import { planOf } from '../fixtures/opening.ts';
import { GIB } from '../preflight/facts.ts';
import { approved, cancelled, HOUR, journal, opened, START, started, upTo } from './journals.ts';

const disk = (sourcePath: string) => {
  return { id: sourcePath, sourcePath, targetPath: '', virtualBytes: GIB };
};
const volume = (path: string, gibFree: number, gibTotal = 50): VolumeFacts => {
  const bytes = { bytesTotal: gibTotal * GIB, bytesFree: gibFree * GIB, bytesReserved: 0 };
  return { path, fileSystem: 'NTFS', ...bytes };
};
const plan = planOf({ disks: [disk('D:\\VMs\\a.vhdx'), disk('E:\\VMs\\b.vhdx')] });
const short = (volumes: readonly VolumeFacts[], changes: Partial<Plan> = {}) =>
  shortOfSpace({ ...plan, ...changes }, volumes, SPACE_LIMITS);

describe('the room that open rounds leave', () => {
  it('is ten GiB at the least, on every volume of the VM', () => {
    expect(short([volume('D:', 10), volume('E:', 10)])).toBeUndefined();
    expect(short([volume('D:', 10), volume('E:', 9.9)])).toEqual({
      code: 'source-space-low',
      facts: { vm: 'dc02', host: 'hv-a', volume: 'E:', bytesFree: 9.9 * GIB, bytesMin: 10 * GIB },
    });
    expect(short([volume('D:', 10), volume('E:', 10), volume('F:', 0)])).toBeUndefined();
  });

  it('is a tenth of a large volume', () => {
    expect(short([volume('D:', 100, 1000)])).toBeUndefined();
    expect(short([volume('D:', 99, 1000)])?.facts).toMatchObject({ bytesMin: 100 * GIB });
  });

  it('is half of that where people accepted that there is little', () => {
    const tight = { acknowledged: ['source-space-tight'] };
    expect(short([volume('D:', 50, 1000)], tight)).toBeUndefined();
    expect(short([volume('D:', 49, 1000)], tight)?.facts).toMatchObject({ bytesMin: 50 * GIB });
  });

  it('is that of the volume that is mounted on the folder', () => {
    const mounted = [volume('D:', 5), volume('d:\\vms\\', 20)];
    expect(short(mounted)).toBeUndefined();
    expect(short([volume('D:', 20), volume('D:\\VMs', 5)])?.facts).toMatchObject({
      volume: 'D:\\VMs',
    });
  });
});

describe('rounds are open', () => {
  const isOpen = (entries: readonly Entry[]) =>
    hasOpenRounds(planOf(), STREAM_1, stateOf(STREAM_1, entries));

  it.each<[string, boolean, Entry[]]>([
    ['not before the first freeze', false, journal(...upTo('trackChanges'))],
    [
      'while that may have happened',
      true,
      journal(...upTo('trackChanges'), started('trackChanges')),
    ],
    ['while it is asked', true, journal(...upTo('catchUp'))],
    ['until the guest is asked to shut down', true, journal(...upTo('stopSource'))],
    ['not when it is', false, journal(...upTo('stopSource'), started('stopSource'))],
    ['not once it is taken back', false, journal(...upTo('catchUp'), cancelled)],
  ])('%s: %s', (_name, expected, entries) => {
    expect(isOpen(entries)).toBe(expected);
  });

  it('only where rounds are made', () => {
    for (const steps of [LIVE_1, DELETE_1]) {
      expect(hasOpenRounds(planOf(), steps, stateOf(steps, []))).toBe(false);
    }
  });
});

describe('a volume that gets full', () => {
  /** A worker of the source whose host has this much on its volume; what it does is counted. */
  function worker(before: readonly Entry[], volumes: readonly VolumeFacts[]) {
    const entries = [...before];
    const acts: string[] = [];
    const effect = (name: string) => async () => {
      acts.push(name);
    };
    const ports = {
      host: { volumes: async () => volumes, openRound: effect('openRound') },
      space: SPACE_LIMITS,
      memory: { remember: async () => undefined, checkNotBehind: async () => undefined },
      notebook: { read: async () => ({ round: 3, ended: {}, stoppedByUs: false }) },
      stream: { limit: () => undefined, offer: effect('offer') },
      timing: { foreignCheckpointPatienceSeconds: 0 },
      sleep: async () => await new Promise(() => {}),
      journal: {
        read: async () => entries,
        verify: () => undefined,
        now: async () => START + 2 * HOUR,
        append: async (_operation: string, _before: readonly Entry[], body: EntryBody) => {
          const last = entries.at(-1);
          if (!last) throw new Error('No opening');
          const entry = { ...last, position: last.position + 1, at: START + 2 * HOUR, body };
          entries.push(entry);
          return { result: 'appended', entry };
        },
      },
    } as unknown as StepPorts;
    const runner = { side: 'source', ports, stopping: new AbortController().signal } as const;
    return { run: () => advance('m1', runner), entries, acts };
  }
  const onD = { ...opened, plan: { ...opened.plan, disks: [disk('D:\\VMs\\a.vhdx')] } };
  const journalOnD = (...bodies: readonly (EntryBody | readonly EntryBody[])[]): Entry[] =>
    journal(...bodies).map((entry, index) => (index === 0 ? { ...entry, body: onD } : entry));
  const full = [volume('D:', 9)];

  it.each<[string, Entry[]]>([
    ['before the first freeze', journalOnD(...upTo('trackChanges'))],
    ['before a round of changes', journalOnD(...upTo('copyDirtyRounds'))],
    ['before a round that keeps the copy warm', journalOnD(...upTo('catchUp'))],
    ['before the last rounds', journalOnD(...upTo('catchUp'), approved(START + 9 * HOUR))],
  ])('takes everything back %s, and freezes nothing', async (_name, before) => {
    const { run, entries, acts } = worker(before, full);
    await run();
    expect(acts).toEqual([]);
    expect(entries.at(-1)?.body).toMatchObject({
      kind: 'failed',
      outcome: 'roll back',
      problem: { code: 'source-space-low' },
    });
    const next = nextAction(STREAM_1, entries, START + 2 * HOUR);
    expect(next).toMatchObject({ kind: 'undo', towards: 'rolled back' });
  });

  it('holds nothing up where there is room', async () => {
    const { run, acts } = worker(journalOnD(...upTo('trackChanges')), [volume('D:', 10)]);
    await run();
    expect(acts).toContain('openRound');
  });
});
