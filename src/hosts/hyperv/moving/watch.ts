/** One attempt at a move: asked for, followed, cancelled on demand, and judged by where the VM is. */

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { known } from '../../../domain/hyperv.ts';
import type { Token } from '../../../domain/journal.ts';
import type { LiveMove, LiveWatch } from '../../../domain/live.ts';
import { Problem } from '../../../domain/problem.ts';
import { refuseFollowed } from '../followed.ts';
import { act, type HyperVOptions } from '../options.ts';
import { scriptFile } from '../script-file.ts';
import { scriptErrorOf } from '../shell/failure.ts';
import { isOurs, isOver, progressOf, type Running, runningIn } from './job.ts';
import { isStopping, look, movesOf } from './looking.ts';
import type { LivePace } from './pace.ts';
import { placementOf } from './placement.ts';
import { isClean, type Standing, standingOf } from './standing.ts';
import { cancelSchema, type MoveJob, type Moves } from './wire.ts';

const CANCEL_SECONDS_MAX = 60;
const CANCELS_MAX = 10;
/** Longer than any move; whoever watches is told that it is unknown then. */
const MOVE_SECONDS_MAX = 7 * 24 * 3600;

/** What moves, and how often it is looked at. */
export interface Mover {
  readonly options: HyperVOptions;
  readonly pace: LivePace;
  readonly move: LiveMove;
  readonly token: Token;
  readonly watch: LiveWatch;
}

/** What became of an attempt. */
export interface Attempt {
  readonly standing: Standing;
  /** A job of ours was seen: something may have moved. */
  readonly began: boolean;
  /** Windows has accepted our cancel. */
  readonly cancelled: boolean;
  /** What the script ended with. */
  readonly error?: unknown;
  /** The job, once it is over. */
  readonly job?: MoveJob;
}

interface Following {
  /** Ids of moves that were over before: their ends are not ours. */
  readonly old: ReadonlySet<string>;
  /** As the VM was when this began, and must be again. */
  readonly state: string;
  /** When this looked first. */
  readonly since: number;
  readonly deadline: number;
  effect?: Effect;
  began: boolean;
  cancelled: boolean;
  cancels: number;
  job?: MoveJob;
}

/** The script that asks for the move. */
interface Effect {
  ended?: { readonly at: number; readonly error?: unknown };
  kill(): void;
  readonly over: Promise<void>;
}

/**
 * Looks first: a move that runs is followed, and one that is over already is only judged.
 * @throws Problem epoch-behind, and what the channel says when the worker stops
 */
export async function attempt(mover: Mover): Promise<Attempt> {
  await refuseFollowed(mover.options, mover.move.vm.id, mover.token);
  const views = await look(mover);
  const first = standingOf(views, mover.move);
  const ended = (known(views.source.jobs) ?? []).filter(isOver);
  const following: Following = {
    old: new Set(ended.map(({ instanceId }) => instanceId)),
    state: first.kind === 'at source' ? first.state : 'Running',
    since: Date.now(),
    deadline: Date.now() + MOVE_SECONDS_MAX * 1000,
    began: false,
    cancelled: false,
    cancels: 0,
  };
  let standing = await settle(mover, following, first);
  const isReady = standing.kind === 'at source' && isClean(standing.left);
  if (isReady && !mover.watch.signal.aborted) {
    following.effect = begin(mover);
    standing = { kind: 'moving', running: { percent: 0, cancellable: false }, ours: true };
  }
  try {
    while (standing.kind === 'moving' && standing.ours && Date.now() < following.deadline) {
      await follow(mover, following);
      standing = await settle(mover, following);
    }
  } finally {
    following.effect?.kill();
    await following.effect?.over;
  }
  const { began, cancelled, job, effect } = following;
  return { standing, began, cancelled, error: effect?.ended?.error, ...(job && { job }) };
}

function begin({ options, move, token }: Mover): Effect {
  const killed = new AbortController();
  const effect: { -readonly [K in keyof Effect]: Effect[K] } = {
    kill: () =>
      killed.abort(new Problem('move-asks-in-vain', { host: options.name, vm: move.vm.name })),
    over: Promise.resolve(),
  };
  const { target, way } = move;
  const running = act(options, 'move', {
    vmId: move.vm.id,
    token,
    given: { target, way, placement: placementOf(move) },
    schema: z.object({ asked: z.boolean() }),
    timeoutSeconds: MOVE_SECONDS_MAX,
    signal: killed.signal,
  });
  effect.over = running.then(
    () => {
      effect.ended = { at: Date.now() };
    },
    (error: unknown) => {
      effect.ended = { at: Date.now(), error };
    },
  );
  return effect;
}

