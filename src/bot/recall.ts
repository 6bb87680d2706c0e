/** An operation by its journal; where the store lost or spoilt that, as the bot itself saw it. */

import { isDrainName } from '../domain/drain.ts';
import { openedOf } from '../domain/journal.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../domain/problem.ts';
import { isOperationName, type Ledger, look, meaningOf, type Seen } from './requests.ts';

/** A store that lost entries must not silence the bot: it shows what it saw, and says so. */
export async function recall(
  ledger: Ledger,
  operation: string,
): Promise<{ seen: Seen; halt?: ProblemRecord }> {
  try {
    return { seen: await look(ledger, operation) };
  } catch (error) {
    unlessAway(error);
    const entries = await ledger.memory.seen(operation);
    if (entries.length === 0) throw error;
    const seen = meaningOf(entries, await ledger.journal.now());
    return { seen, halt: toProblemRecord(error) };
  }
}

/**
 * For a catch: one journal that cannot be trusted hides itself alone; its workers report it.
 * @throws what is wrong with the store or with us
 */
export function unlessAway(error: unknown): undefined {
  if (!(error instanceof Problem) || error.code === 'store-unreachable') throw error;
}

/** `which` as a person types it: an operation's name, or the name of the VM of an open one. */
export async function operationOf(ledger: Ledger, which: string): Promise<string> {
  if (await isKnown(ledger, which)) return which;
  return await byVm(ledger, which).catch((error: unknown) => {
    // What looks like an operation and is no VM either was meant as one.
    if (!isOperationName(which)) throw error;
    throw new Problem('operation-unknown', { operation: which });
  });
}

export async function isKnown(ledger: Ledger, operation: string): Promise<boolean> {
  if (!isOperationName(operation)) return false;
  if ((await ledger.memory.seen(operation)).length > 0) return true;
  return (await ledger.store.read(operation)).length > 0;
}

/** The one open operation of the VM with this name. */
async function byVm(ledger: Ledger, vm: string): Promise<string> {
  for (const operation of await ledger.store.open()) {
    if (isDrainName(operation)) continue;
    const recalled = await recall(ledger, operation).catch(unlessAway);
    if (!recalled) continue;
    const { entries, state } = recalled.seen;
    const { name } = openedOf(entries).plan.vm;
    if (name.toLowerCase() === vm.toLowerCase() && !state.settled) return operation;
  }
  throw new Problem('nothing-to-cancel', { vm });
}
