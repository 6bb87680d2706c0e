/** A guest that wrote too much for the approved pause: what its rounds showed, the newest one last. */

import { type Entry, type EntryBody, openedOf } from '../domain/journal.ts';
import type { Facts } from '../domain/problem.ts';
import { type Rates, roundsToFit } from '../domain/round.ts';
import { limitNow } from './limit.ts';
import { stateOf } from './state.ts';
import { stepsOf } from './steps.ts';

/** From here on a guest writes about as fast as is sent: the rest does not get smaller. */
const KEEPS_UP_RATIO = 0.9;
/** A round that came to this share of a limit was held down by it: the rest is commit and start. */
const HELD_DOWN_SHARE = 0.7;
/** Rounds that may still be needed where the rest is said to fit again: not a lucky one alone. */
const ROUNDS_TO_FIT_MAX = 3;

export interface Outpaced extends Partial<Rates> {
  /** The newest round, and the entry that tells of it. */
  readonly round: number;
  readonly position: number;
  /** From stop to heartbeat, if this round were the last one. */
  readonly pauseSeconds: number;
  /** What had been approved, and was not met. */
  readonly pauseSecondsMax: number;
  /** The guest writes about as fast as is sent, or faster. */
  readonly keepsUp: boolean;
  /** The limit that held this round down, if one did. */
  readonly bytesPerSecondMax?: number;
  /** It would fit now: the guest has calmed down, or the link carries more. */
  readonly fitsAgain: boolean;
}

/** Undefined where the newest rounds that had to fit into a pause did. */
export function outpacedIn(entries: readonly Entry[]): Outpaced | undefined {
  const ran = entries.findLastIndex(({ body }) => factsOf(body, 'run') !== undefined);
  const wanted = factsOf(entries[ran]?.body, 'run');
  const pauseSecondsMax = amountOf(wanted, 'pauseSecondsMax');
  if (!wanted || pauseSecondsMax === undefined) return undefined;
  if ((amountOf(wanted, 'pauseSeconds') ?? 0) <= pauseSecondsMax) return undefined;
  const warmed = entries.findLastIndex(({ body }) => factsOf(body, 'keepWarm') !== undefined);
  const isNewer = warmed > ran;
  const at = isNewer ? warmed : ran;
  const facts = (isNewer ? factsOf(entries[at]?.body, 'keepWarm') : undefined) ?? wanted;
  const position = entries[at]?.position ?? 0;
  const { rounds, ...seen } = shown(facts, pauseSecondsMax);
  const fitsAgain = isNewer && rounds <= ROUNDS_TO_FIT_MAX;
  return { position, ...seen, fitsAgain, ...heldDown(entries.slice(0, at), facts) };
}

/** What such a move noted of its rounds, also where it asked again. */
function factsOf(body: EntryBody | undefined, move: 'run' | 'keepWarm'): Facts | undefined {
  if (body?.kind !== 'done' && body?.kind !== 'failed') return undefined;
  const sends = body.step === 'copyDirtyRounds' || body.step === 'catchUp';
  if (!sends || body.move !== move) return undefined;
  const facts = body.kind === 'done' ? body.facts : body.problem.facts;
  return amountOf(facts, 'pauseSeconds') === undefined ? undefined : facts;
}

/** `rounds`: so many until it would fit. */
function shown(facts: Facts, pauseSecondsMax: number) {
  const amount = (name: string): number => amountOf(facts, name) ?? 0;
  const [dirtyBytesPerSecond, carriedBytesPerSecond] = [
    amount('dirtyBytesPerSecond'),
    amount('carriedBytesPerSecond'),
  ];
  const rates = carriedBytesPerSecond > 0 ? { dirtyBytesPerSecond, carriedBytesPerSecond } : {};
  const ratio = dirtyBytesPerSecond / carriedBytesPerSecond;
  const [pauseSeconds, stopping] = [amount('pauseSeconds'), amount('stopAndStartSeconds')];
  const rounds = roundsToFit(pauseSeconds - stopping, pauseSecondsMax - stopping, ratio);
  return {
    round: amount('round'),
    pauseSeconds,
    pauseSecondsMax,
    ...rates,
    keepsUp: ratio >= KEEPS_UP_RATIO,
    rounds,
  };
}

/** As it stood when the round was sent: one that was raised meanwhile says nothing of it. */
function heldDown(entries: readonly Entry[], facts: Facts): Pick<Outpaced, 'bytesPerSecondMax'> {
  const opened = openedOf(entries);
  const limit = limitNow(opened.plan, stateOf(stepsOf(opened), entries));
  const sent = amountOf(facts, 'sentBytesPerSecond');
  if (limit === undefined || sent === undefined || sent < limit * HELD_DOWN_SHARE) return {};
  return { bytesPerSecondMax: limit };
}

function amountOf(facts: Facts | undefined, name: string): number | undefined {
  const fact = facts?.[name];
  return typeof fact === 'number' ? fact : undefined;
}
