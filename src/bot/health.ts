/** A running bot's sign of life: a small file that `ferry health` reads, also in a container. */

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../domain/problem.ts';
import { sleep } from '../slack/sleep.ts';
import type { JournalStore } from '../store/store.ts';
import { writeDurably } from '../worker/notebook.ts';

const LOOK_SECONDS = 10;
/** Three looks, each of which may wait for a store that is away. */
export const HEALTH_SECONDS_MAX = 45;

const healthSchema = z.object({
  /** Milliseconds since 1970, this machine's clock. */
  at: z.number(),
  store: z.enum(['answers', 'away']),
  /** To Slack, by Socket Mode. */
  connections: z.object({ open: z.int().nonnegative(), wanted: z.int().positive() }),
});

export type Health = Readonly<z.infer<typeof healthSchema>>;

const fileIn = (state: string): string => join(state, 'health.json');

export interface HealthKept {
  readonly journal: Pick<JournalStore, 'now'>;
  readonly connections: () => Health['connections'];
  readonly stopping: AbortSignal;
  /** A file that cannot be written makes the bot look ill: nothing else depends on it. */
  readonly onError: (error: unknown) => void;
}

/**
 * Until `stopping`: looks, and writes what it saw. It begins before the bot is connected, so that the
 * file of a bot that was killed does not speak for the next one.
 */
export async function keepHealth(state: string, kept: HealthKept): Promise<void> {
  const { journal, connections, stopping, onError } = kept;
  while (!stopping.aborted) {
    try {
      const store = await answers(journal);
      const health: Health = { at: Date.now(), store, connections: connections() };
      await writeDurably(fileIn(state), JSON.stringify(health));
    } catch (error) {
      onError(error);
    }
    await sleep(LOOK_SECONDS * 1000, stopping);
  }
  await rm(fileIn(state), { force: true }).catch(onError);
}

async function answers({ now }: Pick<JournalStore, 'now'>): Promise<Health['store']> {
  try {
    await now();
    return 'answers';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return 'away';
  }
}

/** What the bot saw last; `undefined` when it never ran here, or not for a while. */
export async function readHealth(state: string, now = Date.now()): Promise<Health | undefined> {
  const text = await readFile(fileIn(state), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { data: health } = healthSchema.safeParse(parsed(text));
  const isFresh = health !== undefined && Math.abs(now - health.at) <= HEALTH_SECONDS_MAX * 1000;
  return isFresh ? health : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // As good as none.
    return undefined;
  }
}

/**
 * @throws {Problem} bot-not-running | bot-without-store | bot-without-slack
 */
export async function requireHealthy(state: string): Promise<Health> {
  const health = await readHealth(state);
  if (!health) throw new Problem('bot-not-running', { state });
  if (health.store === 'away') throw new Problem('bot-without-store', { state });
  if (health.connections.open === 0) throw new Problem('bot-without-slack', { state });
  return health;
}
