/** Slack's Web API calls in a minute, by method, with one, ten and fifty migrations. */

import { setTimeout as pause } from 'node:timers/promises';
import { MIGRATIONS, type Stage } from './chat-stage.ts';

const COUNTS = [1, 10, MIGRATIONS] as const;
const MINUTE_MS = 60_000;

export interface CountedCalls {
  readonly migrations: number;
  /** By method. */
  readonly perMinute: Readonly<Record<string, number>>;
  /** Of these, a minute as well. */
  readonly refused: number;
}

/** Starts the migrations as well, and leaves all of them running. */
export async function countCalls(stage: Stage, minutes: number): Promise<CountedCalls[]> {
  const counted: CountedCalls[] = [];
  for (const migrations of COUNTS) {
    await stage.migrate(migrations);
    const from = Date.now();
    const until = from + minutes * MINUTE_MS;
    await pause(until - from);
    const { last } = await stage.slack.calls();
    const calls = last.filter(({ atMs }) => atMs >= from && atMs < until);
    const perMinute: Record<string, number> = {};
    for (const { method } of calls) perMinute[method] = (perMinute[method] ?? 0) + 1 / minutes;
    const refused = calls.filter(({ error }) => error !== undefined).length / minutes;
    counted.push({ migrations, perMinute, refused });
  }
  return counted;
}
