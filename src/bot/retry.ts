/**
 * A rolled back operation tried again: a new one with a new plan and a new approval, from what the
 * hosts show now. What people read on the old plan must still be true, or they are told what is not.
 */

import { type AnyPlan, isDeletion, isMove, type Plan, switchesOf } from '../domain/plan.ts';
import { Problem } from '../domain/problem.ts';
import type { Proposed, Refusal } from '../slack/ports.ts';
import { type CopyLook, proposeDeletion } from './copies.ts';
import type { Source } from './looks.ts';
import { propose } from './propose.ts';

export interface RolledBack {
  readonly operation: string;
  readonly plan: AnyPlan;
}

/** Who asks, and where its message is to be. */
interface Again {
  readonly user: string;
  readonly channel: string;
}

/**
 * Returns the new operation.
 * @throws {Problem} retry-vm-moved | retry-other-vm, and what a proposal throws or refuses
 */
export async function proposeAgain(
  from: CopyLook,
  { operation, plan }: RolledBack,
  again: Again,
): Promise<string> {
  // What is kept aligned is begun anew by itself.
  if (!isDeletion(plan) && !isMove(plan)) throw new Problem('nothing-to-retry', { operation });
  const proposed = isDeletion(plan)
    ? await proposeDeletion(from, { vm: plan.vm.name, host: plan.source, ...again })
    : await moveAgain(from, { operation, plan }, again);
  if ('refused' in proposed) throw firstProblem(proposed.refused);
  return proposed.operation;
}

async function moveAgain(
  from: CopyLook,
  { operation, plan }: { operation: string; plan: Plan },
  again: Again,
): Promise<Proposed> {
  const { vm, source, target, method, volume, bytesPerSecondMax, pauseSecondsMax } = plan;
  const limit = bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax };
  const switches = switchesOf(plan);
  // Its own hosts alone: an answer that lists names must list no others.
  const wish = { vm: vm.name, target, method, volume, pauseSecondsMax, hosts: [source, target] };
  return await propose(from, { ...wish, ...limit, switches, ...again }, (found) =>
    refuseOther(found, { operation, plan }),
  );
}

/** People asked for this VM to leave this host. */
function refuseOther(
  { party, vm }: Source,
  { operation, plan }: { operation: string; plan: Plan },
): void {
  const { source, target } = plan;
  if (party.name !== source) {
    const facts = { vm: vm.name, host: party.name, operation, source, target };
    throw new Problem('retry-vm-moved', facts);
  }
  if (vm.id === plan.vm.id) return;
  throw new Problem('retry-other-vm', { vm: vm.name, host: source, operation, target });
}

function firstProblem(refused: Refusal): Problem {
  const first = 'code' in refused ? refused : refused[0];
  return new Problem(first?.code ?? 'bug', first?.facts ?? { message: 'no finding' });
}
