/** B20: the target listens where the source must reach it; closed ports of the way back are a warning. */

import type { HostFacts } from '../../domain/host.ts';
import { type Read, type ReachFacts } from '../../domain/hyperv.ts';
import { type Check, findingsOf, has } from '../check.ts';
import { reachOf } from '../live-hosts.ts';

const say = findingsOf('ports');
/** TCP: live migration, SMB. */
const NEEDED = { migrationPort: '6600', smbPort: '445' } as const;

export const ports: Check = {
  id: 'B20',
  name: 'ports',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: ({ source, target }) => isAsked(source, target) || isAsked(target, source),
  run({ source, target }) {
    const there = seen(source, target);
    if (there.closed.length > 0) return say.blocker(factsOf(source, target, there.closed));
    if (there.unread) return say.unknown(there.unread);
    const back = seen(target, source);
    if (back.unread) return say.unknown(back.unread);
    if (back.closed.length > 0) {
      return say.warning(factsOf(target, source, back.closed), 'ports-back');
    }
    if (!there.isManaged) return say.warning(factsOf(source, target, ['5985']), 'management-port');
    return say.ok({});
  },
};

/** A Hyper-V host that said nothing of the other one leaves the question open. */
function isAsked(from: HostFacts, to: HostFacts): boolean {
  if (!from.hyperv) return false;
  const reach = reachOf(from, to);
  return !reach || [reach.migrationPort, reach.smbPort, reach.managementPort].some(has);
}

interface Seen {
  readonly closed: readonly string[];
  readonly unread: string | undefined;
  readonly isManaged: boolean;
}

function seen(from: HostFacts, to: HostFacts): Seen {
  const reach = reachOf(from, to);
  if (!from.hyperv) return { closed: [], unread: undefined, isManaged: true };
  if (!reach) {
    const unread = `the ports of ${to.name} as ${from.name} sees them`;
    return { closed: [], unread, isManaged: true };
  }
  const asked = Object.entries(NEEDED).map(([key, port]) => {
    return { port, read: reach[key as keyof typeof NEEDED] };
  });
  const refused = [...asked, { port: '5985', read: reach.managementPort }].find(
    ({ read }) => 'unread' in read,
  );
  return {
    closed: asked.filter(({ read }) => isFalse(read)).map(({ port }) => port),
    unread: refused && unreadText(refused, { from, to }),
    isManaged: !isFalse(reach.managementPort),
  };
}
