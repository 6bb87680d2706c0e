/** What a worker keeps an eye on between the steps: what goes wrong while nobody acts. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { type LateStops, lateStopsOf } from './late-stop.ts';
import { rememberedOpen } from './remembered.ts';
import { type Guarding, guardSpace } from './space-guard.ts';

const LOOK_SECONDS = 5;

export type LookingOut = Guarding & LateStops;

/** Looks until `stopping`; resolves when nothing is under way any more. */
export async function keepLookout(
  out: LookingOut,
  { log, stopping }: { readonly log: Logger; readonly stopping: AbortSignal },
): Promise<void> {
  const remembered = rememberedOpen(out.memory);
  const looks = [async () => guardSpace(out, await remembered()), lateStopsOf(out)];
  while (!stopping.aborted) {
    for (const look of looks) {
      try {
        await look();
      } catch (error) {
        // The store, the hypervisor or a host is away; it comes again, and the other look goes on.
        log.warn({ error: String(error) }, 'lookout broken off; it comes again');
      }
    }
    await pause(LOOK_SECONDS * 1000, undefined, { signal: stopping }).catch(() => undefined);
  }
}
