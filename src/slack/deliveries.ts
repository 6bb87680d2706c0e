/**
 * Slack may deliver twice, and Bolt does not notice. The store remembers the newest deliveries in a
 * fixed number of slots: an id hashed to a slot replaces what was there, so memory is bounded and a
 * rare collision only forgets an older delivery.
 */

import { createHash } from 'node:crypto';
import { toProblemRecord } from '../domain/problem.ts';
import type { Edge } from './edge.ts';
import type { MessageRecords } from './ports.ts';

const SLOTS = 4096;
/** Another process may write the same slot at the same time. */
const ATTEMPTS_MAX = 5;

/**
 * True for the first to ask about this delivery. A store that does not answer must not silence the
 * bot: then everything counts as first, and the operations themselves refuse what comes twice.
 */
export async function isFirstDelivery({ records, log }: Edge, delivery: string): Promise<boolean> {
  try {
    return await takeSlot(records, delivery);
  } catch (error) {
    const { code, facts } = toProblemRecord(error);
    log('slack-delivery-unchecked', { ...facts, code });
    return true;
  }
}

async function takeSlot(records: MessageRecords, delivery: string): Promise<boolean> {
  const digest = createHash('sha256').update(delivery).digest();
  const key = `slack/seen/${digest.readUInt16BE(0) % SLOTS}`;
  const value = digest.toString('base64url');
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const current = await records.get(key);
    if (current === value) return false;
    if (await records.compareAndSet(key, current, value)) return true;
  }
  throw new Error(`Slot ${key} changes whenever it is written`);
}
