/** The copies that a host keeps of the VM, until people agree that they may go. */

import { openedOf } from '../../src/domain/journal.ts';
import type { DeletionPlan, PlannedCopy } from '../../src/domain/plan.ts';
import type { KeptCopies } from '../../src/migration/kept.ts';
import { keptOf } from './journals.ts';
import { VM_ID } from './machines.ts';
import type { CopyFault, Fault } from './schedule.ts';
import { type Actor, call, type FakeHost, type FakeKept, violated, type World } from './world.ts';

const FOLDERS = ['D:\\ferry\\1', 'E:\\ferry\\1'];
const VM = { id: VM_ID, name: 'dc02' };

export const newKept = (): FakeKept[] =>
  FOLDERS.map((folder) => ({ folder, committedAt: 1, changedAt: 0, usedBy: undefined }));

const planned = ({ folder, committedAt }: FakeKept): PlannedCopy => {
  return { folder, operation: 'm0', round: 2, committedAt, bytes: 1 };
};

export const deletionOf = ({ name, kept }: FakeHost): DeletionPlan => ({
  vm: VM,
  source: name,
  target: name,
  method: 'delete',
  copies: kept.map(planned),
  acknowledged: [],
});

export function keptPort(world: World, host: FakeHost, actor: Actor): KeptCopies {
  let lookedAt = 0;
  return {
    of: () =>
      call(world, { actor, what: 'kept.of' }, () => {
        lookedAt = world.clock.now();
        return host.kept.map((copy) => ({
          ...planned(copy),
          vm: VM,
          kind: 'received' as const,
          ...(copy.usedBy === undefined ? {} : { usedBy: copy.usedBy }),
        }));
      }),
    remove: (_, folder) =>
      call(world, { actor, what: 'kept.remove' }, () => {
        const index = host.kept.findIndex((copy) => copy.folder === folder);
        const [copy] = index < 0 ? [] : host.kept.splice(index, 1);
        if (copy) noteRemoved(world, copy, lookedAt);
      }),
    leave: () => call(world, { actor, what: 'kept.leave' }, () => 0),
  };
}

/** What changes between the look and the deed nobody can know. */
function noteRemoved(world: World, copy: FakeKept, lookedAt: number): void {
  const operation = [...world.kept.bot.keys()].at(-1) ?? '';
  const { planHash, plan } = openedOf(keptOf(world, 'bot', operation).seen);
  const wrong = (what: string) => violated(world, `${operation} deletes a copy ${what}`);
  if (!world.approved.has(`${operation} ${planHash}`)) wrong('though nobody approved');
  if (copy.changedAt >= lookedAt) return;
  if (copy.usedBy !== undefined) wrong('that is in use');
  const copies = plan.method === 'delete' ? plan.copies : [];
  const isAgreed = copies.some(
    ({ folder, committedAt }) => folder === copy.folder && committedAt === copy.committedAt,
  );
  if (!isAgreed) wrong('that nobody agreed to');
}

export const isOfCopies = (fault: Fault): fault is CopyFault =>
  fault.kind === 'copy used' || fault.kind === 'copy renewed';

/** False where that copy is gone. */
export function applyCopyFault(world: World, fault: CopyFault): boolean {
  const copy = world.hosts['hv-b'].kept[fault.index];
  if (!copy) return false;
  copy.changedAt = world.clock.now();
  if (fault.kind === 'copy used') copy.usedBy = 'dc02-restored';
  else copy.committedAt += 1;
  return true;
}

/** All of them are gone, or all are there: an end says which. */
export function checkCopies(world: World): void {
  for (const operation of world.kept.bot.keys()) {
    const last = world.store.read(operation).at(-1)?.body;
    if (last?.kind !== 'closed') continue;
    const { plan } = openedOf(keptOf(world, 'bot', operation).seen);
    // A store that lost that it began says that nothing went; the host says that the store is behind.
    if (plan.method !== 'delete' || world.halted.has(`hv-b ${operation}`)) continue;
    const folders = world.hosts['hv-b'].kept.map(({ folder }) => folder);
    const left = plan.copies.filter(({ folder }) => folders.includes(folder)).length;
    const expected = last.outcome === 'deleted' ? 0 : plan.copies.length;
    if (left !== expected) violated(world, `${operation} ${last.outcome}: ${left} copies are left`);
  }
}
