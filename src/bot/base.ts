/** What everything in the bot's process stands on: its lock, key, store, journals and queues. */

import { connectQueues, type Queues } from '../../jobs/queues.ts';
import type { BotConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { BOT_KEY } from '../worker/enrolled.ts';
import { holdBotLock } from '../worker/lock.ts';
import { type OpenLedger, openLedger } from './ledger.ts';

export interface Base extends OpenLedger {
  readonly config: BotConfig;
  readonly log: Logger;
  readonly queues: Queues;
}

/** @throws {Problem} bot-runs-already, or what is wrong with the bot's key, store or queues */
export async function openBase(config: BotConfig, log: Logger): Promise<Base> {
  await using opened = new AsyncDisposableStack();
  opened.use(await holdBotLock(config.FERRY_STATE));
  const { identity, store, ledger } = opened.use(await openLedger(config));
  // Workers compare it with the fingerprint that they pin, and then believe what it signed.
  await store.records.put(BOT_KEY, { publicKey: identity.publicKey });
  const onError = (error: unknown) => log.warn({ err: error }, 'queue');
  const queues = opened.use(await connectQueues(config.STORE_URL, { onError }));
  const open = opened.move();
  const close = () => open.disposeAsync();
  return { config, log, identity, store, ledger, queues, [Symbol.asyncDispose]: close };
}
