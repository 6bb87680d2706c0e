/**
 * Watches guests that were asked to shut down, did not in time, and may go off all the same after
 * everything was taken back. One that does is started again, once, and people hear of it.
 */

import {
  type Entry,
  entryHash,
  epochOf,
  type Opened,
  openedOf,
  vmClaim,
} from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import { appendTo } from '../migration/advance.ts';
import { isRestarting, isWatched, watchedUntil, wentOffLate } from '../migration/late-stop.ts';
import type { Peer, StepPorts } from '../migration/ports.ts';
import type { JournalStore } from '../store/store.ts';
import type { Memory } from '../trust/memory.ts';
import type { Remembered } from './remembered.ts';

export interface LateStops {
  readonly steps: Pick<StepPorts, 'host' | 'journal' | 'memory'>;
  readonly memory: Pick<Memory, 'operations' | 'seen'>;
  readonly store: { readonly journal: Pick<JournalStore, 'holder'> };
  /** This host, by its key. */
  readonly publicKey: string;
  /** The other host; one that is silent is not asked twice. */
  readonly peerOnce: (operation: string, opened: Opened) => Pick<Peer, 'tell'>;
  /** Hands an operation's next moves to the queues. */
  readonly enqueue: (operation: string) => Promise<void>;
}

/** One look. It goes by what this worker remembers, so that it works alike after a restart. */
export function lateStopsOf(out: LateStops): () => Promise<void> {
  const watching = watchingOf(out);
  return async () => {
    const { steps, enqueue } = out;
    for (const { operation, entries } of await watching()) {
      // Its journal is closed: nobody else goes on with it after a crash.
      if (isRestarting(entries)) await enqueue(operation);
      else if (isWatched(entries, await steps.journal.now())) {
        await look(out, { operation, entries });
      }
    }
  };
}

/** Operations with a watch, unless a later operation of the VM has begun; each file of others is read once. */
function watchingOf({ memory, publicKey, steps }: LateStops): () => Promise<Remembered[]> {
  const over = new Set<string>();
  const newest = new Map<string, number>();
  return async () => {
    const found: Remembered[] = [];
    for (const operation of await memory.operations()) {
      if (over.has(operation)) continue;
      const entries = await memory.seen(operation);
      const [first] = entries;
      if (!first) continue;
      const { parties, plan } = openedOf(entries);
      newest.set(plan.vm.id, Math.max(newest.get(plan.vm.id) ?? 0, first.at));
      const until = watchedUntil(entries);
      const isMine = parties.source.publicKey === publicKey;
      const isOpen = !entries.some(({ body }) => body.kind === 'closed');
      if (isMine && (until !== undefined || isRestarting(entries))) {
        found.push({ operation, entries });
        if (!isOpen && (await isPast(until, steps))) over.add(operation);
      } else if (!isOpen) over.add(operation);
    }
    return found.filter(({ entries: [first] }) => first && isNewest(first, newest));
  };
}

const isPast = async (
  until: number | undefined,
  { journal }: Pick<StepPorts, 'journal'>,
): Promise<boolean> => until !== undefined && (await journal.now()) >= until;

function isNewest(first: Entry, newest: ReadonlyMap<string, number>): boolean {
  return first.at >= (newest.get(openedOf([first]).plan.vm.id) ?? 0);
}

async function look(out: LateStops, { operation, entries }: Remembered): Promise<void> {
  const { host } = out.steps;
  const opened = openedOf(entries);
  const { vm } = opened.plan;
  const here = await host.vm(vm.id);
  if (here?.state !== 'Off' || (await host.isFenced(vm.id))) return;
  const holder = await out.store.journal.holder(vmClaim(vm.id));
  if (holder !== undefined && holder !== operation) return;
  if (await mayRunElsewhere(out, operation, entries)) return;
  await reopen(out, operation);
}

/** Only a target that was given the VM could run it; such a one must say that it does not. */
async function mayRunElsewhere(
  { peerOnce }: LateStops,
  operation: string,
  entries: readonly Entry[],
): Promise<boolean> {
  const last = entries.at(-1);
  if (!last) return true;
  const place = { position: last.position, head: entryHash(last), epoch: epochOf(entries) };
  const intent = 'take back at source' as const;
  try {
    const peer = peerOnce(operation, openedOf(entries));
    const answer = await peer.tell({ operation, intent, from: 'source', ...place });
    return answer.startSeen || answer.vm === 'running' || answer.vm === 'off, free';
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'peer-unreachable') throw error;
    return entries.some(({ body }) => body.kind === 'started' && body.step === 'registerTarget');
  }
}

/** From this entry on the undo of the stop is next, as after any failure of it. */
async function reopen({ steps, enqueue }: LateStops, operation: string): Promise<void> {
  const appended = await appendTo(operation, steps, async (entries) => {
    if (!isWatched(entries, await steps.journal.now())) return undefined;
    const { vm, source } = openedOf(entries).plan;
    return wentOffLate(vm.name, source);
  });
  if (appended) await enqueue(operation);
}
