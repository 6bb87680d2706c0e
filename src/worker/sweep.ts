/** What nobody runs is run: each second what changed, each minute everything that is open. */

import { setTimeout as pause } from 'node:timers/promises';
import { enqueueDuty } from '../../jobs/duty.ts';
import { enqueueNext } from '../../jobs/step.ts';
import { openedOf } from '../domain/journal.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../domain/problem.ts';
import type { Logger } from '../log.ts';
import { readJournal } from '../migration/advance.ts';
import { dutyOf } from '../migration/duties.ts';
import { nextAction, tasksOf } from '../migration/next-action.ts';
import { stepsOf } from '../migration/steps.ts';
import type { Parts } from './ports.ts';

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

export function keepSweeping(
  parts: Parts,
  { log, stopping }: { log: Logger; stopping: AbortSignal },
): Sweep {
  const { store, queues, identity } = parts;
  const halts = new Set<string>();
  const interrupted = new Set<string>();
  const haltKey = (operation: string) => `halts/${operation}/${identity.name}`;
  const halted = async (operation: string, problem: ProblemRecord): Promise<void> => {
    log.error({ operation, problem }, 'operation halted');
    halts.add(operation);
    await store.records.put(haltKey(operation), problem);
  };
  const resumed = async (operation: string): Promise<void> => {
    if (!halts.delete(operation)) return;
    await store.records.remove(haltKey(operation));
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
      const away = error instanceof Problem && error.code === 'store-unreachable';
      if (away || !(error instanceof Problem)) throw error;
      await halted(operation, toProblemRecord(error));
    }
  };
  const round = async (cursor: number, isSweep: boolean): Promise<number> => {
    const changes = await store.journal.changes(cursor);
    const open = isSweep ? await store.journal.open() : [];
    // At the first look everything has changed; what is closed is nobody's work any more.
    const changed = cursor === 0 ? [] : changes.operations;
    for (const operation of new Set([...changed, ...open, ...interrupted])) {
      await lookAt(operation);
      interrupted.delete(operation);
    }
    return changes.cursor;
  };
  const loop = async (): Promise<void> => {
    let cursor = 0;
    for (let looks = 0; !stopping.aborted; looks += 1) {
      try {
        cursor = await round(cursor, looks % LOOKS_BETWEEN_SWEEPS === 0);
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
