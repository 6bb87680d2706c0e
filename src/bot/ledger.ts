/** The bot's journals: kept by the store, signed with its key, and remembered on its own disk. */

import { join } from 'node:path';
import type { BotConfig } from '../config.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { type Identity, loadOrCreateIdentity } from '../trust/identity.ts';
import { openMemory } from '../trust/memory.ts';
import { signingJournal } from '../worker/journal.ts';
import type { Ledger } from './requests.ts';

export interface OpenLedger extends AsyncDisposable {
  readonly identity: Identity;
  readonly store: Store;
  readonly ledger: Ledger;
}

/** @throws {Problem} what is wrong with the bot's key or with the store */
export async function openLedger(
  config: Pick<BotConfig, 'STORE_URL' | 'FERRY_STATE'>,
): Promise<OpenLedger> {
  const identity = await loadOrCreateIdentity(join(config.FERRY_STATE, 'identity'), 'bot');
  const store = await openStore(config.STORE_URL);
  const journal = signingJournal({
    store: store.journal,
    identity,
    botFingerprint: identity.fingerprint,
    roleIn: () => 'bot',
  });
  const memory = openMemory(join(config.FERRY_STATE, 'memory'));
  return {
    identity,
    store,
    ledger: { journal, store: store.journal, identity, memory },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
