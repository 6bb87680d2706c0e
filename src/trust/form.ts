/** What a schema found wrong, for people. */

import type { z } from 'zod';

/** The first thing that is wrong and where, in one line: `address.port: Too big`. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'unknown';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
