/**
 * What all suites share: one embedded store, in which they keep apart by namespaces, and PowerShells
 * that compile without optimizing: most of a short one's time is compiling.
 */

import { type StoreProcess, startStoreProcess } from '../store/server.ts';

declare global {
  var ferryTestStore: StoreProcess | undefined;
}

export default async function startStore(): Promise<void> {
  globalThis.ferryTestStore = await startStoreProcess();
  process.env.DOTNET_JITMinOpts ??= '1';
  process.env.FERRY_TEST_STORE_URL = globalThis.ferryTestStore.url;
}
