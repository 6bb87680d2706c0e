/**
 * Rounds on recovery checkpoints (facts D.2 to D.4): round n is what the checkpoint
 * `ferry <operation> round <n>` froze. A killed worker is followed by one that looks at what there is.
 */

import { chainFiles } from '../../../disks/chain.ts';
import type { Token } from '../../../domain/journal.ts';
import { Problem } from '../../../domain/problem.ts';
import type { FrozenDisk, FrozenRound } from '../../../domain/round.ts';
import type { HyperVOptions } from '../options.ts';
import type { CheckpointLook, Look } from './look.ts';
import { isOurs, mendName, type OpenRound, roundName, roundsOf } from './marks.ts';
import { settled } from './merging.ts';
import { ROUNDS_PACE, type RoundsPace } from './pace.ts';
import { type Following, lookNamed, removeCheckpoint, takeCheckpoint } from './taking.ts';

/** The chain is never longer than base + 2. */
const ROUNDS_OPEN_MAX = 2;
/** Hyper-V allows 50. */
const CHECKPOINTS_MAX = 64;

/** Of one VM, by one operation. */
export interface RoundsCall {
  readonly vmId: string;
  readonly token: Token;
  /** Tests have it quicker. */
  readonly pace?: Partial<RoundsPace> | undefined;
}

/**
 * Freezes all disks at once, by WMI: never by the VM's own kind of checkpoint, which may stop the guest.
 * @throws Problem `foreign-checkpoint`, `tracking-left-over`, `rounds-open`, `checkpoint-failed`,
 * `merge-failed`, `merge-lasts`, `vm-busy`, `epoch-behind`
 */
export async function openRound(
  options: HyperVOptions,
  round: number,
  call: RoundsCall,
): Promise<FrozenRound> {
  const following = followingOf(options, call);
  const { token } = following;
  const look = await quiet(options, call);
  const found = roundsOf(look.checkpoints, token).find(({ number }) => number === round);
  if (found) return frozenRound(look, found);
  const taken = await takeCheckpoint(following, look, {
    name: roundName(token, round),
    refuse(now) {
      refuseForeign(options, now);
      refuseStrays(options, now, token);
    },
  });
  return frozenRound(taken, roundOf(taken, { number: round, token }));
}

/**
 * @throws Problem `round-not-followed` when no later round would be left, `checkpoint-not-removed`,
 * `merge-failed`, `merge-lasts`, `vm-busy`, `epoch-behind`
 */
export async function closeRounds(
  options: HyperVOptions,
  upTo: number,
  call: RoundsCall,
): Promise<FrozenRound> {
  const following = followingOf(options, call);
  const { token } = following;
  const first = await lookNamed(following);
  const newest = roundsOf(first.checkpoints, token).at(-1);
  if (newest === undefined || newest.number <= upTo) {
    throw new Problem('round-not-followed', { host: options.name, vm: first.name, round: upTo });
  }
  const isOver = ({ name }: CheckpointLook) =>
    name === mendName(token) ||
    roundsOf(first.checkpoints, token).some(
      ({ number, checkpoint }) => number <= upTo && checkpoint.name === name,
    );
  const after = await withoutThose(following, first, isOver);
  return frozenRound(after, roundOf(after, { number: newest.number, token }));
}

/**
 * No merge of the VM runs any more, and none is to come.
 * @throws Problem `foreign-checkpoint`, `merge-failed`, `merge-lasts`, `vm-busy`, `epoch-behind`
 */
export async function quiet(options: HyperVOptions, call: RoundsCall): Promise<Look> {
  const following = followingOf(options, call);
  const before = await lookNamed(following);
  refuseForeign(options, before);
  return withoutMend(following, before);
}

/** All of Ferry's checkpoints, whichever operation's; those of others stay. @throws as `closeRounds` */
export async function stopTracking(options: HyperVOptions, call: RoundsCall): Promise<void> {
  const following = followingOf(options, call);
  await withoutThose(following, await lookNamed(following), ({ name }) => isOurs(name));
}

const followingOf = (options: HyperVOptions, { pace, ...call }: RoundsCall): Following => ({
  options,
  ...call,
  pace: { ...ROUNDS_PACE, ...pace },
});

/** One by one, oldest first, each to the end of its merge; also what a killed worker began. */
async function withoutThose(
  following: Following,
  first: Look,
  isOver: (checkpoint: CheckpointLook) => boolean,
): Promise<Look> {
  const begun = first.note.merging?.checkpoints ?? [];
  const isListed = first.checkpoints.some(({ id }) => begun.includes(id));
  // One whose removal was only noted is removed below; else what merges ends before the next begins.
  let look = isListed ? first : await settled(following, first);
  const asked = new Set<string>();
  for (let removed = 0; removed < CHECKPOINTS_MAX; removed += 1) {
    const next = look.checkpoints.find(
      (each) => !asked.has(each.id) && (begun.includes(each.id) || isOver(each)),
    );
    if (next === undefined) break;
    asked.add(next.id);
    look = await settled(following, await removeCheckpoint(following, look, next));
  }
  return look;
}

/** No merge runs when this resolves: nobody reads what merges, and no checkpoint is taken meanwhile. */
const withoutMend = (following: Following, look: Look): Promise<Look> =>
  withoutThose(following, look, ({ name }) => name === mendName(following.token));

function refuseForeign({ name: host }: HyperVOptions, { name: vm, checkpoints: all }: Look): void {
  const checkpoints = all.map(({ name }) => name).filter((name) => !isOurs(name));
  if (checkpoints.length > 0) throw new Problem('foreign-checkpoint', { host, vm, checkpoints });
}

function refuseStrays(options: HyperVOptions, look: Look, token: Token): void {
  const open = roundsOf(look.checkpoints, token);
  const facts = { host: options.name, vm: look.name };
  const strays = look.checkpoints.filter((each) => !open.some((one) => one.checkpoint === each));
  if (strays.length > 0) {
    const checkpoints = strays.map(({ name }) => name);
    throw new Problem('tracking-left-over', { ...facts, checkpoints });
  }
  if (open.length >= ROUNDS_OPEN_MAX) {
    throw new Problem('rounds-open', { ...facts, rounds: open.map(({ number }) => `${number}`) });
  }
}

function roundOf(look: Look, { number, token }: { number: number; token: Token }): OpenRound {
  const found = roundsOf(look.checkpoints, token).find((each) => each.number === number);
  if (found) return found;
  throw new Error(`Round ${number} of ${look.name} is gone`);
}

/** What each disk's file holds now, under the identity that its children must name. */
async function frozenRound(look: Look, { number, checkpoint }: OpenRound): Promise<FrozenRound> {
  const disks: FrozenDisk[] = [];
  for (const { id, passThrough } of look.disks) {
    // A disk that came later is not in it.
    const frozen = checkpoint.disks.find((disk) => disk.id === id);
    if (passThrough || frozen === undefined) continue;
    // The whole chain: each child must name its parent's linkage.
    const [file] = await chainFiles(frozen.path);
    if (file === undefined) throw new Error(`${frozen.path} is no file of a chain`);
    const { identity, parent, virtualBytes } = file;
    disks.push({ disk: id, virtualBytes, file: identity, ...(parent ? { parent } : {}) });
  }
  return { number, disks };
}
