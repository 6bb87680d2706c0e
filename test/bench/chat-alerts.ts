/**
 * How soon people hear of a failure while Slack refuses every edit: chat.update is answered by 429
 * with Retry-After, chat.postMessage has Slack's usual rate and is not refused.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from './chat-stage.ts';

const ALERT_SECONDS_MAX = 120;
const RETRY_AFTER_SECONDS = 2;
const REFUSED_MAX = 1000;
/** Longer than between two looks of the bot, and never in step with them. */
const BETWEEN_MS = { least: 2000, more: 1500 } as const;

export interface Alerted {
  readonly latencySeconds: readonly number[];
  /** Edits that Slack refused meanwhile. */
  readonly refused: number;
}

export async function raiseAlerts(stage: Stage, count: number): Promise<Alerted> {
  const { slack } = stage;
  const options = { times: REFUSED_MAX, retryAfterSeconds: RETRY_AFTER_SECONDS };
  await slack.fail('chat.update', 'rate-limited', options);
  const from = Date.now();
  const latencySeconds: number[] = [];
  const copying = stage.copying();
  const step = Math.max(1, Math.floor(copying.length / count));
  // Of all ages, so that none is always looked at first.
  const chosen = copying.filter((_, index) => index % step === 0).slice(0, count);
  for (const operation of chosen) {
    latencySeconds.push(await alertOf(stage, operation));
    await pause(BETWEEN_MS.least + Math.random() * BETWEEN_MS.more);
  }
  const { last } = await slack.calls();
  const refused = last.filter(
    ({ method, atMs, error }) => method === 'chat.update' && atMs >= from && error !== undefined,
  );
  return { latencySeconds, refused: refused.length };
}

/** From the entry, by the store's clock, to the message, by Slack's: both are this machine's. */
async function alertOf({ slack, fail }: Stage, operation: string): Promise<number> {
  const before = new Set((await slack.messages()).map(({ ts }) => ts));
  const alerted = slack.waitFor(
    ({ messages }) => messages.find(({ ts, isBroadcast }) => isBroadcast && !before.has(ts))?.ts,
    { what: `the alert of ${operation}`, timeoutMs: ALERT_SECONDS_MAX * 1000 },
  );
  const [ts, at] = await Promise.all([alerted, fail(operation)]);
  return Number(ts) - at / 1000;
}
