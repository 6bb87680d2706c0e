/** What an operation holds alone: the VM, then what is left over of it on one host, then nothing. */

import { copyClaim, type Opened, vmClaim } from '../domain/journal.ts';
import type { State } from './how-far.ts';

/** The claims of an operation whose journal means this. */
export function claimsOf(
  opened: Opened,
  { settled, closed }: Pick<State, 'settled' | 'closed'>,
): string[] {
  const { vm, source, target } = opened.plan;
  if (closed) return [];
  // Nobody may move the VM onto a copy that is about to go, nor clean it up beside us.
  if (opened.operation === 'deletion') return [vmClaim(vm.id), copyClaim(vm.id, source)];
  if (!settled) return [vmClaim(vm.id)];
  return [copyClaim(vm.id, settled === 'source' ? target : source)];
}
