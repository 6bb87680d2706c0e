/** An edge over fakes, which remembers what it logged and whom it woke. */

import type { Edge } from '../../src/slack/edge.ts';
import { APPROVER, type FakeOperations, fakeOperations, OPERATOR } from './fake-operations.ts';
import { type MemoryRecords, memoryRecords } from './memory-records.ts';

export interface FakeEdge extends Edge {
  readonly operations: FakeOperations;
  readonly records: MemoryRecords;
  readonly logged: string[];
  readonly woken: (string | undefined)[];
}

export const ROLES = { operators: [OPERATOR], approvers: [APPROVER, 'U-APPROVER-2'] } as const;

export function edgeOf(): FakeEdge {
  const logged: string[] = [];
  const woken: (string | undefined)[] = [];
  return {
    operations: fakeOperations(),
    records: memoryRecords(),
    roles: ROLES,
    channel: 'C-MIGRATIONS',
    log: (event, facts) => logged.push(`${event} ${JSON.stringify(facts)}`),
    wake: (operation) => woken.push(operation),
    logged,
    woken,
  };
}
