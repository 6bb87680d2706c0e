/** How an alignment is doing: how old its copy is, what the newest round cost, and what comes next. */

import type { Entry } from '../domain/journal.ts';
import type { ProblemRecord } from '../domain/problem.ts';

export interface Alignment {
  /** The newest committed round; -1 before the first. */
  readonly round: number;
  /**
   * What the guest wrote before is in the copy: when the newest committed round was begun, milliseconds
   * since 1970, the store's clock. Absent before the first.
   */
  readonly freshAt?: number;
  /** What that round cost. */
  readonly bytesSent?: number;
  readonly seconds?: number;
  /** Why the newest try failed, until one goes well. */
  readonly problem?: ProblemRecord;
}

/** A copy is too old once a second round was due and has not come. */
export const ageSecondsMax = (everySeconds: number): number => 2 * everySeconds;

/** The first round is what was frozen when tracking began. */
const FROZEN_BY: Readonly<Record<string, string>> = {
  copyWholeDisks: 'trackChanges',
  keepAligned: 'keepAligned',
};

/** From a verified journal of an alignment. */
export function alignmentOf(entries: readonly Entry[]): Alignment {
  const startedAt = new Map<string, number>();
  let alignment: Alignment = { round: -1 };
  for (const { body, at } of entries) {
    if (body.kind === 'started' && body.move === 'run') startedAt.set(body.step, at);
    if (body.kind === 'failed') alignment = { ...alignment, problem: body.problem };
    if (body.kind !== 'done' || body.move !== 'run') continue;
    const freshAt = startedAt.get(FROZEN_BY[body.step] ?? '');
    if (freshAt === undefined) continue;
    const { round = 0, bytesSent, seconds } = body.facts;
    alignment = {
      round: Number(round),
      freshAt,
      bytesSent: Number(bytesSent),
      seconds: Number(seconds),
    };
  }
  return alignment;
}
