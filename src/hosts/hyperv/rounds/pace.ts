/** How often a merge is looked at, and how long it may last. Tests have it quicker. */

export interface RoundsPace {
  /** Between two looks. */
  readonly pollSeconds: number;
  /** For a checkpoint that the host does not take or remove because it works on the VM. */
  readonly busySeconds: number;
  /** In which a merge of which nothing shows may yet begin. */
  readonly idleSeconds: number;
  /** Before a merge that failed is tried once more: whoever has a file open may be done with it. */
  readonly retrySeconds: number;
  /** Any merge's; how much longer larger ones may take depends on their files. */
  readonly mergeMinutesMin: number;
  readonly mergeMinutesPerTenGigabytes: number;
}

export const ROUNDS_PACE: RoundsPace = {
  pollSeconds: 2,
  busySeconds: 60,
  idleSeconds: 60,
  retrySeconds: 30,
  mergeMinutesMin: 60,
  mergeMinutesPerTenGigabytes: 10,
};

const TEN_GIGABYTES = 10 * 1000 ** 3;

/** How long files of this size may take to merge. */
export const mergeMinutes = (pace: RoundsPace, bytes: number): number =>
  pace.mergeMinutesMin + Math.ceil((bytes / TEN_GIGABYTES) * pace.mergeMinutesPerTenGigabytes);
