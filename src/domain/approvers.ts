/** Who counts when people approve, as numbers: the same rule at the start, when planning and on a click. */

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
