import { describe, expect, it } from '@jest/globals';
import { type Estimating, estimateFor, estimateOf, keepEstimate } from '../../src/bot/estimate.ts';
import type { Entry } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import { GIB, hostFacts, subjectOf, vmFacts } from '../preflight/facts.ts';
import { memoryRecords } from '../slack/memory-records.ts';
import { opening, type Written } from '../trust/journal-fixture.ts';
import { approved, done, entriesOf, started } from './stories.ts';

const BOUNDS = { pauseSecondsMax: 60 };
const MIB = 1024 ** 2;
const slowDisks = vmFacts();
/** The hosts and the VM of the journals by hand. */
const { source, target, vm } = opening.plan;
const subject = subjectOf({
  vm: { ...slowDisks, id: vm.id, name: vm.name },
  source: hostFacts(source),
  target: hostFacts(target),
});

interface Past {
  readonly journals?: Readonly<Record<string, readonly Entry[]>>;
  readonly measure?: Estimating['measure'];
}

function estimating({ journals = {}, measure = async () => 50e6 }: Past): Estimating {
  return {
    store: {
      list: async () => Object.keys(journals),
      read: async (operation) => [...(journals[operation] ?? [])],
      now: async () => 1_000_000,
    },
    records: memoryRecords(),
    measure,
  };
}

const copied = (bytesRead: number, seconds: number): Written[] =>
  done('copyWholeDisks', { bytesRead, bytesSent: bytesRead, seconds });

/** Stopped and confirmed ten entries, so ten seconds, later. */
const moved = (): Written[] => [
  ...copied(10 * GIB, 100),
  approved(),
  started('stopSource'),
  ...done('fenceSource').slice(1),
  ...done('copyLastRound', { round: 3, bytesSent: 1, seconds: 4 }),
  ...done('confirmTarget'),
];

