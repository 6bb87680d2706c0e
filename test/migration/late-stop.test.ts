/** A guest that obeys its shutdown only when everything has been taken back. */

import { describe, expect, it } from '@jest/globals';
import type { Entry, EntryBody } from '../../src/domain/journal.ts';
import {
  isRestarting,
  isWatched,
  watchedUntil,
  wentOffLate,
} from '../../src/migration/late-stop.ts';
import { nextAction, RHYTHM, tasksOf } from '../../src/migration/next-action.ts';
import type { Notes } from '../../src/migration/ports.ts';
import { AskAgain } from '../../src/migration/step.ts';
import { stopSource } from '../../src/migration/steps/stop-source.ts';
import { STREAM_1 } from '../../src/migration/steps.ts';
import { vmFacts } from '../preflight/facts.ts';
import { done, failed, HOUR, journal, opened, START, stepContext, upTo } from './journals.ts';

const UNTIL = START + 24 * HOUR;
const watch = { watchUntil: UNTIL };
const settled: EntryBody = { kind: 'settled', home: 'source' };
const closed: EntryBody = { kind: 'closed', outcome: 'rolled back' };
const undone = (facts: Record<string, number>) => [
  ...upTo('stopSource'),
  failed('stopSource', 'roll back'),
  done('stopSource', 'undo', facts),
  done('forbidSourceStart', 'undo'),
];
const takenBack = (facts: Record<string, number> = watch): (EntryBody | EntryBody[])[] => [
  ...undone(facts),
  done('trackChanges', 'undo'),
  settled,
  done('createTargetDisks', 'undo'),
  done('reserveTarget', 'undo'),
  closed,
];
const late = wentOffLate('dc02', 'hv-a');
const nextOf = (entries: readonly Entry[], now = UNTIL) =>
  tasksOf(nextAction(STREAM_1, entries, now)).map(({ move, step }) => `${move} ${step}`);

describe('the watch', () => {
  it('lasts until its entry says, and from when the source is as before', () => {
    const entries = journal(...takenBack());
    expect(watchedUntil(entries)).toBe(UNTIL);
    expect([isWatched(entries, UNTIL - 1), isWatched(entries, UNTIL)]).toEqual([true, false]);
    expect(isWatched(journal(...undone(watch)), START)).toBe(false);
    // The target's clean-up may take days.
    const pending = journal(...undone(watch), done('trackChanges', 'undo'), settled);
    expect(isWatched(pending, START)).toBe(true);
  });

  it('is none where the guest was off when the stop was undone', () => {
    expect(isWatched(journal(...takenBack({})), START)).toBe(false);
  });

  it('has the stop undone once more when the guest goes off, though all was closed', () => {
    const entries = journal(...takenBack(), late);
    expect(nextOf(entries)).toEqual(['undo stopSource']);
    expect([isRestarting(entries), isWatched(entries, START)]).toEqual([true, false]);
    const again = journal(...takenBack(), late, done('stopSource', 'undo'));
    expect(nextOf(again)).toEqual([]);
    expect([isRestarting(again), isWatched(again, START)]).toEqual([false, false]);
    expect(nextAction(STREAM_1, again, UNTIL)).toMatchObject({ outcome: 'rolled back' });
  });

  it('needs a person where the guest cannot be started any more', () => {
    const stuck = Array.from({ length: RHYTHM.failuresMax - 1 }, () =>
      failed('stopSource', 'unknown', 'undo'),
    );
    const entries = journal(...takenBack(), late, ...stuck);
    expect(nextAction(STREAM_1, entries, UNTIL)).toMatchObject({
      kind: 'needs a person',
      step: 'stopSource',
    });
  });
});

describe('the stop of the source', () => {
  /** A guest in this state that answers a request to shut down so. */
  function source(notes: Partial<Notes>, guest: { state: 'Running' | 'Off'; answer: string }) {
    const kept = { notes: { round: 3, ended: {}, stoppedByUs: false, ...notes } as Notes };
    const ports = {
      notebook: {
        read: async () => kept.notes,
        write: async (_operation: string, written: Notes) => {
          kept.notes = written;
        },
      },
      host: {
        vm: async () => vmFacts({ state: guest.state }),
        stop: async () => {
          expect(kept.notes.stopAsked).toBe(true);
          return guest.answer;
        },
        start: async () => 'ran',
      },
      journal: { now: async () => START },
      timing: { stopTimeoutSeconds: 2, lateStopSeconds: 86_400 },
    };
    const entries = journal(...upTo('stopSource'));
    const context = stepContext(opened, entries, ports);
    return { context, kept };
  }
  const undo = async (notes: Partial<Notes>, state: 'Running' | 'Off') =>
    await stopSource.undo?.(source(notes, { state, answer: '' }).context);

  it('remembers that the guest was asked, before it asks, and that it did not obey', async () => {
    const { context, kept } = source({}, { state: 'Running', answer: 'will not stop' });
    await expect(stopSource.run(context)).rejects.toMatchObject({ code: 'guest-will-not-stop' });
    expect(kept.notes).toMatchObject({ stopAsked: true, stoppedByUs: false });
    expect(await stopSource.undo?.(context)).toEqual({ watchUntil: UNTIL });
    // Its worker may have died before it could write that it was done.
    expect(await stopSource.undo?.(context)).toEqual({ watchUntil: UNTIL });
  });

  it('has nothing to watch once the guest obeyed', async () => {
    const { context, kept } = source({}, { state: 'Running', answer: 'stopped' });
    expect(await stopSource.run(context)).toEqual({});
    expect(kept.notes).toMatchObject({ stopAsked: false, stoppedByUs: true });
    expect(await stopSource.undo?.(context)).toEqual({});
    expect(await stopSource.undo?.(context)).toEqual({});
  });

  it('has nothing to watch where somebody else came first', async () => {
    const { context, kept } = source({}, { state: 'Off', answer: 'was off' });
    await expect(stopSource.run(context)).rejects.toBeInstanceOf(AskAgain);
    expect(kept.notes).toMatchObject({ stopAsked: false, stoppedByUs: false });
  });

  it('watches only a guest that still runs, and only one that was asked', async () => {
    expect(await undo({ stopAsked: true }, 'Running')).toEqual({ watchUntil: UNTIL });
    expect(await undo({ stopAsked: true }, 'Off')).toEqual({});
    expect(await undo({}, 'Running')).toEqual({});
  });
});
