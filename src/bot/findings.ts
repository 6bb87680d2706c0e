/** What the checks of an operation's plan said, beside its journal: nobody approves a finding. */

import { z } from 'zod';
import type { Finding } from '../domain/finding.ts';
import { problemSchema } from '../domain/problem-record.ts';
import type { Records } from '../store/store.ts';

const keyOf = (operation: string): string => `findings/${operation}`;

const findingsSchema = z.array(
  problemSchema.extend({
    check: z.string(),
    severity: z.enum(['ok', 'warning', 'blocker', 'unknown']),
  }),
);

export async function keepFindings(
  records: Pick<Records, 'put'>,
  operation: string,
  findings: readonly Finding[],
): Promise<void> {
  await records.put(keyOf(operation), findings);
}

/** A record that cannot be read is a finding by itself: people must not take it for "all is well". */
export async function keptFindings(
  records: Pick<Records, 'get'>,
  operation: string,
): Promise<readonly Finding[]> {
  const record = keyOf(operation);
  const stored = await records.get(record);
  if (stored === undefined) return [];
  const broken = { code: 'record-broken', facts: { record } };
  const unread: Finding = { check: 'record', severity: 'unknown', ...broken };
  return findingsSchema.safeParse(stored).data ?? [unread];
}