describe('an estimate', () => {
  it('is reckoned with the link where it is slower than disks', async () => {
    const estimate = await estimateFor(estimating({}), subject, BOUNDS);
    expect(estimate).toMatchObject({
      bytesToCopy: 40 * GIB,
      bytesPerSecond: 50e6,
      rateFrom: 'link',
      measuredBytesPerSecond: 50e6,
      nominalBitsPerSecond: 10e9,
      secondsToCopy: (40 * GIB) / 50e6,
      pauseFrom: 'assumed',
    });
    expect(estimate).not.toHaveProperty('notMeasured');
  });

  it('is reckoned with disks where the link is faster', async () => {
    const fast = estimating({ measure: async () => 900e6 });
    const estimate = await estimateFor(fast, subject, BOUNDS);
    expect([estimate.rateFrom, estimate.bytesPerSecond]).toEqual(['disks', 125e6]);
  });

  it('is reckoned with the limit that was asked for where that is slower', async () => {
    const limited = { ...BOUNDS, bytesPerSecondMax: 10e6 };
    const estimate = await estimateFor(estimating({}), subject, limited);
    expect([estimate.rateFrom, estimate.bytesPerSecond]).toEqual(['limit', 10e6]);
  });

  it('says why the link was not measured, and uses what its cards say', async () => {
    const measure = async () => {
      throw new Problem('worker-silent', { queue: 'host-hv-b', timeoutSeconds: 8 });
    };
    const slow = { ...hostFacts(source).networks[0], bitsPerSecond: 1e8 } as never;
    const slowSource = { ...subject.source, networks: [slow] };
    const cards = { ...subject, source: slowSource };
    const estimate = await estimateFor(estimating({ measure }), cards, BOUNDS);
    expect(estimate).toMatchObject({
      bytesPerSecond: 1e8 / 8,
      rateFrom: 'link',
      nominalBitsPerSecond: 1e8,
      notMeasured: { code: 'worker-silent', facts: { queue: 'host-hv-b', timeoutSeconds: 8 } },
    });
    expect(estimate).not.toHaveProperty('measuredBytesPerSecond');
  });

  it('does not hide a bug as a link that cannot be measured', async () => {
    const measure = async () => {
      throw new TypeError('a bug');
    };
    await expect(estimateFor(estimating({ measure }), subject, BOUNDS)).rejects.toThrow('a bug');
  });

  it('measures a pair of hosts once in ten minutes', async () => {
    let asked = 0;
    let now = 1_000_000;
    const from = estimating({ measure: async () => ++asked * 1e6 });
    const clocked = { ...from, store: { ...from.store, now: async () => now } };
    const rateNow = async () => (await estimateFor(clocked, subject, BOUNDS)).bytesPerSecond;
    expect([await rateNow(), await rateNow()]).toEqual([1e6, 1e6]);
    now += 9 * 60_000;
    expect(await rateNow()).toBe(1e6);
    now += 61_000;
    expect(await rateNow()).toBe(2e6);
  });

  it('believes the last copy between these hosts more than link and disks', async () => {
    const journals = { m2: entriesOf(copied(30 * GIB, 100)), m1: entriesOf(copied(GIB, 1)) };
    const estimate = await estimateFor(estimating({ journals }), subject, BOUNDS);
    expect([estimate.rateFrom, estimate.bytesPerSecond]).toEqual(['history', (30 * GIB) / 100]);
  });

  it.each<[string, Written[]]>([
    ['was too small to tell', copied(MIB, 1)],
    ['ended before its disks were copied', [started('copyWholeDisks')]],
    [
      'was slowed by people',
      [['bot', { kind: 'limited', by: 'U1', bytesPerSecondMax: 5 }], ...copied(30 * GIB, 100)],
    ],
  ])('does not believe one that %s', async (_why, written) => {
    const estimate = await estimateFor(
      estimating({ journals: { m1: entriesOf(written) } }),
      subject,
      BOUNDS,
    );
    expect(estimate.rateFrom).toBe('link');
  });

  it('does not believe a copy the other way round', async () => {
    const back = { ...subject, source: hostFacts(target), target: hostFacts(source) };
    const journals = { m1: entriesOf(copied(30 * GIB, 100)) };
    const estimate = await estimateFor(estimating({ journals }), back, BOUNDS);
    expect(estimate.rateFrom).toBe('link');
  });

  it('takes the pause from the last move of this VM, between any hosts', async () => {
    const journals = { m1: entriesOf(moved()) };
    const elsewhere = { ...subject, target: hostFacts('hv-z') };
    const estimate = await estimateFor(estimating({ journals }), elsewhere, BOUNDS);
    const { pauseFrom, pauseSeconds, stopAndStartSeconds } = estimate;
    expect(pauseFrom).toBe('history');
    expect(pauseSeconds).toBeGreaterThan(0);
    expect(stopAndStartSeconds).toBe(pauseSeconds - 4);
  });
});

describe('an estimate beside an operation', () => {
  const kept = async () => {
    const records = memoryRecords();
    await keepEstimate(records, 'm1', await estimateFor(estimating({}), subject, BOUNDS));
    return records;
  };

  it('stays as it was while there are no rounds of changes', async () => {
    const records = await kept();
    const first = await estimateOf(records, 'm1', entriesOf([]));
    expect(await estimateOf(records, 'm1', entriesOf(copied(GIB, 900)))).toEqual(first);
    expect(first?.pauseFrom).toBe('assumed');
  });

  it('takes the pause from the newest round, and what stop and start take', async () => {
    const warm = (seconds: number) => done('catchUp', { round: 2, seconds }, 'keepWarm');
    const rounds = [...done('copyDirtyRounds', { seconds: 9 }), ...warm(3), ...warm(2)];
    const estimate = await estimateOf(await kept(), 'm1', entriesOf(rounds));
    expect(estimate).toMatchObject({ pauseFrom: 'round', pauseSeconds: 17, rateFrom: 'link' });
  });

  it('is absent where none was kept, or where the record is no estimate', async () => {
    const records = memoryRecords();
    expect(await estimateOf(records, 'm1', entriesOf([]))).toBeUndefined();
    await records.put('estimate/m1', { pauseSeconds: 'soon' });
    expect(await estimateOf(records, 'm1', entriesOf([]))).toBeUndefined();
  });
});
