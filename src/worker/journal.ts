/** The journal with one party's signature: the store keeps, the key signs, everyone verifies. */

import {
  entryHash,
  type Opened,
  openedOf,
  type Role,
  type Side,
  type SignedEntry,
} from '../domain/journal.ts';
import { Verdict } from '../domain/problem.ts';
import { isReadyToAsk } from '../migration/how-far.ts';
import type { Journal } from '../migration/ports.ts';
import { stateOf } from '../migration/state.ts';
import { stepsOf } from '../migration/steps.ts';
import type { Claims, JournalStore } from '../store/store.ts';
import type { Identity } from '../trust/identity.ts';
import { signEntry } from '../trust/signatures.ts';
import { verifyJournal } from '../trust/verify-journal.ts';

export interface Signing {
  readonly store: JournalStore;
  readonly identity: Identity;
  readonly botFingerprint: string;
  /** The role that this process has in an operation. */
  readonly roleIn: (operation: string) => Role;
}

/** The side on which a step runs; undefined for a step that the operation's list does not have. */
const sideOfStep = (opened: Opened, name: string): Side | undefined =>
  stepsOf(opened).find((step) => step.name === name)?.on;

/** Another plan may come while it asks, and not once a step behind the approval has begun. */
function mayReplan(before: readonly SignedEntry[]): boolean {
  const steps = stepsOf(openedOf(before));
  const entries = before.map((entry) => ({ ...entry, at: 0 }));
  return isReadyToAsk(steps, stateOf(steps, entries));
}

/** What the list of steps says to whoever verifies a journal. */
export const STEP_RULES = { sideOf: sideOfStep, mayReplan };

export function signingJournal(signing: Signing): Journal {
  const { store, identity, botFingerprint } = signing;
  const verified = new Set<string>();
  return {
    async read(operation) {
      const entries = await store.read(operation);
      // The store may answer with another operation's journal, each entry of it well signed.
      if (entries.every((entry) => entry.operation === operation)) return entries;
      throw new Verdict('journal-wrong-operation', { operation, position: 1 });
    },
    identity: () => store.identity(),
    now: () => store.now(),
    verify(entries) {
      const operation = entries[0]?.operation ?? '';
      verifyJournal(entries, { operation, botFingerprint, verified, ...STEP_RULES });
    },
    async append(operation, entries, body) {
      const author = signing.roleIn(operation);
      const result = await appendSigned({ store, identity }, { operation, entries, author, body });
      if (result.result === 'claimed') throw new Error('Only an opening entry takes a claim');
      return result;
    },
  };
}

interface NewEntry {
  readonly operation: string;
  readonly entries: Parameters<Journal['append']>[1];
  readonly author: Role;
  readonly body: Parameters<Journal['append']>[2];
}

/** Signs the next entry of a journal and offers it to the store. */
export async function appendSigned(
  { store, identity }: Pick<Signing, 'store' | 'identity'>,
  { operation, entries, author, body }: NewEntry,
  claims?: Claims,
) {
  const last = entries.at(-1);
  const position = (last?.position ?? 0) + 1;
  const previous = last ? entryHash(last) : '';
  const entry = signEntry(identity, { operation, position, previous, author, body });
  return await store.append(entry, claims);
}
