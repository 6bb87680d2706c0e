/** What nobody runs is run: each second what changed, each minute everything that is open. */

import { setTimeout as pause } from 'node:timers/promises';
import { enqueueDuty } from '../../jobs/duty.ts';
import type { Queues } from '../../jobs/queues.ts';
import { enqueueNext } from '../../jobs/step.ts';
import { isDrainName } from '../domain/drain.ts';
import { openedOf } from '../domain/journal.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../domain/problem.ts';
import type { Logger } from '../log.ts';
import { readJournal } from '../migration/advance.ts';
import { dutyOf } from '../migration/duties.ts';
import { nextAction, tasksOf } from '../migration/next-action.ts';
import type { StepPorts } from '../migration/ports.ts';
import { stepsOf } from '../migration/steps.ts';
import type { Memory } from '../trust/memory.ts';
import type { Parts } from './ports.ts';
import { rememberedOpen } from './remembered.ts';

const LOOK_SECONDS = 1;
const LOOKS_BETWEEN_SWEEPS = 60;

export interface Sweep {
  /** Hands an operation's next moves to the queues of both hosts. */
  enqueue(operation: string): Promise<void>;
  halted(operation: string, problem: ProblemRecord): Promise<void>;
  resumed(operation: string): Promise<void>;
  interrupted(operation: string): void;
  readonly ended: Promise<void>;
}

/** What a sweep needs of a worker. */
export interface Sweeping extends Pick<Parts, 'store' | 'identity' | 'goOn'> {
  readonly memory: Pick<Memory, 'operations' | 'seen'>;
  readonly queues: Pick<Queues, 'queue'>;
  readonly steps: Pick<StepPorts, 'journal' | 'memory'>;
}

export function keepSweeping(
  parts: Sweeping,
  { log, stopping }: { log: Logger; stopping: AbortSignal },
): Sweep {
  const { store, queues, identity } = parts;
  /** Operations without a halt of ours in the store; one of an earlier process may still be there. */
  const clear = new Set<string>();
  const interrupted = new Set<string>();
  const haltKey = (operation: string) => `halts/${operation}/${identity.name}`;
  const halted = async (operation: string, problem: ProblemRecord): Promise<void> => {
    log.error({ operation, problem }, 'operation halted');
    clear.delete(operation);
    await store.records.put(haltKey(operation), problem);
  };
  const resumed = async (operation: string): Promise<void> => {
    if (clear.has(operation)) return;
    await store.records.remove(haltKey(operation));
    clear.add(operation);
  };
  const enqueue = async (operation: string): Promise<void> => {
    const entries = await readJournal(operation, parts.steps);
    const opened = openedOf(entries);
    const { source, target } = opened.parties;
    if (![source.publicKey, target.publicKey].includes(identity.publicKey)) return;
    const now = await store.journal.now();
    const next = nextAction(stepsOf(opened), entries, now);
    await parts.goOn(operation, opened, tasksOf(next));
    const hosts = { source: source.name, target: target.name };
    await enqueueNext(next, { queues, operation, hosts, position: entries.length, now });
    if (dutyOf(entries, now)) await enqueueDuty(queues, { operation, position: entries.length });
    await resumed(operation);
  };
  const lookAt = async (operation: string): Promise<void> => {
    try {
      await enqueue(operation);
    } catch (error) {
      if (error instanceof Problem && error.code === 'store-unreachable') throw error;
      // Whatever else is wrong with one operation, the others go on.
      if (!(error instanceof Problem)) log.error({ operation, err: error }, 'bug');
      await halted(operation, toProblemRecord(error));
    }
  };
  const remembered = rememberedOpen(parts.memory);
  /** A store that forgot an operation must not silence the hosts that act in it. */
  const openNow = async (): Promise<string[]> => {
    const ours = await remembered();
    return [...(await store.journal.open()), ...ours.map(({ operation }) => operation)];
  };
  const round = async (cursor: number, looks: number): Promise<number> => {
    const changes = await store.journal.changes(cursor);
    const open = looks % LOOKS_BETWEEN_SWEEPS === 0 ? await openNow() : [];
    // At the first look everything has changed; what is closed is nobody's work any more.
    const changed = looks === 0 ? [] : changes.operations;
    for (const operation of new Set([...changed, ...open, ...interrupted])) {
      // The bot's alone.
      if (isDrainName(operation)) continue;
      await lookAt(operation);
      interrupted.delete(operation);
    }
    return changes.cursor;
  };
  const loop = async (): Promise<void> => {
    let cursor = 0;
    let looks = 0;
    while (!stopping.aborted) {
      try {
        cursor = await round(cursor, looks);
        looks += 1;
      } catch (error) {
        log.warn({ error: String(error) }, 'sweep broken off; it comes again');
      }
      await pause(LOOK_SECONDS * 1000, undefined, { signal: stopping }).catch(() => undefined);
    }
  };
  return {
    enqueue,
    halted,
    resumed,
    interrupted: (operation) => interrupted.add(operation),
    ended: loop(),
  };
}
