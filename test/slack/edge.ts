/** An edge over fakes, which remembers what it logged and whom it woke. */

import { authorityOf } from '../../src/slack/authority.ts';
import type { Edge } from '../../src/slack/edge.ts';
import type { Decision } from '../../src/slack/ports.ts';
import { english } from '../../src/texts/words.ts';
import {
  APPROVER,
  type FakeOperations,
  fakeOperations,
  OPERATOR,
  VIEWER,
} from './fake-operations.ts';
import { type MemoryRecords, memoryRecords } from './memory-records.ts';

export interface FakeEdge extends Edge {
  readonly operations: FakeOperations;
  readonly records: MemoryRecords;
  readonly logged: string[];
  readonly audited: Decision[];
  readonly woken: (string | undefined)[];
}

export const ROLES = {
  operators: [OPERATOR],
  approvers: [APPROVER, 'U-APPROVER-2'],
  viewers: [VIEWER],
} as const;

export function edgeOf(): FakeEdge {
  const logged: string[] = [];
  const audited: Decision[] = [];
  const woken: (string | undefined)[] = [];
  return {
    operations: fakeOperations(),
    records: memoryRecords(),
    authority: authorityOf(ROLES),
    audit: { record: async (decision) => void audited.push(decision) },
    exportAudit: async () => ({ lines: 1, isCut: false }),
    audited,
    zoneOf: async () => 'Europe/Rome',
    wordsFor: async () => english,
    channel: 'C-MIGRATIONS',
    log: (event, facts) => logged.push(`${event} ${JSON.stringify(facts)}`),
    wake: (operation) => woken.push(operation),
    logged,
    woken,
  };
}
