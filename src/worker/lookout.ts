/** What a worker keeps an eye on between the steps: what goes wrong while nobody acts. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Host } from '../hosts/host.ts';
import type { Logger } from '../log.ts';
import { type LateStops, lateStopsOf } from './late-stop.ts';
import { rememberedOpen } from './remembered.ts';
import { type Guarding, spaceGuard, type Telling } from './space-guard.ts';

const LOOK_SECONDS = 5;

export type LookingOut = Guarding & Telling & LateStops & { readonly host: Pick<Host, 'recover'> };

interface Watch {
  readonly log: Pick<Logger, 'warn'>;
  readonly stopping: AbortSignal;
  /** Between two looks; tests have it quicker. */
  readonly lookSeconds?: number;
}

/** Looks until `stopping`; resolves when nothing is under way any more. */
export async function keepLookout(out: LookingOut, watch: Watch): Promise<void> {
  const remembered = rememberedOpen(out.memory);
  const guard = spaceGuard(out);
  const looks = [
    async () => guard(await remembered()),
    lateStopsOf(out),
    async () => await out.host.recover?.(),
  ];
  // Each for itself: one that waits for the hypervisor must not hold up the guard of the volumes.
  await Promise.all(looks.map((look) => keepLooking(look, watch)));
}

async function keepLooking(
  look: () => Promise<void>,
  { log, stopping, lookSeconds = LOOK_SECONDS }: Watch,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      await look();
    } catch (error) {
      // The store, the hypervisor or a host is away.
      log.warn({ error: String(error) }, 'lookout broken off; it comes again');
    }
    await pause(lookSeconds * 1000, undefined, { signal: stopping }).catch(() => undefined);
  }
}
