import { describe, expect, it } from '@jest/globals';
import { simulate } from './run.ts';
import { CALM, CALM_LIVE, type Fault, type Trigger } from './schedule.ts';

/** As many entries as a migration has when its target is started. */
const POSITIONS = 36;
const LONG = 120_000;

const at = (during: string, nth: number, fault: Fault): Trigger => ({ during, nth, fault });
const cancel: Fault = { kind: 'cancel' };
const turnedBack = at('run registerTarget', 4, cancel);

const MOMENTS: readonly { when: string; before: Trigger[]; during: string; nth: number }[] = [
  { when: 'as the source was stopped', before: [], during: 'run stopSource', nth: 4 },
  { when: 'as the source was fenced', before: [], during: 'run fenceSource', nth: 8 },
  { when: 'before the target starts', before: [], during: 'run startTarget', nth: 1 },
  { when: 'as the target was started', before: [], during: 'run startTarget', nth: 14 },
  { when: 'as the target was confirmed', before: [], during: 'idle hv-b', nth: 3 },
  { when: 'before the fence falls', before: [turnedBack], during: 'undo fenceSource', nth: 4 },
  { when: 'as the fence fell', before: [turnedBack], during: 'undo fenceSource', nth: 9 },
  { when: 'as the source runs again', before: [turnedBack], during: 'undo stopSource', nth: 6 },
];

/** As many entries as a live migration has when it moves. */
const LIVE_POSITIONS = 12;
const LIVE_MOMENTS: typeof MOMENTS = [
  { when: 'as it was asked for', before: [], during: 'run moveLive', nth: 5 },
  { when: 'while it runs', before: [], during: 'run moveLive', nth: 20 },
  { when: 'as the target was confirmed', before: [], during: 'idle hv-b', nth: 3 },
  {
    when: 'as all was put back',
    before: [at('run moveLive', 12, cancel)],
    during: 'undo carryOut',
    nth: 5,
  },
];

describe('a store that is set back to each earlier position', () => {
  it.each(MOMENTS)(
    'makes nothing run twice and loses nothing, $when',
    async ({ before, during, nth }) => {
      let met = 0;
      for (let entries = 1; entries <= POSITIONS; entries += 1) {
        const healSeconds = entries % 2 === 0 ? 20 : null;
        const forgets = at(during, nth, { kind: 'store set back', entries, healSeconds });
        const triggers = [...before, forgets, at(during, nth + 1, cancel)];
        const result = await simulate({ ...CALM, triggers });
        expect({ triggers, violations: result.violations }).toEqual({ triggers, violations: [] });
        met += result.met.get('store set back') ?? 0;
      }
      expect(met).toBe(POSITIONS);
    },
    LONG,
  );

  it.each(LIVE_MOMENTS)(
    'leaves a live move to itself, $when',
    async ({ before, during, nth }) => {
      let met = 0;
      for (let entries = 1; entries <= LIVE_POSITIONS; entries += 1) {
        const healSeconds = entries % 2 === 0 ? 20 : null;
        const forgets = at(during, nth, { kind: 'store set back', entries, healSeconds });
        const triggers = [...before, forgets, at(during, nth + 1, cancel)];
        const result = await simulate({ ...CALM_LIVE, triggers });
        expect({ triggers, violations: result.violations }).toEqual({ triggers, violations: [] });
        met += result.met.get('store set back') ?? 0;
      }
      expect(met).toBe(LIVE_POSITIONS);
    },
    LONG,
  );

  it('goes on where it was once its entries are healed', async () => {
    const forgets: Fault = { kind: 'store set back', entries: 5, healSeconds: 20 };
    const triggers = [at('run startTarget', 14, forgets)];
    const { outcome, violations } = await simulate({ ...CALM, triggers });
    expect({ outcome, violations }).toEqual({ outcome: 'migrated', violations: [] });
  });
});
