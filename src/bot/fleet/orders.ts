/** Standing orders, by the Id of their VM: the store keeps them, and the bot believes what it signed. */

import { Problem, type ProblemRecord, toProblemRecord } from '../../domain/problem.ts';
import { type AlignmentOrder, orderSchema } from '../../fleet/order.ts';
import type { Records } from '../../store/store.ts';
import type { Identity } from '../../trust/identity.ts';
import { signRecord, verifiedRecord } from '../../trust/signed-record.ts';

const PREFIX = 'alignments/';
const keyOf = (vmId: string): string => `${PREFIX}${vmId}`;

export interface Orders {
  /** `onForged`: told of each that this bot did not write; it is left out. */
  all(onForged: (problem: ProblemRecord) => void): Promise<readonly AlignmentOrder[]>;
  put(order: AlignmentOrder): Promise<void>;
  remove(vmId: string): Promise<void>;
}

export function ordersIn(
  records: Pick<Records, 'get' | 'put' | 'keys' | 'remove'>,
  bot: Pick<Identity, 'privateKey' | 'publicKey'>,
): Orders {
  const read = async (key: string): Promise<AlignmentOrder | undefined> => {
    const record = await records.get(key);
    if (record === undefined) return undefined;
    const order = verifiedRecord(record, { key, publicKey: bot.publicKey, schema: orderSchema });
    return order;
  };
  return {
    async all(onForged) {
      const orders: AlignmentOrder[] = [];
      for (const key of await records.keys(PREFIX)) {
        try {
          const order = await read(key);
          if (order) orders.push(order);
        } catch (error) {
          if (!(error instanceof Problem) || error.code === 'store-unreachable') throw error;
          onForged(toProblemRecord(error));
        }
      }
      return orders;
    },
    put: (order) => {
      const key = keyOf(order.vm.id);
      return records.put(key, signRecord(bot, key, order));
    },
    remove: (vmId) => records.remove(keyOf(vmId)),
  };
}

/** The order of the VM with this name, as people type it. */
export const orderOf = (
  orders: readonly AlignmentOrder[],
  vm: string,
): AlignmentOrder | undefined =>
  orders.find((order) => order.vm.name.toLowerCase() === vm.toLowerCase());
