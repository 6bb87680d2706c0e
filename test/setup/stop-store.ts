/** Ends the run's store and removes its directory. */

export default async function stopStore(): Promise<void> {
  await globalThis.ferryTestStore?.stop();
}
