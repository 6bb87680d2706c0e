/** Windows' own words in ours, in Italian. */

import type { Fact } from '../../domain/problem.ts';

/** Nothing where Windows said nothing. */
export const quoted = (message: Fact | undefined): string =>
  message ? ` Windows dice: ${message}` : '';
