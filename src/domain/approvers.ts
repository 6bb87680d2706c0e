/** Who counts when people approve, as numbers: the same rule at the start, when planning and on a click. */

import type { AnyPlan } from './plan.ts';

export interface Quorum {
  /** Ids of those who may ask. */
  readonly operators: readonly string[];
  /** Ids of those who may approve. */
  readonly approvers: readonly string[];
  readonly needed: number;
  /** The person who asked does not count. */
  readonly twoPersons: boolean;
}

/** Those of `people` whose approval counts for what `requestedBy` asked. Each person counts once. */
export function countingApprovers(
  people: readonly string[],
  { requestedBy, twoPersons }: { requestedBy: string; twoPersons: boolean },
): string[] {
  return [...new Set(people)].filter((person) => !twoPersons || person !== requestedBy);
}

/** Whether there is an operator whose wish enough people could approve. */
export function canBeApproved({ operators, approvers, needed, twoPersons }: Quorum): boolean {
  return operators.some(
    (requestedBy) => countingApprovers(approvers, { requestedBy, twoPersons }).length >= needed,
  );
}

/** Of what people accept with a plan, what one of them must be an administrator for. */
const FOR_ADMINISTRATORS: readonly string[] = ['unproven'];

export const needsAdministrator = ({ acknowledged }: Pick<AnyPlan, 'acknowledged'>): boolean =>
  acknowledged.some((code) => FOR_ADMINISTRATORS.includes(code));

/** Whether so many approvals would be enough but for an administrator among them. */
export const lacksAdministrator = (
  users: readonly string[],
  { needed, administrators }: { needed: number; administrators: readonly string[] },
): boolean => users.length >= needed && !users.some((user) => administrators.includes(user));
