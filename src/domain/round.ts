/** One point in time of all disks of a VM, and what follows from how long it took. */

/** A file is identified by its path and the identifier that a child must name to belong to it. */
export interface FileIdentity {
  readonly path: string;
  /**
   * VHDX: the header's DataWriteGuid, which changes with the first write after an open. VHD: its unique
   * id and when the file changed last, as nothing in it changes with its content.
   */
  readonly linkage: string;
}

export interface FrozenDisk {
  /** Where it is attached, for example `SCSI 0:0`. */
  readonly disk: string;
  readonly virtualBytes: number;
  /** The frozen file: nobody writes to it until its round is closed. */
  readonly file: FileIdentity;
  /** What the frozen file says its parent is; absent for a base disk. */
  readonly parent?: FileIdentity;
}

/** All disks of a VM, frozen together. Round 0 is everything, each next one what changed since. */
export interface FrozenRound {
  readonly number: number;
  readonly disks: readonly FrozenDisk[];
}

/** What a round cost, as measured. */
export interface RoundSent {
  readonly number: number;
  readonly bytesRead: number;
  readonly bytesSent: number;
  /** Of the disks' own bytes, those that travelled. */
  readonly bytesCarried: number;
  /** From the first byte to the commit record at the target. */
  readonly seconds: number;
}

/** Of a round of changes also since when they came about; absent where that is not known. */
export interface RoundOfChanges extends RoundSent {
  /** From the freeze of the round before to its own. */
  readonly changingSeconds?: number;
}

/** How fast a guest changes its disks, and how fast that is carried: bytes of the disks a second. */
export interface Rates {
  readonly dirtyBytesPerSecond: number;
  readonly carriedBytesPerSecond: number;
}

export interface Limits {
  readonly roundsMax: number;
  readonly pauseSecondsMax: number;
  /** Measured or assumed time to stop, import and start. */
  readonly stopAndStartSeconds: number;
}

export type NextMove = 'another round' | 'ask for cutover' | 'ask, it does not converge';

/** Both as measured on this round; undefined where no time is known in which it changed or went. */
export function ratesOf({ bytesCarried, seconds, changingSeconds = 0 }: RoundOfChanges) {
  if (seconds <= 0 || changingSeconds <= 0) return undefined;
  const rates: Rates = {
    dirtyBytesPerSecond: bytesCarried / changingSeconds,
    carriedBytesPerSecond: bytesCarried / seconds,
  };
  return rates;
}

/**
 * How many more rounds until the rest is sent within these seconds, when each takes `ratio` times as
 * long as the one before; infinitely many from 1 on.
 */
export function roundsToFit(seconds: number, secondsMax: number, ratio: number): number {
  if (seconds <= secondsMax) return 0;
  if (secondsMax <= 0 || ratio >= 1) return Number.POSITIVE_INFINITY;
  if (ratio <= 0) return 1;
  return Math.max(1, Math.ceil(Math.log(secondsMax / seconds) / Math.log(ratio)));
}

/**
 * Stop copying live once the rest would fit in the pause that the operator accepted, or once two
 * rounds in a row say that it will not within the rounds that are left: one alone may be a burst.
 * `rounds`: those of this attempt, oldest first, at least one.
 */
export function afterRound(rounds: readonly RoundOfChanges[], limits: Limits): NextMove {
  const { roundsMax, pauseSecondsMax, stopAndStartSeconds } = limits;
  const secondsMax = pauseSecondsMax - stopAndStartSeconds;
  const isHopeless = (index: number): boolean => {
    const round = rounds[index];
    if (!round) return false;
    const ratio = ratioOf(round, rounds[index - 1]);
    return roundsToFit(round.seconds, secondsMax, ratio) > roundsMax - index - 1;
  };
  const last = rounds.length - 1;
  if ((rounds[last]?.seconds ?? 0) <= secondsMax) return 'ask for cutover';
  const doesNotConverge = isHopeless(last) && isHopeless(last - 1);
  const isOver = rounds.length >= roundsMax;
  return doesNotConverge || isOver ? 'ask, it does not converge' : 'another round';
}

/**
 * How long a round takes beside the time in which its changes came about: dirty rate by link rate.
 * What each round costs however little it holds shows in the comparison with the one before alone.
 */
function ratioOf({ seconds, changingSeconds = 0 }: RoundOfChanges, before?: RoundSent): number {
  const times = [changingSeconds, before?.seconds ?? 0].filter((time) => time > 0);
  return Math.max(0, ...times.map((time) => seconds / time));
}
