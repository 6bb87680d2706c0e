/** What an operator must hear now. */

import type { ProblemRecord } from './problem.ts';

export interface Alert {
  /** Names it within its operation, so that it is posted once. */
  readonly key: string;
  readonly operation: string;
  readonly cause: ProblemRecord;
  /** What runs where, as far as it is known. */
  readonly home: 'source' | 'target' | 'nowhere' | 'unknown';
  /** The commands that make sense now. */
  readonly offers: readonly ('retry' | 'rollback' | 'heal-store' | 'cancel')[];
}
