import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { itKeepsItsPromises } from './promises.ts';
import { simulate } from './run.ts';
import { CALM } from './schedule.ts';
import { schedules } from './schedules.ts';

/** `simulation.chaos.ts` runs many more. */
const RUNS = 150;

describe('the migration on fake hosts', () => {
  it('migrates when nothing goes wrong', async () => {
    const { outcome, violations } = await simulate(CALM);
    expect({ outcome, violations }).toEqual({ outcome: 'migrated', violations: [] });
  });

  it('is the same again for the same schedule', async () => {
    const [schedule = CALM] = fc.sample(schedules, { seed: 7, numRuns: 1 });
    const [one, two] = [await simulate(schedule), await simulate(schedule)];
    expect(one.trace).toEqual(two.trace);
  });

  itKeepsItsPromises(RUNS, { meetsAll: false });
});
