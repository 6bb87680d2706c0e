/** A day of a migration in some minutes of virtual time. */

import type { Rhythm } from '../../src/migration/next-action.ts';

export const RHYTHM: Rhythm = {
  keepWarmSeconds: 40,
  approvalSeconds: 300,
  failuresMax: 5,
  backoffSeconds: 2,
  backoffSecondsMax: 60,
};
