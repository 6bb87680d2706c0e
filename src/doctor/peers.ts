/** Other hosts, asked through the queues as the bot asks them. */

import { inspect, inspectTowards } from '../../jobs/inspect.ts';
import type { Queues } from '../../jobs/queues.ts';
import { heartbeatSchema, SILENT_SECONDS } from '../bot/hosts.ts';
import { Problem } from '../domain/problem.ts';
import type { Store } from '../store/store.ts';
import type { LiveLook } from './live.ts';

/** Nobody waits for the answer of a worker that was not heard for a while. */
export function peersOf(store: Store, queues: Queues): Pick<LiveLook, 'factsOf' | 'reachOf'> {
  return {
    async factsOf(host) {
      const { data: seen } = heartbeatSchema.safeParse(
        await store.records.get(`heartbeats/${host}`),
      );
      const silent = (await store.journal.now()) - (seen?.at ?? 0);
      if (silent > SILENT_SECONDS * 1000) throw new Problem('host-away', { host });
      return (await inspect(queues, { host })).host;
    },
    reachOf: (host, towards) => inspectTowards(queues, host, towards),
  };
}
