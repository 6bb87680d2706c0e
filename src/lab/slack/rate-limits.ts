/**
 * Slack's rate limits: a tier for each method in a workspace, and about one posted message a second
 * for each channel (facts/slack.md §3). Token buckets; a refused call takes nothing.
 */

import { keep } from './table.ts';
import type { Weather } from './weather.ts';

/** Calls a minute that Slack grants at least. `posting` is counted for each channel. */
const CALLS_PER_MINUTE = { 1: 1, 2: 20, 3: 50, 4: 100, posting: 60 } as const;
export type Tier = keyof typeof CALLS_PER_MINUTE;

/** How many calls may come at once. Slack tolerates bursts, and promises none. */
const BURST: Readonly<Record<'slack' | 'strict', (tier: Tier) => number>> = {
  slack: (tier) => (tier === 'posting' ? 5 : CALLS_PER_MINUTE[tier]),
  strict: (tier) => (tier === 'posting' ? 1 : Math.ceil(CALLS_PER_MINUTE[tier] / 10)),
};

const SECONDS_PER_MINUTE = 60;

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

interface LimitedCall {
  readonly method: string;
  readonly tier: Tier;
  readonly channel: string;
}

export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Counts the call. The seconds to wait when it is one too many, else 0. */
  take({ method, tier, channel }: LimitedCall, mode: Weather['rateLimits']): number {
    if (mode === 'off') return 0;
    const key = tier === 'posting' ? `${mode} ${method} ${channel}` : `${mode} ${method}`;
    const burst = BURST[mode](tier);
    const tokensPerSecond = CALLS_PER_MINUTE[tier] / SECONDS_PER_MINUTE;
    const nowMs = this.#nowMs();
    const { tokens, atMs } = this.#buckets.get(key) ?? { tokens: burst, atMs: nowMs };
    const secondsSince = Math.max(nowMs - atMs, 0) / 1_000;
    const left = Math.min(tokens + secondsSince * tokensPerSecond, burst);
    if (left < 1) return Math.ceil((1 - left) / tokensPerSecond);
    keep(this.#buckets, key, { tokens: left - 1, atMs: nowMs });
    return 0;
  }
}
