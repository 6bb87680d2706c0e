/**
 * Nothing starts an older state of a VM: what it wrote since would be lost, and a domain controller
 * would hand out again what others have seen of it. Only an operation that renews VM-GenerationID
 * could, and no step of ours does.
 */

import type { Copy } from '../domain/copy.ts';
import type { Entry } from '../domain/journal.ts';
import type { Plan } from '../domain/plan.ts';
import type { ProblemRecord } from '../domain/problem.ts';

/** Whether a copy is what the source sent last, with nothing written there since. */
export function isLastState(
  copy: Copy | undefined,
  { operation, entries }: { readonly operation: string; readonly entries: readonly Entry[] },
): boolean {
  const done = entries.findLast(
    ({ body }) => body.kind === 'done' && body.step === 'copyLastRound' && body.move === 'run',
  )?.body;
  // An adopted copy is an earlier operation's until a round of this one is committed.
  if (!copy || done?.kind !== 'done' || copy.operation !== operation) return false;
  const { round, received } = done.facts;
  if (copy.round !== round || !Array.isArray(received)) return false;
  const held = copy.disks.map(({ disk, digest }) => `${disk} ${digest}`);
  return held.toSorted().join() === received.toSorted().join();
}

/** Why this state of the VM is not started on this host. */
export function olderState({ vm, domainController }: Plan, host: string): ProblemRecord {
  const code = domainController ? 'domain-controller-older' : 'copy-older';
  return { code, facts: { vm: vm.name, host } };
}
