/** Journals by hand: what each role writes when a step starts, is done or fails. */

import type { Entry, EntryBody, FailureOutcome, Move, Role } from '../../src/domain/journal.ts';
import type { Facts, ProblemRecord } from '../../src/domain/problem.ts';
import { STREAM_1 } from '../../src/migration/steps.ts';
import { journalOf, opening, type Written } from '../trust/journal-fixture.ts';

const sideOf = (step: string): Role => {
  const found = STREAM_1.find(({ name }) => name === step);
  if (!found) throw new Error(`No step ${step}`);
  return found.on;
};

export const started = (step: string, move: Move = 'run'): Written => [
  sideOf(step),
  { kind: 'started', step, move },
];

export const done = (step: string, facts: Facts = {}, move: Move = 'run'): Written[] => [
  started(step, move),
  [sideOf(step), { kind: 'done', step, move, facts }],
];

export const failed = (
  step: string,
  outcome: FailureOutcome,
  problem: ProblemRecord,
  move: Move = 'run',
): Written[] => [
  started(step, move),
  [sideOf(step), { kind: 'failed', step, move, outcome, problem }],
];

/** Every step before this one is done, under an approval of the plan with this hash. */
export const stepsBefore = (step: string, planHash = opening.planHash): Written[] =>
  STREAM_1.slice(
    0,
    STREAM_1.findIndex(({ name }) => name === step),
  ).flatMap(({ name }) =>
    name === 'catchUp' ? [approved(['U1', 'U2'], planHash), ...done(name)] : done(name),
  );

const APPROVED = { kind: 'approved', approval: 'cutover', expiresAt: 2e12 } as const;

export const approved = (users: readonly string[] = ['U1', 'U2'], planHash = opening.planHash) =>
  ['bot', { ...APPROVED, planHash, users }] satisfies Written;

export const bot = (body: EntryBody): Written => ['bot', body];

/** Signed entries, a second apart from `startsAt` on, milliseconds since 1970. */
export const entriesOf = (written: readonly Written[], startsAt = 0): Entry[] =>
  journalOf([['bot', opening], ...written]).map((entry, index) => ({
    ...entry,
    at: startsAt + index * 1000,
  }));
