/** What an operator must hear now. */

import type { ProblemRecord } from './problem.ts';

export interface Alert {
  /** Names it within its operation, so that it is posted once. */
  readonly key: string;
  readonly operation: string;
  readonly cause: ProblemRecord;
  /** What runs where, as far as it is known; of a mended alert: as it was then. */
  readonly home: 'source' | 'target' | 'nowhere' | 'unknown';
  /** The commands that make sense now. */
  readonly offers: readonly ('retry' | 'rollback' | 'heal-store' | 'cancel')[];
  /** Milliseconds since 1970, the store's clock, like the other times here. */
  readonly raisedAt: number;
  /** When it failed in the same way after somebody had it tried again. */
  readonly failedAgainAt?: number;
  /** When its cause was gone; absent while it stands. */
  readonly mendedAt?: number;
  /** Who acknowledged it first: no reminder follows. */
  readonly heard?: { readonly by: string; readonly at: number };
}
