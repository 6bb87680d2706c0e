/** What a command needs that looks back at operations and the audit, beside a running bot. */

import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../domain/problem.ts';
import { openStore } from '../store/open.ts';
import type { Records } from '../store/store.ts';
import { loadOrCreateIdentity } from '../trust/identity.ts';
import { openMemory } from '../trust/memory.ts';
import { signingJournal } from '../worker/journal.ts';
import { auditFiles } from './audit.ts';
import type { Head } from './audit-chain.ts';
import type { Past } from './history.ts';

const HEAD_KEY = 'audit/head';
const headSchema = z.object({ number: z.int().positive(), hash: z.string() });

/** The newest line of the audit, as it was kept in the store. */
export async function keptHead(records: Records): Promise<Head | undefined> {
  return headSchema.safeParse(await records.get(HEAD_KEY)).data;
}

export const keepHead = (records: Records, head: Head): Promise<void> =>
  records.put(HEAD_KEY, head);

/** Reads only: the bot beside it is the one that writes. @throws {Problem} audit-empty | store-… | identity-… */
export async function openPast(config: {
  readonly STORE_URL: string;
  readonly FERRY_STATE: string;
}): Promise<Past & AsyncDisposable & { keptHead(): Promise<Head | undefined> }> {
  const files = await auditFiles(config.FERRY_STATE);
  // Another folder than the bot's: nothing is made there.
  if (files.length === 0) throw new Problem('audit-empty', { path: config.FERRY_STATE });
  const identity = await loadOrCreateIdentity(join(config.FERRY_STATE, 'identity'), 'bot');
  const store = await openStore(config.STORE_URL);
  const journal = signingJournal({
    store: store.journal,
    identity,
    botFingerprint: identity.fingerprint,
    roleIn: () => 'bot',
  });
  return {
    journal,
    store: store.journal,
    memory: openMemory(join(config.FERRY_STATE, 'memory')),
    keptHead: () => keptHead(store.records),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
