/** Journals for tests of pure rules: bodies in a row, unsigned, one entry a second. */

import type { Entry, EntryBody, FailureOutcome, Opened, Role } from '../../src/domain/journal.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Facts } from '../../src/domain/problem.ts';
import type { StepPorts } from '../../src/migration/ports.ts';
import { stateOf } from '../../src/migration/state.ts';
import type { StepContext } from '../../src/migration/step.ts';
import { stepsOf } from '../../src/migration/steps.ts';
import { openingOf, planOf } from '../fixtures/opening.ts';

/** The store's clock at the first entry. */
export const START = 1_000_000;
export const HOUR = 3_600_000;

const plan = planOf({ vm: { id: 'dc02-id', name: 'dc02' }, bytesOnTargetMax: 1 });
const party = (name: string) => ({ name, publicKey: name });
export const opened = openingOf(
  { bot: party('bot'), source: party('hv-a'), target: party('hv-b') },
  { plan, planHash: 'h' },
);

type Move = 'run' | 'undo' | 'keepWarm';
export const started = (step: string, move: Move = 'run'): EntryBody => ({
  kind: 'started',
  step,
  move,
});
export const done = (step: string, move: Move = 'run', facts: Facts = {}): EntryBody[] => [
  started(step, move),
  { kind: 'done', step, move, facts },
];
export const failed = (step: string, outcome: FailureOutcome, move: Move = 'run'): EntryBody[] => [
  started(step, move),
  { kind: 'failed', step, move, outcome, problem: { code: `${step}-failed`, facts: {} } },
];
export const approved = (expiresAt: number): EntryBody => ({
  kind: 'approved',
  approval: 'cutover',
  planHash: 'h',
  users: ['U2'],
  expiresAt,
});
export const expired: EntryBody = { kind: 'expired', approval: 'cutover' };
export const cancelled: EntryBody = { kind: 'cancelled', by: 'U1' };
export const paused: EntryBody = { kind: 'paused', by: 'U7' };
export const resumed: EntryBody = { kind: 'resumed', by: 'U7' };
export const limited = (bytesPerSecondMax: number): EntryBody => ({
  kind: 'limited',
  by: 'U7',
  bytesPerSecondMax,
});
export const replanned = (changes: Partial<Plan>, planHash = 'h2'): EntryBody => ({
  kind: 'replanned',
  plan: { ...plan, ...changes },
  planHash,
});
export const retried: EntryBody = { kind: 'retried', by: 'U1' };
export const rollback: EntryBody = { kind: 'rollback', by: 'U1' };

/** The opening entry and these, at `START`, a second later, and so on. */
export function journal(...bodies: readonly (EntryBody | readonly EntryBody[])[]): Entry[] {
  const author: Role = 'bot';
  return [opened, ...bodies.flat()].map((body, index) => ({
    operation: 'm1',
    position: index + 1,
    previous: '',
    author,
    body,
    signature: '',
    at: START + index * 1000,
  }));
}

export const BEFORE_APPROVAL = [
  'reserveTarget',
  'trackChanges',
  'createTargetDisks',
  'copyWholeDisks',
  'copyDirtyRounds',
  'compareDisks',
];
export const CUTOVER = [
  'catchUp',
  'recheck',
  'forbidSourceStart',
  'stopSource',
  'fenceSource',
  'copyLastRound',
  'registerTarget',
  'startTarget',
  'confirmTarget',
  'retireSource',
];

/** All steps before this one done, approved where needed. */
export function upTo(step: string): (EntryBody | EntryBody[])[] {
  const names = [...BEFORE_APPROVAL, ...CUTOVER];
  return names
    .slice(0, names.indexOf(step))
    .flatMap((name) => (name === 'catchUp' ? [approved(START + HOUR), done(name)] : [done(name)]));
}

/** What a step is given that nobody has told to stop. `ports`: those that it asks, as far as it asks. */
export function stepContext<Of extends Opened>(
  from: Of,
  entries: readonly Entry[],
  ports: object,
): StepContext<Of> {
  return {
    opened: from,
    vmId: from.plan.vm.id,
    entries,
    state: stateOf(stepsOf(from), entries),
    token: { operation: 'm1', epoch: 9 },
    ports: ports as StepPorts,
    signal: new AbortController().signal,
    wantedBack: new AbortController().signal,
  };
}
