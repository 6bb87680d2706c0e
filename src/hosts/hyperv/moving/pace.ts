/** How often a move is looked at, and how long its parts may take. Tests have it quicker. */

export interface LivePace {
  /** Between two looks. */
  readonly pollSeconds: number;
  /** A check's or a cancelled move's planned VM vanishes within about 30 s (facts A.4). */
  readonly settleSeconds: number;
  /** From asking for a move until its job shows: Windows checks first. */
  readonly beginSeconds: number;
  /** From the end of the job until the script that asked for it ends. */
  readonly endSeconds: number;
  /** In which a job may yet begin that was asked for and not seen. */
  readonly graceSeconds: number;
  /** Before another attempt, and twice as long before the one after it. */
  readonly retrySeconds: number;
}

export const PACE: LivePace = {
  pollSeconds: 1,
  settleSeconds: 60,
  beginSeconds: 600,
  endSeconds: 60,
  graceSeconds: 20,
  retrySeconds: 60,
};
