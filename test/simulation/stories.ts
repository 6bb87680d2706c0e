/**
 * Schedules around the one moment that breaks designs like this one: the store forgets in the
 * cutover, someone wants the VM back, and the hosts do not hear each other.
 */

import fc from 'fast-check';
import type { Fault, Trigger } from './schedule.ts';

const at = (during: string, nth: number, fault: Fault): Trigger => ({ during, nth, fault });
const setBack = (entries: number, healSeconds: number | null): Fault => ({
  kind: 'store set back',
  entries,
  healSeconds,
});
const entries = fc.integer({ min: 1, max: 5 });
const healSeconds = fc.constantFrom(null, 20);
const nth = fc.nat({ max: 16 });
const linkSeconds = fc.constantFrom(1, 30, 400);

/** The entry that a side has just acted upon is forgotten, and a person cancels what is left. */
const forgottenAct: fc.Arbitrary<Trigger[]> = fc
  .record({
    during: fc.constantFrom('run startTarget', 'run registerTarget', 'undo fenceSource'),
    link: fc.option(fc.record({ nth: fc.nat({ max: 6 }), seconds: linkSeconds })),
    back: nth,
    wait: fc.integer({ min: 1, max: 3 }),
    entries,
    healSeconds,
  })
  .map(({ during, link, back, wait, entries: count, healSeconds: heal }) => [
    ...(link ? [at(during, link.nth, { kind: 'link down', seconds: link.seconds })] : []),
    at(during, back, setBack(count, heal)),
    at(during, back + wait, { kind: 'cancel' }),
  ]);

/** The source takes the VM back; the store forgets why, and the target goes on to start it. */
const forgottenCancel: fc.Arbitrary<Trigger[]> = fc
  .record({
    cancel: fc.nat({ max: 5 }),
    slow: fc.constantFrom(1, 5, 30),
    link: fc.option(fc.record({ nth, seconds: linkSeconds })),
    held: fc.option(fc.record({ nth, seconds: fc.constantFrom(1, 5, 30) })),
    back: nth,
    entries,
    healSeconds,
  })
  .map(({ cancel, slow, link, held, back, entries: count, healSeconds: heal }) => [
    at('run registerTarget', cancel, { kind: 'cancel' }),
    at('run registerTarget', cancel + 1, { kind: 'delay', seconds: slow }),
    ...(link
      ? [at('undo fenceSource', link.nth, { kind: 'link down', seconds: link.seconds })]
      : []),
    at('undo fenceSource', back, setBack(count, heal)),
    ...(held ? [at('undo fenceSource', held.nth, { kind: 'delay', seconds: held.seconds })] : []),
  ]);

/** The fence falls in the same moment in which the target asks about it. */
const atOnce: fc.Arbitrary<Trigger[]> = fc
  .record({
    during: fc.constantFrom('run startTarget', 'undo fenceSource'),
    first: nth,
    slow: fc.constantFrom(1, 5),
    kind: fc.constantFrom('cancel' as const, 'ask to roll back' as const),
    nth,
  })
  .map(({ during, first, slow, kind, nth: second }) => [
    at(during, first, { kind: 'delay', seconds: slow }),
    at('run startTarget', second, { kind }),
  ]);

const personStarts: fc.Arbitrary<Trigger[]> = fc
  .record({
    during: fc.constantFrom('run startTarget', 'run registerTarget', 'undo fenceSource'),
    nth,
    host: fc.constantFrom('hv-a' as const, 'hv-b' as const),
  })
  .map(({ during, nth: when, host }) => [at(during, when, { kind: 'person starts', host })]);

export const stories: fc.Arbitrary<Trigger[]> = fc
  .tuple(
    fc.oneof(forgottenAct, forgottenCancel, atOnce),
    fc.oneof(fc.constant<Trigger[]>([]), personStarts),
  )
  .map(([story, person]) => [...story, ...person]);
