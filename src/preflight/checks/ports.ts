/** B20: the target listens where the source must reach it. A closed way back is a warning. */

import type { HostFacts } from '../../domain/host.ts';
import { type Check, findingsOf, has, type Refusals, refusals } from '../check.ts';
import { reachOf } from '../live-hosts.ts';

const say = findingsOf('ports');
const MIGRATION = '6600';
const SMB = '445';
const MANAGEMENT = '5985';

export const ports: Check = {
  id: 'B20',
  name: 'ports',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: ({ source, target }) => isAsked(source, target) || isAsked(target, source),
  run({ source, target }) {
    const there = closedPorts(source, target);
    const needed = there.no.filter((port) => port !== MANAGEMENT);
    const facts = { host: target.name, from: source.name };
    if (needed.length > 0) return say.blocker({ ...facts, ports: needed });
    const back = closedPorts(target, source);
    const unread = there.unread ?? back.unread;
    if (unread) return say.unknown(unread);
    if (there.no.length > 0) return say.warning({ ...facts, port: MANAGEMENT }, 'management-port');
    if (back.no.length === 0) return say.ok({});
    return say.warning({ host: source.name, from: target.name, ports: back.no }, 'ports-back');
  },
};

/** A Hyper-V host that says nothing of the other one leaves the question open. */
function isAsked(from: HostFacts, to: HostFacts): boolean {
  if (!from.hyperv) return false;
  const reach = reachOf(from, to);
  return !reach || [reach.migrationPort, reach.smbPort, reach.managementPort].some(has);
}

function closedPorts(from: HostFacts, to: HostFacts): Refusals {
  if (!from.hyperv) return { no: [], unread: undefined };
  const what = `the ports of ${to.name} as ${from.name} sees them`;
  const reach = reachOf(from, to);
  if (!reach) return { no: [], unread: what };
  return refusals([
    { name: MIGRATION, what, read: reach.migrationPort },
    { name: SMB, what, read: reach.smbPort },
    { name: MANAGEMENT, what, read: reach.managementPort },
  ]);
}
