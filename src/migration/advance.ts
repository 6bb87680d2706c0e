/**
 * One move of an operation: ask the journal what is next, write `started`, act, write how it ended.
 * A duplicate, a late delivery or a restart is harmless: whoever is no longer next ends at once.
 */

import {
  type Entry,
  type EntryBody,
  entryHash,
  epochOf,
  type FailureOutcome,
  type Opened,
  openedOf,
  type Side,
} from '../domain/journal.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../domain/problem.ts';
import { isPastReturn, mayStillObey } from './how-far.ts';
import { limitNow } from './limit.ts';
import { type Next, nextAction, RHYTHM, type Rhythm, type Task, tasksOf } from './next-action.ts';
import type { StepPorts } from './ports.ts';
import { stateOf } from './state.ts';
import { type Act, AskAgain, NeverRan, type Step, type StepContext, TurnBack } from './step.ts';
import { stepsOf } from './steps.ts';

/** How often a lost position is read again before the move is left to the next delivery. */
const APPENDS_MAX = 20;
const WATCH_SECONDS = 1;

export interface Runner {
  readonly side: Side;
  readonly ports: StepPorts;
  readonly rhythm?: Rhythm;
  /** Ends the step at its next safe point, and leaves it to be run again. */
  readonly stopping: AbortSignal;
}

export type Advanced =
  /** Something was done; ask again. */
  | { readonly kind: 'moved'; readonly next: Next }
  /** Nothing to do here and now; for this side not before `notBefore`, if at all. */
  | { readonly kind: 'idle'; readonly next: Next; readonly notBefore?: number };

/** Reads the journal as this worker may trust it: verified, not behind what it saw, and kept. */
export async function readJournal(
  operation: string,
  ports: Pick<StepPorts, 'journal' | 'memory'>,
): Promise<Entry[]> {
  const entries = await ports.journal.read(operation);
  await ports.memory.checkNotBehind(operation, entries);
  ports.journal.verify(entries);
  await ports.memory.remember(operation, entries);
  return entries;
}

/**
 * Appends what `bodyOf` says, asking it anew whenever somebody else wrote first; nothing where it says
 * nothing. Whether it appended. @throws Problem `journal-busy`, and as `readJournal`
 */
export async function appendTo(
  operation: string,
  ports: Pick<StepPorts, 'journal' | 'memory'>,
  bodyOf: (entries: readonly Entry[]) => Promise<EntryBody | undefined>,
): Promise<boolean> {
  for (let tries = 0; tries < APPENDS_MAX; tries += 1) {
    const entries = await readJournal(operation, ports);
    const body = await bodyOf(entries);
    if (body === undefined) return false;
    const appended = await ports.journal.append(operation, entries, body);
    if (appended.result === 'lost') continue;
    await ports.memory.remember(operation, [...entries, appended.entry]);
    return true;
  }
  throw new Problem('journal-busy', { operation, tries: APPENDS_MAX });
}

/** Makes at most one move. Throws only what is about the journal itself; a step's failure is written. */
export async function advance(operation: string, runner: Runner): Promise<Advanced> {
  const { ports, side } = runner;
  for (let tries = 0; tries < APPENDS_MAX; tries += 1) {
    const entries = await readJournal(operation, ports);
    const steps = stepsOf(openedOf(entries));
    const now = await ports.journal.now();
    const next = nextAction(steps, entries, now, runner.rhythm ?? RHYTHM);
    const task = tasksOf(next).find((one) => one.on === side);
    if (!task) return { kind: 'idle', next };
    if (task.notBefore > now) return { kind: 'idle', next, notBefore: task.notBefore };
    const started: EntryBody = { kind: 'started', step: task.step, move: task.move };
    const appended = await ports.journal.append(operation, entries, started);
    if (appended.result === 'lost') continue;
    await act(runner, task, [...entries, appended.entry]);
    return { kind: 'moved', next };
  }
  throw new Problem('journal-busy', { operation, tries: APPENDS_MAX });
}

async function act(runner: Runner, task: Task, entries: readonly Entry[]): Promise<void> {
  const { ports } = runner;
  const opened = openedOf(entries);
  const operation = entries[0]?.operation ?? '';
  await ports.memory.remember(operation, entries);
  const state = stateOf(stepsOf(opened), entries);
  const watch = watchFor(runner, operation, entries);
  const context: StepContext<Opened> = {
    opened,
    vmId: opened.plan.vm.id,
    entries,
    state,
    token: { operation, epoch: epochOf(entries) },
    ports,
    signal: task.move === 'undo' ? runner.stopping : watch.signal,
    wantedBack: watch.wantedBack,
  };
  const step = stepNamed(stepsOf(opened), task.step);
  let ended: EntryBody | undefined;
  try {
    const facts = await actOf(step, task)(context);
    ended = { kind: 'done', step: step.name, move: task.move, facts };
  } catch (error) {
    // The step did not fail: it is still started, and runs again when the store is back.
    if (isOutage(error)) throw error;
    // Paused as well: it goes on from where it is when somebody resumes it.
    if (!runner.stopping.aborted && !watch.isPaused() && !isTooLate(error)) {
      const outcome = outcomeOf(error, task, entries);
      // Whoever stops because he was told says so; what cannot stop failed by itself.
      const obeys = outcome === 'roll back' || task.move === 'keepWarm';
      const problem = obeys && watch.signal.aborted ? watch.why() : toProblemRecord(error);
      ended = { kind: 'failed', step: step.name, move: task.move, outcome, problem };
    }
  } finally {
    watch.stop();
  }
  if (ended) await finish(runner, entries, ended);
}

