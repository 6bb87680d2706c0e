/**
 * The signs that a merge has come to its end (facts D.4). Each can be late: all must hold. What cannot
 * be read says nothing, and so not that it has ended.
 */

export const SIGNS = ['checkpoint', 'status', 'chain', 'file', 'event'] as const;
export type Sign = (typeof SIGNS)[number];

/** Numbers of events of Hyper-V's management service (facts C #45). */
export const MERGE_EVENT = {
  began: 19070,
  ended: 19080,
  interrupted: 19090,
  failed: 19100,
} as const;

/** What there is to see of a merge. */
export interface MergeView {
  /** The checkpoints that were removed are still listed. */
  readonly listed: boolean;
  /** Windows says that it works on the VM. */
  readonly busy: boolean;
  /** Each disk is as its checkpoints say, by Get-VHD and as we read its files; `unread` for neither. */
  readonly chain: 'expected' | 'other' | 'unread';
  /** Files that merge away are still there. */
  readonly fileLeft: boolean;
  /** Number of the newest event of this VM since the merge was asked for. */
  readonly event: number | undefined | 'unread';
}

export interface MergeState {
  /**
   * `failed` says event 19100, and nothing happens any more; `idle` that nothing shows that it began,
   * or that it goes on.
   */
  readonly kind: 'ended' | 'merging' | 'failed' | 'idle';
  /** The signs that do not hold yet. */
  readonly missing: readonly Sign[];
}

export function mergeStateOf(view: MergeView): MergeState {
  const { listed, busy, chain, fileLeft, event } = view;
  const holds: Readonly<Record<Sign, boolean>> = {
    checkpoint: !listed,
    status: !busy,
    chain: chain === 'expected',
    file: !fileLeft,
    // Nothing at all is what a merge of no files writes.
    event: event === undefined || event === MERGE_EVENT.ended,
  };
  const missing = SIGNS.filter((sign) => !holds[sign]);
  return { kind: kindOf(view, missing), missing };
}

function kindOf({ busy, event }: MergeView, missing: readonly Sign[]): MergeState['kind'] {
  if (missing.length === 0) return 'ended';
  if (busy) return 'merging';
  if (event === MERGE_EVENT.failed) return 'failed';
  const isUnderWay = event === MERGE_EVENT.began || event === MERGE_EVENT.interrupted;
  return isUnderWay ? 'merging' : 'idle';
}
