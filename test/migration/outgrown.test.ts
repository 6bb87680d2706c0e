import { describe, expect, it } from '@jest/globals';
import { type Entry, type EntryBody, migrationOf } from '../../src/domain/journal.ts';
import { isSameMove, planHash } from '../../src/domain/plan.ts';
import type { Facts } from '../../src/domain/problem.ts';
import { isReadyToAsk } from '../../src/migration/how-far.ts';
import { nextAction } from '../../src/migration/next-action.ts';
import { outgrown } from '../../src/migration/outgrown.ts';
import { stateOf } from '../../src/migration/state.ts';
import { STREAM_1 } from '../../src/migration/steps.ts';
import {
  approved,
  cancelled,
  done,
  HOUR,
  journal,
  opened,
  paused,
  replanned,
  START,
  started,
  upTo,
} from './journals.ts';

const { pauseSecondsMax, secondsMax } = opened.plan;

function why(entries: Entry[], seconds = 0): string | undefined {
  const now = (entries.at(-1)?.at ?? START) + seconds * 1000;
  const next = nextAction(STREAM_1, entries, now);
  return outgrown({ entries, state: stateOf(STREAM_1, entries), next, now })?.code;
}

/** The migration asks again, because of this. */
const askedFor = (code: string): (EntryBody | EntryBody[])[] => [
  ...upTo('recheck'),
  started('recheck'),
  {
    kind: 'failed',
    step: 'recheck',
    move: 'run',
    outcome: 'ask again',
    problem: { code, facts: {} },
  },
];

describe('another plan is needed', () => {
  it.each([
    'vm-reconfigured',
    'new-warnings',
    'pause-beyond-plan',
    'bytes-beyond-plan',
    'duration-beyond-plan',
  ])('when it asks again because of %s, until there is one', (code) => {
    expect(why(journal(...askedFor(code)))).toBe(code);
    expect(why(journal(...askedFor(code), replanned({})))).toBeUndefined();
  });

  it('also for what comes after another plan', () => {
    const first = [...askedFor('vm-reconfigured'), replanned({}), approved(START + HOUR)];
    const second = [...first, ...done('catchUp'), ...askedFor('vm-reconfigured').slice(-2)];
    expect(why(journal(...second))).toBe('vm-reconfigured');
  });

  it.each(['foreign-checkpoint', 'vm-went-off', 'vm-gone', 'virtual-switch', 'free-space'])(
    'but not for what people can mend: %s',
    (code) => expect(why(journal(...askedFor(code)))).toBeUndefined(),
  );

  it('only while it asks', () => {
    const asked = askedFor('vm-reconfigured');
    expect(why(journal(...asked, approved(START + HOUR)))).toBeUndefined();
    expect(why(journal(...asked, paused))).toBeUndefined();
    expect(why(journal(...asked, cancelled))).toBeUndefined();
  });
});

describe('what the copy has shown before the first question', () => {
  const asking = (facts: Facts): (EntryBody | EntryBody[])[] => [
    ...upTo('copyDirtyRounds'),
    done('copyDirtyRounds', 'run', facts),
    done('compareDisks'),
  ];

  it('is enough where the guest writes too much for the pause', () => {
    expect(why(journal(...asking({ pauseSeconds: pauseSecondsMax })))).toBeUndefined();
    const entries = asking({ pauseSeconds: pauseSecondsMax + 1 });
    expect(why(journal(...entries))).toBe('pause-beyond-plan');
    expect(why(journal(...entries, replanned({})))).toBeUndefined();
  });

  it('is enough where the copy needs more room than was approved', () => {
    expect(why(journal(...asking({ bytesOnTarget: 2 })))).toBe('bytes-beyond-plan');
  });

  it('is the time at work, and not the time in which people think', () => {
    const entries = journal(...upTo('catchUp')).map((entry, index) => {
      return index < 5 ? entry : { ...entry, at: entry.at + secondsMax * 1000 };
    });
    expect(why(entries)).toBe('duration-beyond-plan');
    expect(why(journal(...upTo('catchUp')), secondsMax * 2)).toBeUndefined();
  });
});

describe('the newest plan', () => {
  const entries = journal(...askedFor('vm-reconfigured'), replanned({ configuration: 'new' }));

  it('is what everybody reads', () => {
    const { plan, planHash: hash, parties } = migrationOf(entries);
    expect([plan.configuration, hash, parties]).toEqual(['new', 'h2', opened.parties]);
  });

  it('spends the approval of the one before', () => {
    const before = [...upTo('catchUp'), approved(START + HOUR), replanned({})];
    expect(nextAction(STREAM_1, journal(...before), START).kind).toBe('await approval');
  });

  it.each([
    ['while copying', upTo('copyDirtyRounds'), false],
    ['when it asks', upTo('catchUp'), true],
    ['approved, and not begun', [...upTo('catchUp'), approved(START + HOUR)], true],
    ['begun', [...upTo('catchUp'), approved(START + HOUR), started('catchUp')], false],
    ['in the cutover', upTo('fenceSource'), false],
    ['when it asks again', askedFor('vm-reconfigured'), true],
    ['while it goes back', [...upTo('catchUp'), cancelled], false],
  ])('may come %s: %#', (_, bodies, may) => {
    const all = journal(...bodies);
    expect(isReadyToAsk(STREAM_1, stateOf(STREAM_1, all))).toBe(may);
  });

  it('moves the same disks between the same places, whatever else it says', () => {
    const { plan } = opened;
    const other = { ...plan, pauseSecondsMax: 1, configuration: 'x', acknowledged: ['memory'] };
    expect(isSameMove(plan, other)).toBe(true);
    expect(planHash(plan)).not.toBe(planHash(other));
    const disk = { id: 'SCSI 0:0', sourcePath: 'a', targetPath: 'b', virtualBytes: 1 };
    const moves = [
      { vm: { id: 'x', name: 'dc02' } },
      { source: 'hv-c' },
      { target: 'hv-c' },
      { volume: 'E:' },
      { method: 'live' as const },
      { disks: [disk] },
    ];
    for (const change of moves) expect(isSameMove(plan, { ...plan, ...change })).toBe(false);
    const renamed = { ...plan, vm: { ...plan.vm, name: 'dc03' } };
    expect(isSameMove(plan, renamed)).toBe(true);
  });
});