/** Nothing is wrong with the journal or the step: the store is away, or too busy to append. */
export const isOutage = (error: unknown): boolean =>
  error instanceof Problem && (error.code === 'store-unreachable' || error.code === 'journal-busy');

/** Another worker's newer move has been seen on the host: this one ends without a word. */
function isTooLate(error: unknown): boolean {
  return error instanceof Problem && error.code === 'epoch-behind';
}

function outcomeOf(
  error: unknown,
  { move, step }: Task,
  entries: readonly Entry[],
): FailureOutcome {
  const steps = stepsOf(openedOf(entries));
  const isRepeated = move === 'keepWarm' || (move === 'run' && stepNamed(steps, step).stays);
  if (isRepeated && error instanceof TurnBack) return 'roll back';
  if (isRepeated || move !== 'run') return 'unknown';
  if (error instanceof AskAgain) return 'ask again';
  if (error instanceof NeverRan) return 'never ran';
  return isPastReturn(steps, stateOf(steps, entries)) ? 'unknown' : 'roll back';
}

function actOf(step: Step, { move }: Task): Act<Opened> {
  const act = move === 'run' ? step.run : move === 'undo' ? step.undo : step.keepWarm;
  if (!act) throw new Error(`The step ${step.name} has no ${move}`);
  return act;
}

function stepNamed(steps: readonly Step[], name: string): Step {
  const step = steps.find((one) => one.name === name);
  if (!step) throw new Error(`The list has no step ${name}`);
  return step;
}

/** Requests may be written meanwhile; a newer move of this side means that somebody else acts. */
async function finish(runner: Runner, mine: readonly Entry[], body: EntryBody): Promise<void> {
  await appendTo(mine[0]?.operation ?? '', runner.ports, async (entries) =>
    isSuperseded(runner.side, mine, entries) ? undefined : body,
  );
}

interface Watch {
  readonly signal: AbortSignal;
  readonly wantedBack: AbortSignal;
  why(): ProblemRecord;
  isPaused(): boolean;
  stop(): void;
}

/** Sees a cancel, a pause, a limit, an expiry or a newer move within seconds; tells the running step. */
function watchFor(runner: Runner, operation: string, mine: readonly Entry[]): Watch {
  const { ports } = runner;
  const wantedBack = new AbortController();
  const given = new AbortController();
  const paused = new AbortController();
  const ended = new AbortController();
  let why: ProblemRecord = { code: 'cancelled', facts: {} };
  const obey = (entries: readonly Entry[]): void => {
    const steps = stepsOf(openedOf(entries));
    const state = stateOf(steps, entries);
    // Past the point of no return a cancel concerns the step alone that can still obey.
    const asked = mayStillObey(steps, state) ? state.cancelAsked : undefined;
    const back = isPastReturn(steps, state) ? asked : state.rollingBack;
    if (back) {
      why = back.why;
      wantedBack.abort();
    }
    if (isSuperseded(runner.side, mine, entries)) given.abort();
    if (state.paused && !wantedBack.signal.aborted) paused.abort();
    ports.stream.limit(operation, limitNow(openedOf(entries).plan, state));
  };
  const look = async (): Promise<void> => {
    const entries = await ports.journal.read(operation);
    ports.journal.verify(entries);
    if (continues(mine, entries)) obey(entries);
  };
  // Asked for while nobody ran it.
  obey(mine);
  const told = AbortSignal.any([wantedBack.signal, given.signal, paused.signal]);
  const loop = async (): Promise<void> => {
    while (!ended.signal.aborted && !told.aborted) {
      await ports.sleep(WATCH_SECONDS, ended.signal);
      await look().catch(onlyOutage);
    }
  };
  void loop().catch((error: unknown) => {
    if (ended.signal.aborted) return;
    why = toProblemRecord(error);
    given.abort(error);
  });
  return {
    signal: AbortSignal.any([told, runner.stopping]),
    wantedBack: wantedBack.signal,
    why: () => why,
    isPaused: () => paused.signal.aborted,
    stop: () => ended.abort(),
  };
}

/** A store that has lost what this step acts upon tells nothing about it. */
function continues(mine: readonly Entry[], entries: readonly Entry[]): boolean {
  const [last, same] = [mine.at(-1), entries[mine.length - 1]];
  return last !== undefined && same !== undefined && entryHash(last) === entryHash(same);
}

/** The store may be away for a while: the step goes on, and the next look tells. */
function onlyOutage(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}

/** Each side's moves follow one another; the other side's may be under way at the same time. */
function isSuperseded(side: Side, mine: readonly Entry[], entries: readonly Entry[]): boolean {
  const steps = stepsOf(openedOf(mine));
  return entries
    .slice(mine.length)
    .some(({ body }) => body.kind === 'started' && stepNamed(steps, body.step).on === side);
}
