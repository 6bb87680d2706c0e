/**
 * Keeps the channel as the operations are. Level-triggered: it looks at what changed and at all that
 * is open, and shows what is not shown yet. A restart, a lost event or a rate limit costs nothing.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { Problem, toProblemRecord } from '../domain/problem.ts';
import { type Pace, paceOf } from './pace.ts';
import type { Log, MessageRecords, Operations } from './ports.ts';
import type { Posts } from './posts.ts';
import { show } from './shown.ts';

const LOOK_EVERY_MS = 1_000;
const RETRY_MS_MAX = 60_000;
/** Each is one call of the store and at most a few of Slack. */
const SHOWN_AT_ONCE_MAX = 20;
const CURSOR_KEY = 'slack/cursor';

export interface ProjectorOptions {
  readonly operations: Operations;
  readonly records: MessageRecords;
  readonly posts: Posts;
  readonly log: Log;
  readonly pace?: Pace;
  readonly lookEveryMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface Projector {
  /** Looks at once; at this operation even if it is not known to be open. */
  wake(operation?: string): void;
  /** Resolves when nothing is being shown any more. */
  stop(): Promise<void>;
}

export function startProjector(options: ProjectorOptions): Projector {
  const state = newState(options);
  const stopped = new AbortController();
  let bell = new AbortController();
  const loop = async () => {
    while (!stopped.signal.aborted) {
      bell = new AbortController();
      await look(state);
      const signal = AbortSignal.any([stopped.signal, bell.signal]);
      await sleep(options.lookEveryMs ?? LOOK_EVERY_MS, signal);
    }
    await Promise.all(state.showing.values());
  };
  const running = loop();
  return {
    wake(operation) {
      if (operation !== undefined) {
        state.open.add(operation);
        state.unseen.add(operation);
      }
      bell.abort();
    },
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

interface State extends ProjectorOptions {
  readonly pace: Pace;
  readonly now: () => number;
  /** Shown until their end is shown. */
  readonly open: Set<string>;
  /** Changed since they were shown; the cursor is kept only when there are none. */
  readonly unseen: Set<string>;
  readonly showing: Map<string, Promise<void>>;
  /** What failed waits longer each time; the empty name is the look itself. */
  readonly failures: Map<string, { count: number; notBefore: number }>;
  cursor: { read: number; kept: number } | undefined;
}

function newState(options: ProjectorOptions): State {
  return {
    ...options,
    pace: options.pace ?? paceOf(),
    now: options.now ?? Date.now,
    open: new Set(),
    unseen: new Set(),
    showing: new Map(),
    failures: new Map(),
    cursor: undefined,
  };
}

async function look(state: State): Promise<void> {
  if (isWaiting(state, '')) return;
  try {
    await readChanges(state);
    state.failures.delete('');
  } catch (error) {
    failed(state, '', error);
  }
  for (const operation of state.open) {
    if (state.showing.size >= SHOWN_AT_ONCE_MAX) return;
    if (state.showing.has(operation) || isWaiting(state, operation)) continue;
    const shown = showOne(state, operation).finally(() => state.showing.delete(operation));
    state.showing.set(operation, shown);
  }
}

async function readChanges(state: State): Promise<void> {
  const { operations, records } = state;
  if (!state.cursor) {
    const kept = await records.get(CURSOR_KEY);
    const start = typeof kept === 'number' ? kept : 0;
    for (const view of await operations.openViews()) state.open.add(view.operation);
    state.cursor = { read: start, kept: start };
  }
  const changes = await operations.changed(state.cursor.read);
  for (const operation of changes.operations) {
    state.open.add(operation);
    state.unseen.add(operation);
  }
  state.cursor.read = changes.cursor;
  const allShown = state.unseen.size === 0 && state.showing.size === 0;
  if (!allShown || state.cursor.read === state.cursor.kept) return;
  await records.put(CURSOR_KEY, state.cursor.read);
  state.cursor.kept = state.cursor.read;
}

/** Never rejects: what fails is logged and tried again, and others are shown meanwhile. */
async function showOne(state: State, operation: string): Promise<void> {
  const wasUnseen = state.unseen.delete(operation);
  try {
    const view = await state.operations.view(operation);
    const ended = view === undefined || (await show(view, state)) === 'finished';
    // A change that came while it was shown is shown by the next look.
    if (ended && !state.unseen.has(operation)) state.open.delete(operation);
    state.failures.delete(operation);
  } catch (error) {
    if (wasUnseen) state.unseen.add(operation);
    failed(state, operation, error);
  }
}

const isWaiting = (state: State, name: string): boolean =>
  state.now() < (state.failures.get(name)?.notBefore ?? 0);

function failed(state: State, name: string, error: unknown): void {
  const count = (state.failures.get(name)?.count ?? 0) + 1;
  const asked = error instanceof Problem ? Number(error.facts.waitSeconds ?? 0) * 1000 : 0;
  const waitMs = Math.max(asked, Math.min(LOOK_EVERY_MS * 2 ** (count - 1), RETRY_MS_MAX));
  state.failures.set(name, { count, notBefore: state.now() + waitMs });
  const { code, facts } = toProblemRecord(error);
  state.log('slack-show-failed', { ...facts, code, migration: name, attempt: count });
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    // Woken or stopped: either way the loop goes on to look.
    if (!signal.aborted) throw error;
  }
}
