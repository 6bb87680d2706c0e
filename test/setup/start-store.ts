/**
 * What all suites share: one embedded store, in which they keep apart by namespaces; and how the processes
 * that they start compile, which is most of a short one's time.
 */

import { join } from 'node:path';
import { type StoreProcess, startStoreProcess } from '../store/server.ts';

declare global {
  var ferryTestStore: StoreProcess | undefined;
}

export default async function startStore(): Promise<void> {
  globalThis.ferryTestStore = await startStoreProcess();
  process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/tests');
  // PowerShells without optimizing.
  process.env.DOTNET_JITMinOpts ??= '1';
  process.env.FERRY_TEST_STORE_URL = globalThis.ferryTestStore.url;
}