/** Until neither the script nor a job of the VM runs any more. */
async function follow(mover: Mover, following: Following): Promise<void> {
  const { pace, watch } = mover;
  const { effect } = following;
  let seenAt = Date.now();
  while (Date.now() < following.deadline) {
    const isTold = effect === undefined || effect.ended !== undefined;
    const moves = await movesOf(mover);
    const running = moves && runningIn(moves.jobs, known(moves.role));
    const over = moves && ownEnd(moves, following);
    if (over) following.job = over;
    if (running && isOurs(running, mover.move)) {
      seenAt = Date.now();
      following.began = true;
      watch.onProgress(progressOf(running, moves));
      if (watch.signal.aborted) await cancel(mover, following, running);
    } else if (isTold && moves) return;
    const idleSeconds = (Date.now() - seenAt) / 1000;
    const isLate = moves && (following.began || watch.signal.aborted);
    if (idleSeconds > (isLate ? pace.endSeconds : pace.beginSeconds)) {
      // A script that hangs is not waited for, and a host that does not answer is for the verdict.
      effect?.kill();
      await effect?.over;
      if (!moves) return;
    }
    await pause(mover, effect);
  }
}

/** The end of a job that was not over when this began. */
const ownEnd = ({ jobs }: Moves, { old }: Following): MoveJob | undefined =>
  jobs.findLast((job) => isOver(job) && !old.has(job.instanceId));

/** A moment, or until the script ends. */
async function pause({ pace, watch }: Mover, effect?: Effect): Promise<void> {
  const woken = new AbortController();
  const { signal } = woken;
  const wake = () => woken.abort();
  const untilAborted = watch.signal.aborted ? [] : [aborted(watch.signal, signal)];
  const untilEnded = effect && !effect.ended ? [effect.over] : [];
  const slept = sleep(pace.pollSeconds * 1000, undefined, { signal }).catch(() => undefined);
  await Promise.race([slept, ...untilAborted, ...untilEnded]);
  wake();
}

const aborted = (signal: AbortSignal, done: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true, signal: done });
  });

/** What cannot be cancelled any more goes on, and is watched on. */
async function cancel(mover: Mover, following: Following, running: Running): Promise<void> {
  if (following.cancelled || !running.cancellable || following.cancels >= CANCELS_MAX) return;
  following.cancels += 1;
  const { options, move, token } = mover;
  await refuseFollowed(options, move.vm.id, token);
  const { powershell, computerName } = options;
  const { instanceId } = running;
  const given = { computerName, vmId: move.vm.id, way: move.way, instanceId };
  const call = { schema: cancelSchema, timeoutSeconds: CANCEL_SECONDS_MAX };
  try {
    const { asked, code } = await powershell.act(scriptFile('cancel-move'), given, call);
    if (asked && code === 0) following.cancelled = true;
  } catch (error) {
    // Refused, in other words; where the VM ends up is looked at all the same.
    if (isStopping(error)) throw error;
  }
}

/** Looks until it is clear where the VM is, or for as long as a planned VM may take to go. */
async function settle(mover: Mover, following: Following, seen?: Standing): Promise<Standing> {
  const { pace, move } = mover;
  const error = following.effect?.ended?.error;
  if (error instanceof Problem && error.code === 'epoch-behind') throw error;
  const until = Date.now() + pace.settleSeconds * 1000;
  for (let standing = seen; ; standing = undefined) {
    standing ??= standingOf(await look(mover), move);
    if (standing.kind === 'moving' || standing.kind === 'at target') return standing;
    if (isBack(standing, following) && Date.now() >= sureAt(mover, following)) return standing;
    if (Date.now() >= until) return asBefore(standing, following);
    await sleep(pace.pollSeconds * 1000);
  }
}

const isBack = (standing: Standing, { state }: Following): boolean =>
  standing.kind === 'at source' && isClean(standing.left) && standing.state === state;

/**
 * A job that was asked for and never seen may yet begin: where the script did not end by itself, and
 * where a cluster takes the order and sees to it later.
 */
function sureAt({ pace, move, watch }: Mover, { effect, began, since }: Following): number {
  if (began) return 0;
  // Cancelled before it was taken up: a worker that died may have asked, and nothing shows it yet.
  if (!effect) return watch.signal.aborted ? since + pace.graceSeconds * 1000 : 0;
  if (!effect.ended) return 0;
  const { at, error } = effect.ended;
  const wasTold =
    error === undefined ? move.way !== 'cluster role' : scriptErrorOf(error) !== undefined;
  return wasTold ? 0 : at + pace.graceSeconds * 1000;
}

/** Back, but not as it was: that is for a person. */
function asBefore(standing: Standing, { state }: Following): Standing {
  if (standing.kind !== 'at source' || standing.state === state) return standing;
  return {
    kind: 'unclear',
    facts: { atSource: standing.state, atTarget: 'absent', wasBefore: state },
  };
}
