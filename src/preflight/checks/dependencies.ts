/**
 * Our own: a VM that Ferry or the hosts themselves need. A live move stops nothing, so people are told
 * what would stand still if it failed; the stream stops the VM, and could not go on without its own
 * store or bot.
 */

import type { DependencyFacts, Read } from '../../domain/hyperv.ts';
import { anyHas, type Check, findingsOf, type Subject } from '../check.ts';
import { isLoopback, isPlaceholder, isSameAddress } from '../subnet.ts';

const say = findingsOf('dependencies');

/** Of servers there are often two: only the last one counts. The others are one machine. */
const ROLES: readonly {
  readonly role: string;
  readonly last: boolean;
  readonly of: (facts: DependencyFacts) => Read<readonly string[]>;
}[] = [
  { role: 'domain-controller', last: true, of: (facts) => facts.domainControllers },
  { role: 'dns-server', last: true, of: (facts) => facts.dnsServers },
  { role: 'gateway', last: false, of: (facts) => facts.gateways },
  { role: 'store', last: false, of: (facts) => facts.store },
  { role: 'bot', last: false, of: (facts) => facts.bot },
];
const OF_FERRY = ['store', 'bot'];

export const dependencies: Check = {
  id: 'dependency',
  name: 'dependencies',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: (subject) => ROLES.some(({ of }) => anyHas(subject, (facts) => of(facts.dependencies))),
  run(subject, { method }) {
    const { vm } = subject;
    // Nobody lives on a VM that does not run.
    if (vm.state === 'Off' || vm.state === 'Saved') return say.ok({ vm: vm.name });
    const own = (vm.guest?.addresses ?? []).filter((address) => !isLoopback(address));
    if (own.length === 0) return say.unknown(`the addresses of ${vm.name}`);
    const { roles, hosts, unread } = dependents(subject, own);
    if (roles.length === 0) {
      return unread.length > 0 ? say.unknown(unread.join('; ')) : say.ok({ vm: vm.name });
    }
    const facts = { vm: vm.name, roles, hosts };
    if (method === 'live') return say.warning(facts, 'dependencies-live');
    return roles.some((role) => OF_FERRY.includes(role))
      ? say.blocker(facts)
      : say.warning(facts, 'dependencies-stop');
  },
};

/** What the VM is, for which hosts, and what they could not say. */
function dependents({ source, target }: Subject, own: readonly string[]) {
  const asked = [source, target].flatMap(({ name, hyperv }) =>
    ROLES.flatMap(({ role, last, of }) =>
      hyperv ? [{ name, role, last, read: of(hyperv.dependencies) }] : [],
    ),
  );
  const isOwn = (address: string) => own.some((one) => isSameAddress(one, address));
  const hits = asked.filter(({ read, last }) => {
    const servers = 'value' in read ? read.value.filter((one) => !isPlaceholder(one)) : [];
    return last ? servers.length > 0 && servers.every(isOwn) : servers.some(isOwn);
  });
  const unread = asked.flatMap(({ name, role, read }) =>
    'unread' in read ? [`the ${role} of ${name} (${read.unread})`] : [],
  );
  return {
    roles: [...new Set(hits.map(({ role }) => role))],
    hosts: [...new Set(hits.map(({ name }) => name))],
    unread,
  };
}
