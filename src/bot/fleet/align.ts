/** What people ask for: to keep a VM aligned, to end that, and a VM that is free of it for a while. */

import type { Finding } from '../../domain/finding.ts';
import { vmClaim } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import {
  type AlignmentOrder,
  EVERY_SECONDS_MAX,
  EVERY_SECONDS_MIN,
  orderSchema,
} from '../../fleet/order.ts';
import type { AlignRequest } from '../../slack/ports.ts';
import { enrolledHost, lookEverywhere, sourceAmong } from '../looks.ts';
import { refuseForeign } from '../prepare.ts';
import {
  type Aligning,
  endAlignment,
  openAlignment,
  prepareAlignment,
  refuseUnproven,
  runningAlignment,
  yieldAlignment,
} from './alignment-operations.ts';
import { orderOf, ordersIn } from './orders.ts';

/** Who is about to take a VM: its alignment waits meanwhile. */
export interface SpokenFor {
  has(vmId: string): boolean;
  /** Nothing is begun for this VM by itself until `act` has ended. */
  during<T>(vmId: string, act: () => Promise<T>): Promise<T>;
}

export function spokenFor(): SpokenFor {
  const counts = new Map<string, number>();
  const add = (vmId: string, by: number) => counts.set(vmId, (counts.get(vmId) ?? 0) + by);
  return {
    has: (vmId) => (counts.get(vmId) ?? 0) > 0,
    async during(vmId, act) {
      add(vmId, 1);
      try {
        return await act();
      } finally {
        add(vmId, -1);
      }
    },
  };
}

/** The operation that has begun; none where the VM has to be free of another one first. */
export type Aligned = { readonly operation?: string; readonly order: AlignmentOrder };

/**
 * Gives a standing order, and begins at once where it can. Another order for this VM takes the place of
 * the one before.
 * @throws {Problem} every-too-often | host-unknown | vm-unknown | same-host | channel-not-for-hosts |
 * alignment-needs-administrator, and as `prepareAlignment`
 */
export async function align(
  from: Aligning & { readonly spoken: SpokenFor },
  request: AlignRequest,
): Promise<Aligned | { readonly refused: readonly Finding[] }> {
  const { everySeconds, bytesPerSecondMax, user, channel } = request;
  if (everySeconds < EVERY_SECONDS_MIN || everySeconds > EVERY_SECONDS_MAX) {
    const bounds = { secondsMin: EVERY_SECONDS_MIN, secondsMax: EVERY_SECONDS_MAX };
    throw new Problem('every-too-often', { seconds: everySeconds, ...bounds });
  }
  const hosts = await from.hosts();
  const target = enrolledHost(hosts, request.target);
  const looks = await lookEverywhere(from, hosts, request.vm);
  const { party, vm } = sourceAmong(looks, request);
  if (party.name === target.name) {
    throw new Problem('same-host', { vm: vm.name, host: target.name });
  }
  refuseForeign(request, party.name, target.name);
  const order = orderSchema.parse({
    vm: { id: vm.id, name: vm.name },
    source: party.name,
    target: target.name,
    everySeconds,
    ...(bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax }),
    user,
    channel,
    at: await from.store.now(),
  });
  const orders = ordersIn(from.records, from.identity);
  return await from.spoken.during(vm.id, async () => {
    const running = await runningAlignment(from, vm.id);
    // What it says of itself: the keeper ends it where it is another than what was ordered now.
    if (running) {
      await orders.put(order);
      return { order, operation: running.operation };
    }
    const prepared = await prepareAlignment(from, order, looks);
    if ('refused' in prepared) return prepared;
    refuseUnproven(prepared, { user, administrators: request.administrators });
    await orders.put(order);
    if ((await from.store.holder(vmClaim(vm.id))) !== undefined) return { order };
    return { order, operation: await openAlignment(from, order, prepared) };
  });
}

/** Ends it; the copy is kept. @throws {Problem} not-aligned {vm} */
export async function stopAligning(from: Aligning, vm: string, user: string): Promise<void> {
  const orders = ordersIn(from.records, from.identity);
  const order = orderOf(await orders.all(() => undefined), vm);
  if (!order) throw new Problem('not-aligned', { vm });
  await orders.remove(order.vm.id);
  const running = await runningAlignment(from, order.vm.id);
  if (running) await endAlignment(from, running.operation, user);
}

/**
 * Acts on a VM that nothing keeps aligned meanwhile: what keeps it so ends first, and begins again by
 * itself where the VM is then.
 * @throws {Problem} alignment-ends-slowly, and what `act` throws
 */
export async function freeOfAlignment<T>(
  from: Aligning & { readonly spoken: SpokenFor },
  { vmId, user }: { readonly vmId: string; readonly user: string },
  act: () => Promise<T>,
): Promise<T> {
  return await from.spoken.during(vmId, async () => {
    const running = await runningAlignment(from, vmId);
    if (running) await yieldAlignment(from, running, user);
    return await act();
  });
}
