/** An alert as one POST of JSON to an address of the operators' choice. */

import type { Log } from '../slack/ports.ts';
import { sleep } from '../slack/sleep.ts';

const ATTEMPTS_MAX = 12;
const PATIENCE_MS = 10_000;
const FIRST_WAIT_MS = 1_000;
const WAIT_MS_MAX = 600_000;
/** What is not worth another try: the address, the method or our JSON is wrong there. */
const isFinal = (status: number): boolean =>
  status >= 300 && status < 500 && status !== 408 && status !== 429;

/** What is sent. Times are ISO 8601; `home`: a host's name, `nowhere` or `unknown`. */
export interface WebhookAlert {
  readonly id: number;
  readonly code: string;
  readonly operation: string;
  readonly vm: string;
  readonly home: string;
  readonly text: string;
  /** What is lost, in words. */
  readonly lost: string;
  readonly remedy: string;
  readonly at: string;
  readonly late: boolean;
}

/** `stopped`: the bot ends; nothing is known to have been taken. */
export type Delivered = 'sent' | 'given up' | 'stopped';
export type Webhook = (alert: WebhookAlert, signal: AbortSignal) => Promise<Delivered>;

export interface WebhookOptions {
  readonly url: string;
  readonly log: Log;
  readonly firstWaitMs?: number;
  readonly patienceMs?: number;
}

/** Never rejects. The address may hold a secret: it is never logged. */
export function webhookTo(options: WebhookOptions): Webhook {
  const { url, log, firstWaitMs = FIRST_WAIT_MS, patienceMs = PATIENCE_MS } = options;
  return async (alert, signal) => {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const failure = await post(
        url,
        alert,
        AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
      );
      if (!failure) return 'sent';
      if (signal.aborted) return 'stopped';
      log('webhook-failed', { operation: alert.operation, attempt, error: failure.error });
      if (failure.isFinal) return 'given up';
      if (attempt < ATTEMPTS_MAX) {
        await sleep(Math.min(firstWaitMs * 2 ** (attempt - 1), WAIT_MS_MAX), signal);
      }
    }
    return signal.aborted ? 'stopped' : 'given up';
  };
}

interface Failure {
  readonly error: string;
  readonly isFinal: boolean;
}

async function post(
  url: string,
  alert: WebhookAlert,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alert),
      // A redirect would carry the alert to an address that nobody configured.
      redirect: 'manual',
      signal,
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    return { error: `HTTP ${response.status}`, isFinal: isFinal(response.status) };
  } catch (error) {
    const cause =
      typeof error === 'object' && error !== null && 'cause' in error ? error.cause : error;
    return { error: causeText(cause), isFinal: false };
  }
}

/** A code such as ECONNREFUSED; messages of `fetch` can hold the address. */
function causeText(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return 'failed';
  if ('code' in cause) return String(cause.code);
  return 'name' in cause ? String(cause.name) : 'failed';
}
