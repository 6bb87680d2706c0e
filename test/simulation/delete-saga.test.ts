import { describe, expect, it } from '@jest/globals';
import { at, atEachCall, outcomesOf } from './each-call.ts';
import { simulate } from './run.ts';
import { CALM_DELETE, type Fault } from './schedule.ts';

const LONG = 60_000;
const during = 'run deleteCopies';

describe('a deletion of copies on fake hosts', () => {
  it.each<Fault>([
    { kind: 'crash', seconds: 2 },
    { kind: 'failure' },
    { kind: 'cancel' },
    { kind: 'stop', seconds: 2 },
  ])(
    'ends with all of them gone, whenever this happens: $kind',
    async (fault) => {
      const results = await atEachCall(CALM_DELETE, { during, fault });
      expect(results.length).toBeGreaterThan(3);
      expect(outcomesOf(results)).toEqual(['deleted']);
    },
    LONG,
  );

  it.each<Fault>([
    { kind: 'copy used', index: 1 },
    { kind: 'copy renewed', index: 0 },
  ])('leaves all of them when people agreed to something else: $kind', async (fault) => {
    const { outcome, violations } = await simulate({
      ...CALM_DELETE,
      triggers: [at('idle hv-b', 0, fault)],
    });
    expect([outcome, ...violations]).toEqual(['rolled back']);
  });

  it('deletes nothing that nobody approved', async () => {
    const { outcome, violations } = await simulate({ ...CALM_DELETE, approveSeconds: null });
    expect([outcome, ...violations]).toEqual(['rolled back']);
  });
});
