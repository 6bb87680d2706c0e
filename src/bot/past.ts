/** What a command needs that looks back at operations and the audit, beside a running bot. */

import { z } from 'zod';
import { Problem } from '../domain/problem.ts';
import type { Records } from '../store/store.ts';
import { auditFiles } from './audit.ts';
import type { Head } from './audit-chain.ts';
import type { Past } from './history.ts';
import { openLedger } from './ledger.ts';

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
  const opened = await openLedger(config);
  return {
    ...opened.ledger,
    keptHead: () => keptHead(opened.store.records),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
