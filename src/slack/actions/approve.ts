/** What a click on "Approve" means: whose approval counts for this plan, then one call. */

import { countingApprovers, needsAdministrator } from '../../domain/approvers.ts';
import { Problem } from '../../domain/problem.ts';
import { type Asker, type Authority, DeniedProblem } from '../authority.ts';
import type { Approved, Operations } from '../ports.ts';

export interface Approving {
  readonly operations: Pick<Operations, 'approve'>;
  readonly authority: Authority;
}

/** What is approved: a move, or many by one decision. */
export interface Approvable {
  readonly operation: string;
  readonly planHash: string;
  readonly requestedBy: string;
  readonly plan: { readonly acknowledged: readonly string[] };
  readonly approvals: { readonly users: readonly string[]; readonly twoPersons: boolean };
}

/** @throws Problem `own-approval`, `already-approved`, `administrator-needed`, what the operation refuses */
export async function approveClick(
  view: Approvable,
  asker: Pick<Asker, 'user'>,
  { operations, authority }: Approving,
): Promise<Approved> {
  const { user } = asker;
  const { operation, planHash, requestedBy, approvals } = view;
  const rule = { requestedBy, twoPersons: approvals.twoPersons };
  if (countingApprovers([user], rule).length === 0) {
    const whoMay = countingApprovers(authority.whoIs('approver'), rule);
    throw new DeniedProblem({ problem: { code: 'own-approval', facts: { operation } }, whoMay });
  }
  if (approvals.users.includes(user)) throw new Problem('already-approved', { operation });
  if (!needsAdministrator(view.plan))
    return await operations.approve(operation, { user, planHash });
  const { users: administrators, unread } = await authority.peopleWho('administrator');
  try {
    return await operations.approve(operation, { user, planHash, administrators });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'administrator-needed') throw error;
    // The operation knows that one is missing, the chat who they are.
    const whoMay = countingApprovers(authority.whoIs('administrator'), rule);
    const { code, facts } = error;
    const denied = { problem: { code, facts }, whoMay };
    throw new DeniedProblem({ ...denied, ...(unread.length > 0 ? { unread } : {}) });
  }
}
