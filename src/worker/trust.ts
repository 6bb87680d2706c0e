/** Whom this worker believes: the pinned bot, and through its signature the other party. */

import { type Opened, openedOf, type Party } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import { readJournal } from '../migration/advance.ts';
import type { StepPorts } from '../migration/ports.ts';
import type { Store } from '../store/store.ts';
import type { Identity } from '../trust/identity.ts';
import type { Memory } from '../trust/memory.ts';

export interface Trusting {
  readonly steps: StepPorts;
  readonly memory: Memory;
  readonly store: Store;
  readonly identity: Identity;
  /** The hosts that the pinned bot has enrolled. */
  readonly enrolled: () => Promise<readonly Party[]>;
}

export interface Trust {
  /** The bot's signed opening of an operation: from this worker's own disk, else the store. */
  opened(operation: string): Promise<Opened>;
  /** Whether a key belongs to a party of an operation that this worker has seen, or to an enrolled
   * host: links are measured before there is an operation, and every other question asks for one. */
  isKnown(publicKey: string): Promise<boolean>;
}

export function trustOf({ steps, memory, store, enrolled }: Trusting): Trust {
  const cache = new Map<string, Opened>();
  const opened = async (operation: string): Promise<Opened> => {
    const known = cache.get(operation);
    if (known) return known;
    const seen = await memory.seen(operation);
    const entries = seen.length > 0 ? seen : await readJournal(operation, steps);
    if (entries.length === 0) throw new Problem('operation-unknown', { operation });
    const found = openedOf(entries);
    cache.set(operation, found);
    return found;
  };
  const isParty = (publicKey: string): boolean =>
    [...cache.values()].some(({ parties: { source, target } }) =>
      [source.publicKey, target.publicKey].includes(publicKey),
    );
  /** A journal that cannot be trusted makes nobody known, and hides nobody else. */
  const learn = async (operations: readonly string[]): Promise<void> => {
    for (const operation of operations) await opened(operation).catch(unlessBug);
  };
  return {
    opened,
    async isKnown(publicKey) {
      if (isParty(publicKey)) return true;
      // What this worker remembers comes first: it must answer also when the store is gone.
      await learn(await memory.operations());
      if (isParty(publicKey)) return true;
      await learn(await store.journal.open());
      if (isParty(publicKey)) return true;
      return (await enrolled()).some((host) => host.publicKey === publicKey);
    },
  };
}

function unlessBug(error: unknown): undefined {
  if (!(error instanceof Problem)) throw error;
}
