/**
 * The guard of open rounds: what the guest writes meanwhile, and the merge, need room at the source,
 * and a full volume makes every VM on it stand still.
 */

import type { VolumeFacts } from '../domain/host.ts';
import type { OpenedCopying } from '../domain/journal.ts';
import { volumeOfPath } from '../domain/paths.ts';
import { type AnyPlan, type CopyingPlan, isDeletion, isRestore, staysOff } from '../domain/plan.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import { bytesToKeepFree, type SpaceLimits } from '../domain/space.ts';
import { type State, stepState } from './how-far.ts';
import { type StepContext, type StepShape, TurnBack } from './step.ts';

/** Who approves a plan with this warning accepts that half has to do. */
const TIGHT = 'source-space-tight';

/** The first of the VM's volumes that has too little left for rounds to stay open on it. */
export function shortOfSpace(
  plan: CopyingPlan,
  volumes: readonly VolumeFacts[],
  limits: SpaceLimits,
): ProblemRecord | undefined {
  const share = plan.acknowledged.includes(TIGHT) ? 0.5 : 1;
  for (const { sourcePath } of plan.disks) {
    const volume = volumeOfPath(volumes, sourcePath);
    if (!volume) continue;
    const { path, bytesFree } = volume;
    const bytesMin = bytesToKeepFree(volume, limits) * share;
    if (bytesFree >= bytesMin) continue;
    const facts = { vm: plan.vm.name, host: plan.source, volume: path, bytesFree, bytesMin };
    return { code: 'source-space-low', facts };
  }
  return undefined;
}

/** Rounds may be open and the guest may write: from the first freeze to the shutdown, where it ran. */
export function hasOpenRounds(plan: AnyPlan, steps: readonly StepShape[], state: State): boolean {
  if (!steps.some(({ name }) => name === 'trackChanges')) return false;
  if (isDeletion(plan) || isRestore(plan) || staysOff(plan)) return false;
  if (state.rollingBack || state.closed) return false;
  const begun = stepState(state, 'trackChanges').run !== 'none';
  return begun && (state.steps.get('stopSource')?.run ?? 'none') === 'none';
}

/** Nothing is frozen on a volume that the guard would give up at once. @throws {TurnBack} source-space-low */
export async function refuseLowSpace({ opened, ports }: StepContext<OpenedCopying>): Promise<void> {
  const short = shortOfSpace(opened.plan, await ports.host.volumes(), ports.space);
  if (short) throw new TurnBack(short.code, short.facts);
}
