/** Random schedules of a live move: what can happen to it beside all that can happen to any migration. */

import fc from 'fast-check';
import { LIVE_1 } from '../../src/migration/steps.ts';
import type { Fault, LiveFault, Trigger } from './schedule.ts';

const kind = <Kind extends Fault['kind']>(name: Kind) => fc.constant(name);
const least = <Kind extends LiveFault['kind']>(name: Kind) => fc.record({ kind: kind(name) });

const lasts = fc.record({
  kind: kind('move lasts'),
  seconds: fc.constantFrom(2, 30, 200, 400),
});
const late = fc.record({ kind: kind('move begins late'), seconds: fc.constantFrom(2, 10, 18) });
const left = fc.record({ kind: kind('planned left'), seconds: fc.constantFrom(20, 60, null) });

/** Prepared for the move before it begins. */
const trick: fc.Arbitrary<LiveFault> = fc.oneof(
  least('move lies'),
  least('move fails'),
  lasts,
  late,
  left,
  least('cancel too late'),
  least('cancel in vain'),
  least('objection'),
);

export const liveFault: fc.Arbitrary<LiveFault> = fc.oneof(
  { weight: 2, arbitrary: trick },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('target unreadable'),
      seconds: fc.constantFrom(5, 60, 400),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('person moves'), asPlanned: fc.boolean() }),
  },
  { weight: 1, arbitrary: least('person turns off') },
);

const names = LIVE_1.map(({ name }) => name);
const undoable = LIVE_1.filter((step) => step.undoable).map(({ name }) => name);

/** The move is where the danger is. */
export const liveDuring = fc.oneof(
  { weight: 6, arbitrary: fc.constant('run moveLive') },
  { weight: 4, arbitrary: fc.constantFrom(...names).map((name) => `run ${name}`) },
  { weight: 2, arbitrary: fc.constantFrom(...undoable).map((name) => `undo ${name}`) },
  { weight: 2, arbitrary: fc.constantFrom('idle hv-a', 'idle hv-b', 'bot') },
);

const at = (during: string, nth: number, fault: Fault): Trigger => ({ during, nth, fault });

/** The hypervisor is unfriendly, and somebody interferes while it moves. */
const unfriendly: fc.Arbitrary<Trigger[]> = fc
  .record({
    tricks: fc.array(trick, { minLength: 1, maxLength: 3 }),
    nth: fc.nat({ max: 40 }),
    deed: fc.oneof(
      fc.record({ kind: kind('cancel') }),
      fc.record({ kind: kind('crash'), seconds: fc.constantFrom(1, 5, 30) }),
      fc.record({ kind: kind('stop'), seconds: fc.constantFrom(1, 30) }),
      fc.record({ kind: kind('link down'), seconds: fc.constantFrom(1, 60) }),
      least('person turns off'),
    ),
  })
  .map(({ tricks, nth, deed }) => [
    ...tricks.map((one, index) => at('run recheck', index, one)),
    at('run moveLive', nth, deed),
  ]);

/** A worker dies with its request on the way, and somebody wants the VM back before the next one looks. */
const lateJob: fc.Arbitrary<Trigger[]> = fc
  .record({
    late,
    nth: fc.integer({ min: 4, max: 8 }),
    seconds: fc.constantFrom(1, 5, 15),
    wait: fc.nat({ max: 6 }),
  })
  .map(({ late: one, nth, seconds, wait }) => [
    at('run carryOut', 0, one),
    at('run moveLive', nth, { kind: 'cancel' }),
    at('run moveLive', nth + wait, { kind: 'crash', seconds }),
  ]);

/** Somebody wants it back while it moves, and the hypervisor is deaf. */
const deaf: fc.Arbitrary<Trigger[]> = fc
  .record({
    one: fc.oneof(least('cancel too late'), least('cancel in vain'), left),
    nth: fc.integer({ min: 8, max: 30 }),
  })
  .map(({ one, nth }) => [at('run carryOut', 0, one), at('run moveLive', nth, { kind: 'cancel' })]);

export const liveStories: fc.Arbitrary<Trigger[]> = fc.oneof(
  { weight: 2, arbitrary: unfriendly },
  { weight: 1, arbitrary: deaf },
  { weight: 1, arbitrary: lateJob },
);

/** Most of what can go wrong on the way back is met only by those who turn back. */
export const liveTurnBack: fc.Arbitrary<Trigger> = fc.record({
  during: fc.constantFrom('run compareMove', 'run carryOut', 'run moveLive'),
  nth: fc.nat({ max: 12 }),
  fault: fc.oneof(fc.record({ kind: kind('cancel') }), fc.record({ kind: kind('failure') })),
});
