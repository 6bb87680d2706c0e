/**
 * Alerts outside Slack: the log, the system's own log, and a webhook. Each alert is told once to
 * each, also after a restart, and none of them waits for Slack or for another.
 */

import type { Alert } from '../domain/alert.ts';
import { Problem, toProblemRecord } from '../domain/problem.ts';
import type { OperationView } from '../slack/operation-view.ts';
import type { Log, MessageRecords, Operations } from '../slack/ports.ts';
import { sleep } from '../slack/sleep.ts';
import { wordsFor } from '../slack/views/own-words.ts';
import { lossText } from '../texts/loss.ts';
import { outsideIn } from '../texts/outside.ts';
import type { Words } from '../texts/words.ts';
import { type AlertBook, markAlert, readBook } from './alert-book.ts';
import { eventIdOf } from './event-ids.ts';
import type { SystemLog } from './system-log.ts';
import type { Webhook, WebhookAlert } from './webhook.ts';

const LOOK_MS = 1_000;
/** What time alone raises leaves no entry: open operations are looked at this often. */
const LOOKS_BETWEEN_SWEEPS = 5;
/** Told later than this after it arose, it says so. */
const LATE_MS = 5_000;
/** What was over longer ago is another bot's history. */
const OLD_NEWS_MS = 24 * 3_600_000;
const DELIVERIES_AT_ONCE = 4;
const REMEMBERED_MAX = 10_000;
const CURSOR_KEY = 'announce/cursor';

export interface AnnouncerOptions {
  readonly operations: Pick<Operations, 'view' | 'openViews' | 'changed'>;
  readonly records: MessageRecords;
  readonly systemLog: SystemLog;
  readonly webhook?: Webhook | undefined;
  readonly log: Log;
  readonly words: Words;
  readonly lookEveryMs?: number;
}

