/**
 * One thing that is shown of every open operation: a few at a time, in turn, none twice at once.
 * What fails waits longer each time, and others go on meanwhile.
 */

import { Problem, toProblemRecord } from '../domain/problem.ts';
import type { Log } from './ports.ts';
import type { Shown } from './shown.ts';

/** Each is one call of the store and at most a few of Slack. */
const AT_ONCE_MAX = 20;
const RETRY_MS_FIRST = 1_000;
const RETRY_MS_MAX = 60_000;

export interface LaneOptions {
  /** Shows an operation; rejects when it must be tried again. */
  readonly show: (operation: string) => Promise<Shown>;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Lane {
  /** Shown at each look from now on, until its end is shown. */
  open(operation: string): void;
  /** The same; and the lane is not idle before it was shown. */
  changed(operation: string): void;
  /** Begins to show all that are open, those that changed before the others. */
  look(): void;
  /** True when every change was shown. */
  isIdle(): boolean;
  /** Resolves when nothing is being shown any more. */
  stop(): Promise<void>;
}

export function laneOf({ show, log, now }: LaneOptions): Lane {
  const open = new Set<string>();
  /** Changed since they were shown. */
  const unseen = new Set<string>();
  /** In turn: else the first twenty would keep all others waiting. */
  const waiting = new Set<string>();
  const showing = new Map<string, Promise<void>>();
  const failures = new Map<string, { count: number; notBefore: number }>();

  const failed = (operation: string, error: unknown): void => {
    const count = (failures.get(operation)?.count ?? 0) + 1;
    failures.set(operation, { count, notBefore: now() + waitMs(error, count) });
    const { code, facts } = toProblemRecord(error);
    log('slack-show-failed', { ...facts, code, migration: operation, attempt: count });
  };
  /** Never rejects. */
  const showOne = async (operation: string): Promise<void> => {
    const wasUnseen = unseen.delete(operation);
    try {
      const shown = await show(operation);
      // A change that came while it was shown is shown by the next look.
      if (shown === 'finished' && !unseen.has(operation)) open.delete(operation);
      if (shown === 'pending') unseen.add(operation);
      failures.delete(operation);
    } catch (error) {
      if (wasUnseen) unseen.add(operation);
      failed(operation, error);
    }
  };
  const begin = (): void => {
    for (const operation of waiting) {
      if (showing.size >= AT_ONCE_MAX) return;
      waiting.delete(operation);
      const end = () => {
        showing.delete(operation);
        begin();
      };
      showing.set(operation, showOne(operation).finally(end));
    }
  };
  return {
    open: (operation) => void open.add(operation),
    changed(operation) {
      open.add(operation);
      unseen.add(operation);
    },
    look() {
      // News first: where there are many, all others may keep it waiting for longer than a look.
      const inTurn = new Set([...unseen, ...waiting, ...open]);
      waiting.clear();
      for (const operation of inTurn) {
        const isWaiting = now() < (failures.get(operation)?.notBefore ?? 0);
        if (!showing.has(operation) && !isWaiting) waiting.add(operation);
      }
      begin();
    },
    isIdle: () => unseen.size === 0 && showing.size === 0 && waiting.size === 0,
    async stop() {
      waiting.clear();
      await Promise.all(showing.values());
    },
  };
}

/** As long as Slack asked for, and longer with each failure in a row. */
function waitMs(error: unknown, count: number): number {
  const asked = error instanceof Problem ? Number(error.facts.waitSeconds ?? 0) * 1000 : 0;
  return Math.max(asked, Math.min(RETRY_MS_FIRST * 2 ** (count - 1), RETRY_MS_MAX));
}
