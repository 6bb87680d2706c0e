/**
 * Standing orders kept: for each there is an operation that carries it out, unless another one has the
 * VM. Level-triggered: it looks at the orders and the claims, and a restart or a lost event costs nothing.
 */

import { z } from 'zod';
import { vmClaim } from '../../domain/journal.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../../domain/problem.ts';
import { problemSchema } from '../../domain/problem-record.ts';
import { alignmentOf } from '../../fleet/alignment.ts';
import { type AlignmentOrder, followed } from '../../fleet/order.ts';
import type { Logger } from '../../log.ts';
import type { AlignmentRow } from '../../slack/rows.ts';
import { sleep } from '../../slack/sleep.ts';
import { type Look, lookEverywhere } from '../looks.ts';
import type { SpokenFor } from './align.ts';
import {
  type Aligning,
  endAlignment,
  type Found,
  nowhere,
  openAlignment,
  prepareAlignment,
  runningAlignment,
} from './alignment-operations.ts';
import { type Orders, ordersIn } from './orders.ts';

const LOOK_SECONDS = 5;
/** A longer journal is read and sent around for nothing: another operation begins, with the same copy. */
const ENTRIES_RENEWED_AT = 1000;
const BACKOFF_SECONDS = { first: 10, max: 600 } as const;

const stateSchema = z.object({
  operation: z.string().exactOptional(),
  freshAt: z.number().exactOptional(),
  failures: z.int().exactOptional(),
  triedAt: z.number().exactOptional(),
  problem: problemSchema.exactOptional(),
});
type OrderState = z.infer<typeof stateSchema>;

interface Looking extends Pick<Aligning, 'records' | 'identity'> {
  /** An order that the bot did not write: it is not obeyed. */
  readonly onForged: (problem: ProblemRecord) => void;
}

export interface Keeping extends Aligning, Looking {
  /** VMs that somebody is about to take: nothing is begun for them meanwhile. */
  readonly spoken: SpokenFor;
  readonly log: Pick<Logger, 'warn'>;
}

const stateKey = (vmId: string): string => `alignment-states/${vmId}`;

/** Until `stopping`. */
export async function keepAlignments(from: Keeping, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await tendAll(from);
    } catch (error) {
      from.log.warn({ error: String(error) }, 'alignments not looked at; it comes again');
    }
    await sleep(LOOK_SECONDS * 1000, stopping);
  }
}

export async function tendAll(from: Keeping): Promise<void> {
  const orders = ordersIn(from.records, from.identity);
  for (const order of await orders.all(from.onForged)) {
    try {
      await tend(from, orders, order);
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'store-unreachable') throw error;
      await noteFailure(from, order, toProblemRecord(error));
    }
  }
}

async function tend(from: Keeping, orders: Orders, order: AlignmentOrder): Promise<void> {
  const running = await runningAlignment(from, order.vm.id);
  if (running) return await follow(from, order, running);
  // A migration has it: what comes of that decides where the copy goes.
  if ((await from.store.holder(vmClaim(order.vm.id))) !== undefined) return;
  if (from.spoken.has(order.vm.id) || !(await isDue(from, order))) return;
  const looks = await lookEverywhere(from, await from.hosts(), order.vm.name);
  const now = await moved(orders, order, looks);
  const prepared = await prepareAlignment(from, now, looks);
  if ('refused' in prepared) {
    const [first] = prepared.refused;
    throw new Problem(first?.code ?? 'bug', first?.facts ?? {});
  }
  const operation = await openAlignment(from, now, prepared);
  const { freshAt } = await stateOf(from, order);
  await put(from, order, { operation, ...(freshAt === undefined ? {} : { freshAt }) });
}

/** What it has brought so far is kept beside the order: a journal that is over is not read again. */
async function follow(from: Keeping, order: AlignmentOrder, running: Found): Promise<void> {
  const { operation, seen, opened } = running;
  const { plan } = opened;
  const { freshAt, problem } = alignmentOf(seen.entries);
  const before = await stateOf(from, order);
  const fresh = freshAt ?? before.freshAt;
  const state: OrderState = {
    operation,
    ...(fresh === undefined ? {} : { freshAt: fresh }),
    ...(problem === undefined ? {} : { problem }),
  };
  await put(from, order, state, before);
  const isSame =
    plan.target === order.target &&
    plan.everySeconds === order.everySeconds &&
    plan.bytesPerSecondMax === order.bytesPerSecondMax;
  const isLong = seen.entries.length >= ENTRIES_RENEWED_AT;
  if (!isSame || isLong) await endAlignment(from, operation, order.user);
}

/** The order goes where its VM went. @throws {Problem} alignment-nowhere */
async function moved(
  orders: Orders,
  order: AlignmentOrder,
  looks: readonly Look[],
): Promise<AlignmentOrder> {
  const there = looks.filter(({ inspected }) => inspected?.vm?.id === order.vm.id);
  const home =
    there.find(({ inspected }) => inspected?.vm?.state === 'Running') ??
    there.find(({ party }) => party.name === order.source) ??
    there[0];
  if (!home) throw nowhere(order);
  if (home.party.name === order.source) return order;
  const now = { ...order, ...followed(order, home.party.name) };
  await orders.put(now);
  return now;
}

const stateOf = async (
  { records }: Pick<Looking, 'records'>,
  { vm }: AlignmentOrder,
): Promise<OrderState> => stateSchema.safeParse(await records.get(stateKey(vm.id))).data ?? {};

async function put(
  { records }: Keeping,
  { vm }: AlignmentOrder,
  state: OrderState,
  before?: OrderState,
): Promise<void> {
  if (before && JSON.stringify(before) === JSON.stringify(state)) return;
  await records.put(stateKey(vm.id), state);
}

async function isDue(from: Keeping, order: AlignmentOrder): Promise<boolean> {
  const { failures = 0, triedAt = 0 } = await stateOf(from, order);
  if (failures === 0) return true;
  const { first, max } = BACKOFF_SECONDS;
  const waitSeconds = Math.min(first * 2 ** (failures - 1), max);
  return (await from.store.now()) >= triedAt + waitSeconds * 1000;
}

async function noteFailure(
  from: Keeping,
  order: AlignmentOrder,
  problem: ProblemRecord,
): Promise<void> {
  const before = await stateOf(from, order);
  const failures = Math.min((before.failures ?? 0) + 1, 30);
  await put(from, order, { ...before, failures, triedAt: await from.store.now(), problem });
}

/** All orders as they are kept now. */
export async function standingOrders(from: Looking): Promise<readonly AlignmentRow[]> {
  const orders = await ordersIn(from.records, from.identity).all(from.onForged);
  return await Promise.all(
    orders.map(async (order): Promise<AlignmentRow> => {
      const { vm, source, target, everySeconds, user, channel, at } = order;
      const { operation, freshAt, problem } = await stateOf(from, order);
      return {
        ...{ vm, source, target, everySeconds, channel, requestedBy: user, orderedAt: at },
        ...(operation === undefined ? {} : { operation }),
        ...(freshAt === undefined ? {} : { freshAt }),
        ...(problem === undefined ? {} : { problem }),
      };
    }),
  );
}
