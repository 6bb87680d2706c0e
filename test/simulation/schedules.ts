/** Random schedules: every fault, at every call of every step. */

import fc from 'fast-check';
import { STREAM_1 } from '../../src/migration/steps.ts';
import { liveDuring, liveFault, liveStories, liveTurnBack } from './live-schedules.ts';
import type { Fault, Schedule, Trigger } from './schedule.ts';
import { stories } from './stories.ts';

const host = fc.constantFrom('hv-a' as const, 'hv-b' as const);
const shortly = fc.constantFrom(1, 5, 30);
const seconds = fc.constantFrom(1, 10, 90, 400);
const healSeconds = fc.constantFrom(null, 20, 200);
const kind = <Kind extends Fault['kind']>(name: Kind) => fc.constant(name);

/** Of any migration. */
const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('crash'), seconds: shortly }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind('late effect'),
      seconds: shortly,
      lateSeconds: fc.constantFrom(1, 4, 20, 120),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('failure') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('delay'), seconds: shortly }) },
  { weight: 5, arbitrary: fc.record({ kind: kind('reboot'), host, seconds }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('never returns'), host }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('bot crash'), seconds: shortly }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('stop'), seconds: shortly }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('link down'), seconds }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('store away'), seconds }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('store restarted') }) },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: kind('store set back'),
      entries: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 })),
      healSeconds,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('store gone'), healSeconds }) },
  { weight: 5, arbitrary: fc.record({ kind: kind('person starts'), host }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('foreign checkpoint'), seconds }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('checkpoint lost'), orphan: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: kind('start fails'), host, times: fc.constantFrom(1, 3, 8) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('guest will not stop') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('reconfigured') }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: kind('pause'), seconds: fc.constantFrom(1, 20, 200, null) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('resume') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('limit'), bytesPerSecondMax: fc.constantFrom(0, 1000) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('replan') }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('cancel') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('approve') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('old approval') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('ask to retry') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('ask to roll back') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('second operation') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('forged'),
      what: fc.constantFrom('approved', 'cancelled', 'done by other', 'fence done'),
    }),
  },
);

const steps = STREAM_1.map(({ name }) => name);
const behindApproval = steps.slice(steps.indexOf('catchUp'));
const undoable = STREAM_1.filter((step) => step.undoable).map(({ name }) => name);

/** The cutover is where the danger is, so most faults meet it. */
const during = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...behindApproval).map((step) => `run ${step}`) },
  { weight: 2, arbitrary: fc.constantFrom(...steps).map((step) => `run ${step}`) },
  { weight: 4, arbitrary: fc.constantFrom(...undoable).map((step) => `undo ${step}`) },
  { weight: 2, arbitrary: fc.constant('keepWarm catchUp') },
  { weight: 2, arbitrary: fc.constantFrom('idle hv-a', 'idle hv-b', 'bot') },
);

const nth = fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 20 }));
const trigger: fc.Arbitrary<Trigger> = fc.record({ during, nth, fault: anyFault });
const liveTrigger: fc.Arbitrary<Trigger> = fc.record({
  during: liveDuring,
  nth,
  fault: fc.oneof({ weight: 2, arbitrary: anyFault }, { weight: 1, arbitrary: liveFault }),
});

/** Most of what can go wrong on the way back is met only by those who turn back. */
const turnBack: fc.Arbitrary<Trigger> = fc.record({
  during: fc.constantFrom(...behindApproval).map((step) => `run ${step}`),
  nth: fc.nat({ max: 8 }),
  fault: fc.oneof(fc.record({ kind: kind('cancel') }), fc.record({ kind: kind('failure') })),
});

/** Anything, a story with something else beside it, or a turning back on which things go wrong. */
function triggersOf(
  one: fc.Arbitrary<Trigger>,
  told: { story: fc.Arbitrary<Trigger[]>; turn: fc.Arbitrary<Trigger> },
): fc.Arbitrary<Trigger[]> {
  const some = (least: number, most: number) =>
    fc.array(one, { minLength: least, maxLength: most, size: 'max' });
  return fc.oneof(
    some(0, 8),
    fc.tuple(told.story, some(0, 2)).map(([story, more]) => [...story, ...more]),
    fc.tuple(told.turn, some(1, 8)).map(([first, more]) => [first, ...more]),
  );
}

const seldom = (...values: number[]): fc.Arbitrary<number | null> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(...values) },
  );

/** What is the same for both lists. */
const people = {
  seed: fc.nat({ max: 1_000_000 }),
  startAction: fc.constantFrom('Start', 'StartIfRunning'),
  approveSeconds: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(1, 20, 100) },
    { weight: 1, arbitrary: fc.constantFrom(290, null) },
  ),
  startSeconds: seldom(60, 200),
  cutoverSeconds: seldom(30, 250, 500),
  answer: fc.constantFrom('nothing', 'retry', 'roll back'),
};

export const streamSchedules: fc.Arbitrary<Schedule> = fc.record({
  list: fc.constant('stream@1'),
  ...people,
  vmIsOff: fc.oneof(
    { weight: 3, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  triggers: triggersOf(trigger, { story: stories, turn: turnBack }),
});

export const offSchedules: fc.Arbitrary<Schedule> = streamSchedules.map((schedule) => {
  return { ...schedule, vmIsOff: true };
});

export const liveSchedules: fc.Arbitrary<Schedule> = fc.record({
  list: fc.constant('live@1'),
  ...people,
  vmIsOff: fc.constant(false),
  triggers: triggersOf(liveTrigger, { story: liveStories, turn: liveTurnBack }),
});

const index = fc.constantFrom(0 as const, 1 as const);
const copyTrigger: fc.Arbitrary<Trigger> = fc.record({
  during: fc.constantFrom('run deleteCopies', 'idle hv-b', 'bot'),
  nth: fc.nat({ max: 8 }),
  fault: fc.oneof(
    { weight: 2, arbitrary: anyFault },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('copy used', 'copy renewed'), index }),
    },
  ),
});

export const deleteSchedules: fc.Arbitrary<Schedule> = fc.record({
  list: fc.constant('delete@1'),
  ...people,
  vmIsOff: fc.constant(false),
  triggers: fc.array(copyTrigger, { maxLength: 5, size: 'max' }),
});

export const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 6, arbitrary: streamSchedules },
  { weight: 4, arbitrary: liveSchedules },
  { weight: 1, arbitrary: deleteSchedules },
);
