/** One embedded store for the whole run; suites keep apart by namespaces. */

import { type StoreProcess, startStoreProcess } from '../store/server.ts';

declare global {
  var ferryTestStore: StoreProcess | undefined;
}

export default async function startStore(): Promise<void> {
  globalThis.ferryTestStore = await startStoreProcess();
  process.env.FERRY_TEST_STORE_URL = globalThis.ferryTestStore.url;
}
