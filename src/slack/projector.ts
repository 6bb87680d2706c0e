/**
 * Keeps the channel as the operations are. Level-triggered: it looks at what changed and at all that
 * is open, and shows what is not shown yet. A restart, a lost event or a rate limit costs nothing.
 *
 * Messages and notices are shown side by side: an edit that Slack refuses, delays or never answers
 * holds back no alert, not even one of the same operation.
 */

import { toProblemRecord } from '../domain/problem.ts';
import { type Lane, laneOf } from './lane.ts';
import { type NoticeParts, showNotices } from './notices.ts';
import type { OperationView } from './operation-view.ts';
import { paceOf } from './pace.ts';
import type { Operations } from './ports.ts';
import { type Shown, showMessage } from './shown.ts';
import { sleep } from './sleep.ts';

const LOOK_EVERY_MS = 1_000;
const RETRY_MS_MAX = 60_000;
const CURSOR_KEY = 'slack/cursor';

export interface ProjectorOptions extends Omit<NoticeParts, 'operations' | 'pace' | 'now'> {
  readonly operations: Operations;
  readonly pace?: NoticeParts['pace'];
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
    await Promise.all(state.lanes.map((lane) => lane.stop()));
  };
  const running = loop();
  return {
    wake(operation) {
      if (operation !== undefined) for (const lane of state.lanes) lane.changed(operation);
      bell.abort();
    },
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

type View = Promise<OperationView | undefined>;

interface State {
  readonly options: ProjectorOptions;
  readonly now: () => number;
  readonly lanes: readonly Lane[];
  /** Read once for all lanes at each look. */
  views: Map<string, View>;
  cursor: { read: number; kept: number } | undefined;
  /** Of the look itself: the store may be away. */
  failures: { count: number; notBefore: number };
}

function newState(options: ProjectorOptions): State {
  const now = options.now ?? Date.now;
  const parts: NoticeParts = { ...options, pace: options.pace ?? paceOf(), now };
  const shows = [showMessage, showNotices];
  const state: State = {
    options,
    now,
    lanes: shows.map((show) => laneOf({ show: showing(show), log: options.log, now })),
    views: new Map(),
    cursor: undefined,
    failures: { count: 0, notBefore: 0 },
  };
  return state;

  function showing(show: (view: OperationView, parts: NoticeParts) => Promise<Shown>) {
    return async (operation: string): Promise<Shown> => {
      const view = await viewIn(state, operation);
      return view ? await show(view, parts) : 'finished';
    };
  }
}

function viewIn({ views, options }: State, operation: string): View {
  const view = views.get(operation) ?? options.operations.view(operation);
  views.set(operation, view);
  return view;
}

async function look(state: State): Promise<void> {
  const { failures, now, options } = state;
  if (now() < failures.notBefore) return;
  state.views = new Map();
  try {
    await readChanges(state);
    state.failures = { count: 0, notBefore: 0 };
  } catch (error) {
    const count = failures.count + 1;
    const waitMs = Math.min(LOOK_EVERY_MS * 2 ** (count - 1), RETRY_MS_MAX);
    state.failures = { count, notBefore: now() + waitMs };
    const { code, facts } = toProblemRecord(error);
    options.log('slack-show-failed', { ...facts, code, migration: '', attempt: count });
  }
  for (const lane of state.lanes) lane.look();
}

async function readChanges(state: State): Promise<void> {
  const { lanes } = state;
  const { operations, records } = state.options;
  if (!state.cursor) {
    const kept = await records.get(CURSOR_KEY);
    const start = typeof kept === 'number' ? kept : 0;
    for (const { operation } of await operations.openViews()) {
      for (const lane of lanes) lane.open(operation);
    }
    state.cursor = { read: start, kept: start };
  }
  const changes = await operations.changed(state.cursor.read);
  for (const operation of changes.operations) {
    for (const lane of lanes) lane.changed(operation);
  }
  state.cursor.read = changes.cursor;
  if (!lanes.every((lane) => lane.isIdle()) || state.cursor.read === state.cursor.kept) return;
  await records.put(CURSOR_KEY, state.cursor.read);
  state.cursor.kept = state.cursor.read;
}