export interface Announcer {
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export function startAnnouncer(options: AnnouncerOptions): Announcer {
  const stopped = new AbortController();
  const state: State = {
    ...options,
    stopping: stopped.signal,
    pending: new Set(),
    deliveries: new Map(),
    delivered: new Set(),
    looks: 0,
    systemLogWorks: true,
  };
  const loop = async () => {
    while (!stopped.signal.aborted) {
      try {
        await look(state);
      } catch (error) {
        const { code, facts } = toProblemRecord(error);
        options.log('alerts-not-looked-at', { ...facts, code });
      }
      await sleep(options.lookEveryMs ?? LOOK_MS, stopped.signal);
    }
    await Promise.all(state.deliveries.values());
  };
  const running = loop();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

interface State extends AnnouncerOptions {
  readonly stopping: AbortSignal;
  /** Changed, and not yet looked at to the end. */
  readonly pending: Set<string>;
  readonly deliveries: Map<string, Promise<void>>;
  /** Ended in this process: a book that was read before does not know it. */
  readonly delivered: Set<string>;
  cursor?: { read: number; kept: number };
  looks: number;
  systemLogWorks: boolean;
}

async function look(state: State): Promise<void> {
  const { operations, records, pending } = state;
  const kept = state.cursor ? undefined : await records.get(CURSOR_KEY);
  const first = typeof kept === 'number' ? kept : 0;
  const cursor = state.cursor ?? { read: first, kept: first };
  const changes = await operations.changed(cursor.read);
  for (const operation of changes.operations) pending.add(operation);
  state.cursor = { ...cursor, read: changes.cursor };
  const sweeps = state.looks % LOOKS_BETWEEN_SWEEPS === 0;
  state.looks += 1;
  for (const view of sweeps ? await operations.openViews() : []) {
    if (!(await announceAll(state, view))) pending.add(view.operation);
  }
  for (const operation of pending) await lookAt(state, operation);
  if (pending.size > 0 || changes.cursor === cursor.kept) return;
  await records.put(CURSOR_KEY, changes.cursor);
  state.cursor = { read: changes.cursor, kept: changes.cursor };
}

/** One operation that cannot be read must not silence the others. */
async function lookAt(state: State, operation: string): Promise<void> {
  try {
    const view = await state.operations.view(operation);
    if (!view || (await announceAll(state, view))) state.pending.delete(operation);
  } catch (error) {
    const problem = toProblemRecord(error);
    if (problem.code === 'store-unreachable') throw error;
    state.log('alerts-not-looked-at', { ...problem.facts, code: problem.code, operation });
    // It comes again with its next change, or with the sweep.
    state.pending.delete(operation);
  }
}

/** True when everybody was told about each of its alerts. */
async function announceAll(state: State, view: OperationView): Promise<boolean> {
  const now = view.times.lookedAt ?? Date.now();
  const alerts = view.alerts.filter(({ mendedAt }) => now - (mendedAt ?? now) < OLD_NEWS_MS);
  if (alerts.length === 0) return true;
  const book = await readBook(state.records, view.operation);
  let isDone = true;
  for (const alert of alerts) {
    const told = toldOf(alert, view, { now, words: wordsFor(view, state.words) });
    if (!book[alert.key]?.logged) await writeLog(state, told, alert);
    isDone = deliver(state, { told, alert, book }) && isDone;
  }
  return isDone;
}

/** Codes and ids are the same in every language. */
function toldOf(
  alert: Alert,
  { operation, plan }: OperationView,
  { now, words }: { now: number; words: Words },
): WebhookAlert {
  const { text, remedy } = words.textOf(alert.cause);
  const { home, raisedAt, cause } = alert;
  return {
    id: eventIdOf(alert),
    code: cause.code,
    operation,
    vm: plan.vm.name,
    home: home === 'source' || home === 'target' ? plan[home] : home,
    text,
    lost: lossText(cause, plan, words.alerts),
    remedy,
    at: new Date(raisedAt).toISOString(),
    late: now - raisedAt > LATE_MS,
  };
}

async function writeLog(
  state: State,
  told: WebhookAlert,
  { key, operation }: Alert,
): Promise<void> {
  const { id, ...facts } = told;
  state.log('alert', { ...facts, eventId: id });
  const { raisedLate } = outsideIn(state.words.language);
  const late = told.late ? ` ${raisedLate(told.at)}` : '';
  const text = `${operation} ${told.vm}: ${told.text} ${told.lost} ${told.remedy}${late}`;
  if (state.systemLogWorks) {
    try {
      await state.systemLog({ id, text });
    } catch (error) {
      // The line above is in the bot's own log in any case; a machine without this log stays so.
      state.systemLogWorks = !isMissing(error);
      state.log('system-log-failed', { eventId: id, error: messageOf(error) });
    }
  }
  await markAlert(state.records, { operation, key }, { logged: true });
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);

interface Delivery {
  readonly told: WebhookAlert;
  readonly alert: Alert;
  readonly book: AlertBook;
}

/** Starts what is not under way. True when there is nothing left to do. */
function deliver(state: State, { told, alert, book }: Delivery): boolean {
  const { webhook, deliveries, records, log, stopping } = state;
  const { operation, key } = alert;
  const name = `${operation} ${key}`;
  if (!webhook || book[key]?.webhook || state.delivered.has(name)) return true;
  if (deliveries.has(name) || deliveries.size >= DELIVERIES_AT_ONCE) return false;
  const end = async () => {
    try {
      const result = await webhook(told, stopping);
      if (result === 'stopped') return;
      remember(state.delivered, name);
      await markAlert(records, { operation, key }, { webhook: result });
    } catch (error) {
      // The store is away: after a restart it is delivered again, rather twice than never.
      if (!(error instanceof Problem)) throw error;
      log('alert-not-marked', { ...error.facts, code: error.code, operation });
    } finally {
      deliveries.delete(name);
    }
  };
  deliveries.set(name, end());
  return false;
}

function remember(delivered: Set<string>, name: string): void {
  delivered.add(name);
  const [oldest] = delivered;
  if (delivered.size > REMEMBERED_MAX && oldest !== undefined) delivered.delete(oldest);
}
