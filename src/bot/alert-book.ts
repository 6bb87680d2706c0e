/**
 * What the bot keeps about an operation's alerts beside the journal: causes that leave no entry
 * behind, who acknowledged, and what was told to whom. One record for each operation.
 */

import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';
import { Problem } from '../domain/problem.ts';
import { problemSchema } from '../domain/problem-record.ts';
import type { MessageRecords } from '../slack/ports.ts';

/** What comes and goes for days; then the oldest that are mended are forgotten. */
const ALERTS_MAX = 100;
const TRIES_MAX = 20;

const bookedSchema = z.object({
  cause: problemSchema,
  home: z.enum(['source', 'target', 'nowhere', 'unknown']),
  raisedAt: z.number(),
  mendedAt: z.number().exactOptional(),
  heard: z.object({ by: z.string(), at: z.number() }).exactOptional(),
  /** In the system log. */
  logged: z.literal(true).exactOptional(),
  /** `given up`: the webhook did not take it. */
  webhook: z.enum(['sent', 'given up']).exactOptional(),
});

export type BookedAlert = z.infer<typeof bookedSchema>;
export type AlertBook = Readonly<Record<string, BookedAlert>>;

const bookKey = (operation: string): string => `alerts/${operation}`;

export async function readBook(
  records: Pick<MessageRecords, 'get'>,
  operation: string,
): Promise<AlertBook> {
  return bookOf(await records.get(bookKey(operation)));
}

const bookOf = (stored: unknown): AlertBook =>
  z.record(z.string(), bookedSchema).safeParse(stored).data ?? {};

/** Keeps what a look found: new alerts, and what became of them. Writes only when that is news. */
export async function keepAlerts(
  records: MessageRecords,
  operation: string,
  alerts: readonly Alert[],
): Promise<void> {
  await changeBook(records, operation, (book) => {
    const news = alerts.filter((alert) => isNews(alert, book[alert.key]));
    if (news.length === 0) return undefined;
    const booked = news.map((alert) => [alert.key, after(alert, book[alert.key])]);
    return shortened({ ...book, ...Object.fromEntries(booked) });
  });
}

const isNews = ({ mendedAt, heard }: Alert, booked?: BookedAlert): boolean =>
  !booked ||
  (booked.mendedAt === undefined) !== (mendedAt === undefined) ||
  (booked.heard !== undefined && heard === undefined);

/** Who had heard of it before it failed again has not heard of that. */
function after(
  { cause, home, raisedAt, mendedAt, heard }: Alert,
  booked?: BookedAlert,
): BookedAlert {
  return {
    cause,
    home,
    raisedAt: booked?.raisedAt ?? raisedAt,
    ...(mendedAt === undefined ? {} : { mendedAt }),
    ...(heard ? { heard } : {}),
    ...(booked?.logged ? { logged: booked.logged } : {}),
    ...(booked?.webhook ? { webhook: booked.webhook } : {}),
  };
}

/** Marks one alert of the book. */
export async function markAlert(
  records: MessageRecords,
  { operation, key }: { operation: string; key: string },
  mark: Pick<BookedAlert, 'logged' | 'webhook'>,
): Promise<void> {
  await changeBook(records, operation, (book) => {
    const booked = book[key];
    return booked ? { ...book, [key]: { ...booked, ...mark } } : undefined;
  });
}

/**
 * The first to acknowledge is the one who is shown.
 * @throws Problem `alert-unknown`, `alert-heard-already` {by}
 */
export async function hear(
  records: MessageRecords,
  { operation, key }: { operation: string; key: string },
  heard: NonNullable<BookedAlert['heard']>,
): Promise<void> {
  await changeBook(records, operation, (book) => {
    const booked = book[key];
    if (!booked) throw new Problem('alert-unknown', { operation });
    if (booked.heard) throw new Problem('alert-heard-already', { by: booked.heard.by });
    return { ...book, [key]: { ...booked, heard } };
  });
}

async function changeBook(
  records: MessageRecords,
  operation: string,
  change: (book: AlertBook) => AlertBook | undefined,
): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const stored = await records.get(bookKey(operation));
    const changed = change(bookOf(stored));
    if (!changed) return;
    if (await records.compareAndSet(bookKey(operation), stored, changed)) return;
  }
  throw new Problem('journal-busy', { operation, tries: TRIES_MAX });
}

function shortened(book: AlertBook): AlertBook {
  const all = Object.entries(book);
  const mended = all.filter(([, { mendedAt }]) => mendedAt !== undefined);
  const oldest = mended.toSorted(([, a], [, b]) => a.raisedAt - b.raisedAt);
  const forgotten = new Set(
    oldest.slice(0, Math.max(0, all.length - ALERTS_MAX)).map(([key]) => key),
  );
  return Object.fromEntries(all.filter(([key]) => !forgotten.has(key)));
}
