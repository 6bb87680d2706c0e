/** What a command needs that looks at journals or signs requests, beside a running process. */

import { join } from 'node:path';
import type { Ledger } from '../bot/requests.ts';
import { openStore } from '../store/open.ts';
import { loadOrCreateIdentity } from '../trust/identity.ts';
import { type Memory, openMemory } from '../trust/memory.ts';
import { signingJournal } from './journal.ts';

export interface Desk extends Ledger, AsyncDisposable {
  readonly memory: Memory;
}

export interface DeskConfig {
  readonly STORE_URL: string;
  readonly FERRY_STATE: string;
  /** `bot` on the bot's machine. */
  readonly FERRY_HOST: string;
  readonly FERRY_BOT: string;
}

/** @throws {Problem} store-unreachable | identity-… */
export async function openDesk(config: DeskConfig): Promise<Desk> {
  const identity = await loadOrCreateIdentity(
    join(config.FERRY_STATE, 'identity'),
    config.FERRY_HOST,
  );
  const store = await openStore(config.STORE_URL);
  // The process beside it is the one that writes there.
  const memory: Memory = {
    ...openMemory(join(config.FERRY_STATE, 'memory')),
    remember: async () => undefined,
  };
  const journal = signingJournal({
    store: store.journal,
    identity,
    botFingerprint: config.FERRY_BOT,
    roleIn: () => (config.FERRY_HOST === 'bot' ? 'bot' : 'source'),
  });
  return {
    journal,
    store: store.journal,
    identity,
    memory,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
