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
  /** From the first byte to the commit record at the target. */
  readonly seconds: number;
}

export interface Limits {
  readonly roundsMax: number;
  readonly pauseSecondsMax: number;
  /** Measured or assumed time to stop, import and start. */
  readonly stopAndStartSeconds: number;
}

export type NextMove = 'another round' | 'ask for cutover' | 'ask, it does not converge';

/** Stop copying live once the rest would fit in the pause that the operator accepted. */
export function afterRound(
  round: RoundSent,
  before: RoundSent | undefined,
  limits: Limits,
): NextMove {
  if (round.seconds + limits.stopAndStartSeconds <= limits.pauseSecondsMax)
    return 'ask for cutover';
  const shrinks = before === undefined || round.bytesSent < before.bytesSent * 0.9;
  if (!shrinks || round.number >= limits.roundsMax) return 'ask, it does not converge';
  return 'another round';
}
