/** B22: Kerberos goes by names, so each host must find the other by its short and its full name. */

import { isIPv4 } from 'node:net';
import type { HostFacts } from '../../domain/host.ts';
import { known } from '../../domain/hyperv.ts';
import { type Check, findingsOf, has } from '../check.ts';
import { goesByHosts, reachOf } from '../live-hosts.ts';
import { bareAddress } from '../subnet.ts';

const say = findingsOf('host-names');

export const hostNames: Check = {
  id: 'B22',
  name: 'host-names',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: (subject) =>
    goesByHosts(subject) &&
    (isAsked(subject.source, subject.target) || isAsked(subject.target, subject.source)),
  run({ source, target }) {
    const there = namesAsSeen(source, target);
    const facts = { host: target.name, from: source.name };
    if (there.unresolved.length > 0) return say.blocker({ ...facts, names: there.unresolved });
    const back = namesAsSeen(target, source);
    const unread = there.unread ?? back.unread;
    if (unread) return say.unknown(unread);
    if (there.strangers.length > 0) {
      return say.warning({ ...facts, addresses: there.strangers }, 'host-names-elsewhere');
    }
    if (back.unresolved.length === 0) return say.ok({});
    const names = back.unresolved;
    return say.warning({ host: source.name, from: target.name, names }, 'host-names-back');
  },
};

function isAsked(from: HostFacts, to: HostFacts): boolean {
  if (!from.hyperv) return false;
  const reach = reachOf(from, to);
  return !reach || has(reach.shortName) || has(reach.fullName);
}

interface Names {
  /** Names without any address. */
  readonly unresolved: readonly string[];
  /** Addresses that none of the host's cards has. */
  readonly strangers: readonly string[];
  readonly unread?: string;
}

function namesAsSeen(from: HostFacts, to: HostFacts): Names {
  if (!from.hyperv) return { unresolved: [], strangers: [] };
  const what = `the addresses of ${to.name} as ${from.name} sees them`;
  const reach = reachOf(from, to);
  if (!reach) return { unresolved: [], strangers: [], unread: what };
  const asked = [
    { name: to.hyperv?.computerName ?? to.name, read: reach.shortName },
    { name: to.hyperv?.fullName ?? to.name, read: reach.fullName },
  ];
  const unresolved = asked.filter(({ read }) => known(read)?.length === 0);
  const refused = asked.flatMap(({ read }) => ('unread' in read ? [read.unread] : []));
  const strangers = new Set(asked.flatMap(({ read }) => strangersIn(known(read) ?? [], to)));
  return {
    unresolved: unresolved.map(({ name }) => name),
    strangers: [...strangers],
    ...(refused[0] === undefined ? {} : { unread: `${what} (${refused[0]})` }),
  };
}

/** Only of version 4: a card's addresses of version 6 come and go. */
function strangersIn(addresses: readonly string[], host: HostFacts): string[] {
  const cards = known(host.hyperv?.adapters);
  if (!cards) return [];
  const own = new Set(cards.flatMap((card) => card.addresses.map(bareAddress)));
  return addresses.filter((address) => isIPv4(address) && !own.has(address));
}
