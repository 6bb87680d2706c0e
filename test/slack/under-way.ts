/** An edge for commands, with something to show in every list. */

import { edgeOf, type FakeEdge } from './edge.ts';
import { APPROVER, hostRowOf, OPERATOR } from './fake-operations.ts';

/** With a migration of dc02 under way, its copy and its history. */
export async function underWay(): Promise<FakeEdge> {
  const edge = edgeOf();
  const { operations } = edge;
  const wish = { vm: 'dc02', target: 'hv-b', user: OPERATOR, channel: 'C-MIGRATIONS' };
  await operations.propose(wish);
  const [vm] = hostRowOf().vms;
  operations.rows.copies = [
    {
      vm: { id: vm?.id ?? '', name: 'dc02' },
      host: 'hv-b',
      operation: 'm0',
      kind: 'received',
      committedAt: 0,
      bytes: 1,
      inUse: true,
    },
  ];
  operations.rows.history = [
    {
      operation: 'm0',
      kind: 'migration',
      vm: 'dc02',
      source: 'hv-a',
      target: 'hv-b',
      requestedBy: OPERATOR,
      approvedBy: [APPROVER],
      outcome: 'migrated',
      openedAt: 0,
    },
  ];
  operations.asked.length = 0;
  return edge;
}
