/** Deletes the copies of a VM that people agreed to have deleted, and only these. */

import type { OpenedDeletion } from '../../domain/journal.ts';
import type { DeletionPlan, PlannedCopy } from '../../domain/plan.ts';
import { type Facts, Problem } from '../../domain/problem.ts';
import type { KeptCopy } from '../kept.ts';
import { NeverRan, type StepActs } from '../step.ts';

export const deleteCopies: StepActs<OpenedDeletion> = {
  async run({ opened: { plan }, vmId, ports }) {
    const kept = await ports.kept.of(vmId);
    const found = plan.copies.map(({ folder }) => kept.find((copy) => copy.folder === folder));
    const wrong = plan.copies.map((copy, index) => whatIsWrong(plan, copy, found[index]));
    const [first] = wrong.filter((one) => one !== undefined);
    if (first) {
      // An attempt that was cut short may have deleted some: then it cannot be as if never run.
      if (found.every((copy) => copy !== undefined)) throw new NeverRan(first.code, first.facts);
      throw new Problem(first.code, first.facts);
    }
    for (const { folder } of plan.copies) await ports.kept.remove(vmId, folder);
    return {
      copies: plan.copies.length,
      bytes: plan.copies.reduce((sum, one) => sum + one.bytes, 0),
    };
  },
};

/** A copy that is gone is no trouble: an attempt before this one was cut short. */
function whatIsWrong(
  { vm, source }: DeletionPlan,
  planned: PlannedCopy,
  found: KeptCopy | undefined,
): { readonly code: string; readonly facts: Facts } | undefined {
  if (!found) return undefined;
  const facts = { vm: vm.name, host: source, folder: planned.folder };
  if (found.usedBy) return { code: 'copy-in-use', facts: { ...facts, by: found.usedBy } };
  const { operation, round, committedAt } = planned;
  const isSame =
    found.operation === operation && found.round === round && found.committedAt === committedAt;
  return isSame ? undefined : { code: 'copy-changed', facts };
}
