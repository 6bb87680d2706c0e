/** What the checks of an operation's plan said, beside its journal: nobody approves a finding. */

import type { Finding } from '../domain/finding.ts';
import type { Records } from '../store/store.ts';

const keyOf = (operation: string): string => `findings/${operation}`;

export async function keepFindings(
  records: Pick<Records, 'put'>,
  operation: string,
  findings: readonly Finding[],
): Promise<void> {
  await records.put(keyOf(operation), findings);
}

export async function keptFindings(
  records: Pick<Records, 'get'>,
  operation: string,
): Promise<readonly Finding[]> {
  return ((await records.get(keyOf(operation))) as readonly Finding[] | undefined) ?? [];
}
