/** Which effects come too late: what a killed worker still has in flight, or one that another has followed. */

import type { Token } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';

/** What a host keeps of a VM's effects: the newest, and who must not come back. */
export interface Seen extends Token {
  /** Operations that acted here before this one: each VM is one operation's at a time. */
  readonly ended: readonly string[];
}

/** @throws Problem `epoch-behind` */
export function refuseOld(
  { host, vmId }: { readonly host: string; readonly vmId: string },
  token: Token,
  seen: Seen | undefined,
): void {
  if (seen === undefined) return;
  const { operation, epoch } = token;
  const behind = operation === seen.operation && epoch < seen.epoch;
  if (!behind && !seen.ended.includes(operation)) return;
  const newest = { seenOperation: seen.operation, seenEpoch: seen.epoch };
  throw new Problem('epoch-behind', { host, vm: vmId, operation, epoch, ...newest });
}
