/** Hyper-V's own live migration, as `LiveHost` asks for it. Where a VM is, is looked at at both hosts. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Incompatibility, LiveEnd, LiveHost, LiveMove } from '../../domain/live.ts';
import { type Facts, Problem } from '../../domain/problem.ts';
import { carryIn, carryOut, forgetCarried } from './carrying.ts';
import { type Failure, failureOf } from './failures.ts';
import { type LivePace, PACE } from './moving/pace.ts';
import { placementOf } from './moving/placement.ts';
import { factsOfRunning, isClean, type Left } from './moving/standing.ts';
import { type Attempt, attempt, type Mover } from './moving/watch.ts';
import { comparedSchema } from './moving/wire.ts';
import type { HyperVOptions } from './options.ts';
import { scriptFile } from './script-file.ts';
import { scriptErrorOf } from './shell/failure.ts';

const COMPARE_SECONDS_MAX = 600;
/** Attempts at a move that nothing but the moment stands against (facts C, class a). */
const ATTEMPTS_MAX = 3;

export function liveOf(options: HyperVOptions, pace: Partial<LivePace> = {}): LiveHost {
  const whole = { ...PACE, ...pace };
  return {
    compare: (move) => compare(options, whole, move),
    carryOut: (move, token) => carryOut(options, move, token),
    carryIn: (vmId, carried, token) => carryIn(options, { vmId, carried, token }),
    move: (move, token, watch) => moveToEnd({ options, pace: whole, move, token, watch }),
    forget: (isOver) => forgetCarried(options, isOver),
  };
}

/** @throws Problem with the failure's code, move-left-over */
async function compare(
  options: HyperVOptions,
  { settleSeconds }: LivePace,
  move: LiveMove,
): Promise<readonly Incompatibility[]> {
  // A cluster has no question of this kind: it refuses the move itself, and before anything moves.
  if (move.way === 'cluster role') return [];
  const { powershell, computerName } = options;
  const placement = placementOf(move);
  const { vm, target, networks } = move;
  const seconds = settleSeconds;
  const given = { computerName, vmId: vm.id, target, placement, networks, seconds };
  const call = { schema: comparedSchema, timeoutSeconds: COMPARE_SECONDS_MAX };
  // In a process of its own: it lasts, and other questions need not wait.
  const compared = powershell.act(scriptFile('compare-move'), given, call);
  const { objections, left } = await compared.catch((error: unknown) => {
    throw told(error, placeOf(options, move));
  });
  if (left && objections.length === 0) {
    const facts = { ...placeOf(options, move), planned: true, files: [] };
    throw new Problem('move-left-over', facts);
  }
  return objections;
}

/** An error of Windows' in the catalogue's words; any other as it is. */
function told(error: unknown, place: Facts): unknown {
  const failure = scriptFailure(error, place);
  return failure ? new Problem(failure.code, failure.facts, { cause: error }) : error;
}

/** What the catalogue knows of an error that the script did not name itself. */
function scriptFailure(error: unknown, place: Facts): Failure | undefined {
  const facts = scriptErrorOf(error)?.facts;
  if (!facts || facts.code !== undefined) return undefined;
  const { message, hresult, errorId } = facts;
  return failureOf({ message, hresult, source: errorId }, place);
}

const placeOf = ({ name }: HyperVOptions, { vm, target }: LiveMove): Facts => ({
  vm: vm.name,
  source: name,
  target,
});

async function moveToEnd(mover: Mover): Promise<LiveEnd> {
  const { pace, watch } = mover;
  for (let attempts = 1; ; attempts += 1) {
    const { end, mayGoLater } = endOf(await attempt(mover), mover);
    if (!mayGoLater || attempts >= ATTEMPTS_MAX || watch.signal.aborted) return end;
    const milliseconds = pace.retrySeconds * attempts * 1000;
    await sleep(milliseconds, undefined, { signal: watch.signal }).catch(() => undefined);
  }
}

interface Judged {
  readonly end: LiveEnd;
  /** Nothing has moved, and nothing but the moment stood against it. */
  readonly mayGoLater: boolean;
}

function endOf(attempted: Attempt, mover: Mover): Judged {
  const { standing, began, cancelled } = attempted;
  const place = placeOf(mover.options, mover.move);
  switch (standing.kind) {
    case 'at target':
      return { end: { end: 'moved' }, mayGoLater: false };
    case 'unclear':
      return { end: { end: 'unknown', facts: standing.facts }, mayGoLater: false };
    case 'moving': {
      const { running } = standing;
      if (standing.ours) {
        const facts = { ...place, ...factsOfRunning(running) };
        return { end: { end: 'unknown', facts }, mayGoLater: false };
      }
      const facts = { ...place, elsewhere: running.target ?? '' };
      return { end: notMoved('move-elsewhere', facts), mayGoLater: !began };
    }
    case 'at source': {
      const why = cancelled ? undefined : causeOf(attempted, place);
      if (!isClean(standing.left)) return leftOver(standing.left, place, why);
      const isAborted = cancelled || (!why && mover.watch.signal.aborted && !began);
      if (isAborted) return { end: notMoved('move-cancelled', place), mayGoLater: false };
      if (!why) return { end: notMoved('move-without-effect', place), mayGoLater: false };
      const mayGoLater = !began && (why.row?.retry === 'without change' || why.code === 'vm-busy');
      return { end: notMoved(why.code, why.facts), mayGoLater };
    }
  }
}

function leftOver({ planned, files }: Left, place: Facts, why: Failure | undefined): Judged {
  const message = why?.facts.message;
  const facts = { ...place, planned, files, ...(message === undefined ? {} : { message }) };
  return { end: notMoved('move-left-over', facts), mayGoLater: false };
}

const notMoved = (code: string, facts: Facts): LiveEnd => ({
  end: 'not moved',
  why: { code, facts },
});

/** What Windows told the script, else what the job says, else why the script did not end by itself. */
function causeOf({ error, job }: Attempt, place: Facts): Failure | undefined {
  const failure = scriptFailure(error, place);
  if (failure) return failure;
  if (job && (job.errorCode !== 0 || job.error !== '')) {
    return failureOf({ message: job.error, hresult: hresultOf(job.errorCode) }, place);
  }
  if (error instanceof Problem) return { code: error.code, facts: error.facts };
  if (error !== undefined) throw error;
  return undefined;
}

/** A job gives Win32 codes without their facility. */
const hresultOf = (code: number): string => {
  const whole = code > 0 && code <= 0xffff ? 0x80070000 + code : code >>> 0;
  return `0x${whole.toString(16).toUpperCase().padStart(8, '0')}`;
};
