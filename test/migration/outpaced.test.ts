import { describe, expect, it } from '@jest/globals';
import type { Entry, EntryBody } from '../../src/domain/journal.ts';
import type { Facts } from '../../src/domain/problem.ts';
import { nextAction, RHYTHM } from '../../src/migration/next-action.ts';
import { outgrown } from '../../src/migration/outgrown.ts';
import { outpacedIn } from '../../src/migration/outpaced.ts';
import { stateOf } from '../../src/migration/state.ts';
import { STREAM_1 } from '../../src/migration/steps.ts';
import { done, journal, limited, opened, replanned, START, started, upTo } from './journals.ts';

const { pauseSecondsMax } = opened.plan;
const MAX = { pauseSecondsMax, stopAndStartSeconds: 5 };

/** A round that takes so long, of a guest that changes `dirty` times what is carried. */
const showing = (seconds: number, dirty: number): Facts => ({
  ...{ ...MAX, round: 2, seconds, pauseSeconds: seconds + 5 },
  ...{ dirtyBytesPerSecond: dirty * 1e6, carriedBytesPerSecond: 1e6, sentBytesPerSecond: 1e6 },
});

type Bodies = (EntryBody | EntryBody[])[];

const asking = (facts: Facts): Bodies => [
  ...upTo('copyDirtyRounds'),
  done('copyDirtyRounds', 'run', facts),
  done('compareDisks'),
];
const tooMuch = asking(showing(pauseSecondsMax * 2, 2));
const warmed = (facts: Facts) => done('catchUp', 'keepWarm', facts);

function why(entries: Entry[]) {
  const now = entries.at(-1)?.at ?? START;
  const next = nextAction(STREAM_1, entries, now);
  return outgrown({ entries, state: stateOf(STREAM_1, entries), next, now });
}

describe('a guest that writes too much for the pause', () => {
  it('is told with both rates, and with what the pause would be', () => {
    expect(outpacedIn(journal(...tooMuch))).toMatchObject({
      ...{ round: 2, keepsUp: true, fitsAgain: false, pauseSecondsMax },
      ...{ dirtyBytesPerSecond: 2e6, carriedBytesPerSecond: 1e6 },
      pauseSeconds: pauseSecondsMax * 2 + 5,
    });
  });

  it('is none where the rest fitted, and where no round has been sent', () => {
    expect(outpacedIn(journal(...upTo('compareDisks')))).toBeUndefined();
    expect(outpacedIn(journal(...asking(showing(1, 0.1))))).toBeUndefined();
    const approved = done('catchUp', 'run', showing(1, 0.1));
    expect(outpacedIn(journal(...tooMuch, approved))).toBeUndefined();
  });

  it('does not fit again before another round was sent, however calm it seems', () => {
    const calm = outpacedIn(journal(...asking(showing(pauseSecondsMax * 2, 0.1))));
    expect(calm).toMatchObject({ keepsUp: false, fitsAgain: false });
  });

  it('is found as well in what asked again after the approval', () => {
    const problem = {
      code: 'pause-beyond-plan',
      facts: { ...showing(pauseSecondsMax * 3, 1.5), seconds: pauseSecondsMax * 3 + 5 },
    };
    const asked: Bodies = [
      ...upTo('catchUp'),
      started('catchUp'),
      { kind: 'failed', step: 'catchUp', move: 'run', outcome: 'ask again', problem },
    ];
    const pauseSeconds = pauseSecondsMax * 3 + 5;
    expect(outpacedIn(journal(...asked))).toMatchObject({ keepsUp: true, pauseSeconds });
  });

  it.each([
    ['without one', [], undefined],
    ['that is far away', [limited(2e6)], undefined],
    ['that was reached', [limited(1.1e6)], 1.1e6],
  ])('is held down by a limit or not: %s', (_, before, bytesPerSecondMax) => {
    const outpaced = outpacedIn(journal(...before, ...tooMuch));
    expect(outpaced?.bytesPerSecondMax).toBe(bytesPerSecondMax);
  });

  it('was held down by the limit of then, whatever was asked for since', () => {
    const entries = journal(limited(1e6), ...tooMuch, limited(0));
    expect(outpacedIn(entries)?.bytesPerSecondMax).toBe(1e6);
  });
});

describe('a round that keeps the copy warm', () => {
  const longer = replanned({ pauseSecondsMax: pauseSecondsMax * 3 });

  it('shows that it fits again, and then a longer pause is asked for no more', () => {
    const entries = journal(...tooMuch, longer, warmed(showing(pauseSecondsMax * 2, 0.1)));
    expect(outpacedIn(entries)).toMatchObject({ keepsUp: false, fitsAgain: true });
    const facts = { vm: opened.plan.vm.name, secondsMax: pauseSecondsMax };
    expect(why(entries)).toEqual({ code: 'pause-fits-again', facts });
    const back = replanned({ pauseSecondsMax });
    expect(why(journal(...entries.slice(1).map(({ body }) => body), back))).toBeUndefined();
  });

  it('shows that it still does not fit', () => {
    const entries = journal(...tooMuch, longer, warmed(showing(pauseSecondsMax * 2, 0.95)));
    expect(outpacedIn(entries)).toMatchObject({ keepsUp: true, fitsAgain: false });
    expect(why(entries)).toBeUndefined();
  });

  it('that was sent before the longer pause was asked for says nothing against it', () => {
    const calm = warmed(showing(pauseSecondsMax * 2, 0.1));
    expect(why(journal(...tooMuch, calm, longer))).toBeUndefined();
  });

  it('comes at once after another limit, and else in its own time', () => {
    const next = (...bodies: Bodies) => {
      const action = nextAction(STREAM_1, journal(...bodies), START);
      return action.kind === 'await approval' ? action.meanwhile?.notBefore : undefined;
    };
    const asked = journal(...tooMuch).at(-1)?.at ?? 0;
    expect(next(...tooMuch)).toBe(asked + RHYTHM.keepWarmSeconds * 1000);
    expect(next(limited(1), ...tooMuch)).toBeGreaterThan(asked);
    expect(next(...tooMuch, limited(1))).toBe(0);
    expect(next(...tooMuch, limited(1), warmed({}))).toBeGreaterThan(asked);
  });
});
