import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  afterRound,
  type Limits,
  type NextMove,
  type RoundOfChanges,
  ratesOf,
  roundsToFit,
} from '../../src/domain/round.ts';

const LIMITS: Limits = { roundsMax: 10, pauseSecondsMax: 60, stopAndStartSeconds: 5 };
const MIB = 1024 ** 2;

const round = (bytes: number, seconds: number, changingSeconds?: number): RoundOfChanges => ({
  ...{ number: 1, bytesRead: bytes, bytesSent: bytes, bytesCarried: bytes, seconds },
  ...(changingSeconds === undefined ? {} : { changingSeconds }),
});

interface Guest {
  readonly dirty: (round: number) => number;
  readonly link: number;
  /** What a freeze, a commit and a merge cost besides. */
  readonly overheadSeconds: number;
  /** How long the copy of the whole disks took. */
  readonly firstSeconds: number;
}

/** Rounds as they would come, until it is decided. */
function play({ dirty, link, overheadSeconds, firstSeconds }: Guest, limits = LIMITS) {
  const rounds: RoundOfChanges[] = [];
  let changing = firstSeconds;
  for (;;) {
    const bytes = dirty(rounds.length + 1) * changing;
    const seconds = bytes / link;
    rounds.push(round(bytes, seconds, changing));
    const move: NextMove = afterRound(rounds, limits);
    if (move !== 'another round') return { move, rounds };
    changing = seconds + overheadSeconds;
  }
}

const guest = fc.record({
  link: fc.double({ min: MIB, max: 1000 * MIB, noNaN: true }),
  overheadSeconds: fc.double({ min: 0.1, max: 20, noNaN: true }),
  firstSeconds: fc.double({ min: 100, max: 100_000, noNaN: true }),
});

describe('a guest that writes faster than the link carries', () => {
  it('is recognised within three rounds, however long the first copy took', () => {
    const cases = fc.tuple(guest, fc.double({ min: 1.001, max: 20, noNaN: true }));
    fc.assert(
      fc.property(cases, ([{ link, ...rest }, ratio]) => {
        const { move, rounds } = play({ ...rest, link, dirty: () => link * ratio });
        expect(move).toBe('ask, it does not converge');
        expect(rounds.length).toBeLessThanOrEqual(3);
      }),
    );
  });

  it('is recognised as well where it writes the same blocks again and again', () => {
    const rounds = [round(1e9, 200, 3600), round(1e9, 200, 201), round(1e9, 200, 201)];
    expect(afterRound(rounds.slice(0, 2), LIMITS)).toBe('another round');
    expect(afterRound(rounds, LIMITS)).toBe('ask, it does not converge');
  });

  it('is recognised by its rates before two rounds can be compared with each other', () => {
    const rounds = [round(1e9, 200, 180), round(1.1e9, 220, 200)];
    expect(afterRound(rounds, LIMITS)).toBe('ask, it does not converge');
  });

  it('is recognised by its rounds alone where no time of a freeze is known', () => {
    const rounds = [round(1e9, 200), round(1e9, 200), round(1e9, 200)];
    expect(afterRound(rounds, LIMITS)).toBe('ask, it does not converge');
  });
});

describe('a guest that writes slowly enough', () => {
  it('is copied until the rest fits, in as many rounds as its rates say', () => {
    const cases = fc.tuple(guest, fc.double({ min: 0.001, max: 0.4, noNaN: true }));
    fc.assert(
      fc.property(cases, ([{ link, ...rest }, ratio]) => {
        const { move, rounds } = play({ ...rest, link, dirty: () => link * ratio });
        expect(move).toBe('ask for cutover');
        const [first, second] = rounds;
        if (!first || !second) return;
        const secondsMax = LIMITS.pauseSecondsMax - LIMITS.stopAndStartSeconds;
        const needed = roundsToFit(first.seconds, secondsMax, ratio);
        // What a round costs beside its bytes may take one more.
        expect(rounds.length - 1).toBeGreaterThanOrEqual(needed);
        expect(rounds.length - 1).toBeLessThanOrEqual(needed + 2);
      }),
    );
  });

  it('is not given up because of one burst, whenever it comes', () => {
    const cases = fc.tuple(guest, fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(cases, ([{ link, ...rest }, burst]) => {
        const dirty = (at: number) => link * (at === burst ? 1.5 : 0.1);
        expect(play({ ...rest, link, dirty }).move).toBe('ask for cutover');
      }),
    );
  });
});

describe('what is left', () => {
  it('may need more rounds than there are: then it is asked after the last one', () => {
    const limits = { ...LIMITS, roundsMax: 3 };
    const rounds = [round(8e9, 800), round(4e9, 400), round(2e9, 200)];
    expect(afterRound(rounds, limits)).toBe('ask, it does not converge');
  });

  it('never fits where the pause is shorter than stop and start', () => {
    const limits = { ...LIMITS, pauseSecondsMax: 4 };
    const rounds = [round(100, 1, 100), round(1, 0.1, 2)];
    expect(afterRound(rounds.slice(0, 1), limits)).toBe('another round');
    expect(afterRound(rounds, limits)).toBe('ask, it does not converge');
  });

  it('needs so many rounds as the ratio says', () => {
    expect(roundsToFit(10, 10, 2)).toBe(0);
    expect(roundsToFit(80, 10, 0.5)).toBe(3);
    expect(roundsToFit(81, 10, 0.5)).toBe(4);
    expect(roundsToFit(80, 10, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(roundsToFit(80, 0, 0.5)).toBe(Number.POSITIVE_INFINITY);
    expect(roundsToFit(80, 10, 0)).toBe(1);
  });

  it('has no rates where a clock was set back, or nothing took any time', () => {
    expect(ratesOf(round(100, 5, 20))).toEqual({
      dirtyBytesPerSecond: 5,
      carriedBytesPerSecond: 20,
    });
    expect(ratesOf(round(100, 5, 0))).toBeUndefined();
    expect(ratesOf(round(100, 5))).toBeUndefined();
    expect(ratesOf(round(0, 0, 20))).toBeUndefined();
  });
});
