/** Operations that this process remembers as open, whatever the store knows of them by now. */

import { isDrainName } from '../domain/drain.ts';
import type { Entry } from '../domain/journal.ts';
import type { Memory } from '../trust/memory.ts';

export interface Remembered {
  readonly operation: string;
  readonly entries: readonly Entry[];
}

/** Reads each closed operation's file once, however often it is asked. */
export function rememberedOpen(
  memory: Pick<Memory, 'operations' | 'seen'>,
): () => Promise<Remembered[]> {
  const closed = new Set<string>();
  return async () => {
    const open: Remembered[] = [];
    for (const operation of await memory.operations()) {
      // Of one VM alone: a drain acts by other operations, which are here.
      if (closed.has(operation) || isDrainName(operation)) continue;
      const entries = await memory.seen(operation);
      if (entries.some(({ body }) => body.kind === 'closed')) closed.add(operation);
      else if (entries.length > 0) open.push({ operation, entries });
    }
    return open;
  };
}
