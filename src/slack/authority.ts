/** Who may do what, by Slack user id. The answer to a stranger says who may. */

import type { ProblemRecord } from '../domain/problem.ts';
import type { Audience } from './commands/grammar.ts';
import type { Roles } from './ports.ts';

export interface Denied {
  readonly problem: ProblemRecord;
  readonly whoMay: readonly string[];
}

/** `undefined` when the user may. */
export function deniedFor(
  user: string,
  audience: Audience | 'approver',
  { operators, approvers }: Roles,
): Denied | undefined {
  const deny = (code: string, whoMay: readonly string[]): Denied | undefined => {
    return whoMay.includes(user) ? undefined : { problem: { code, facts: {} }, whoMay };
  };
  switch (audience) {
    case 'anyone':
      return undefined;
    case 'operator':
      return deny('not-an-operator', operators);
    case 'approver':
      return deny('not-an-approver', approvers);
    case 'operator or approver':
      return deny('without-a-role', [...new Set([...operators, ...approvers])]);
  }
}
