/** B17: of the networks that each host allows for migrations, one must be the same subnet. */

import type { HostFacts } from '../../domain/host.ts';
import { known, type MigrationSettings, type NetAdapterFacts } from '../../domain/hyperv.ts';
import { anyHas, askBoth, type Check, findingsOf } from '../check.ts';
import { goesByHosts } from '../live-hosts.ts';
import { unreadNetworks } from '../network.ts';
import { liesIn, shareSubnet } from '../subnet.ts';

const say = findingsOf('common-subnet');

export const commonSubnet: Check = {
  id: 'B17',
  name: 'common-subnet',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: (subject) =>
    goesByHosts(subject) &&
    anyHas(subject, ({ migration }) => migration) &&
    anyHas(subject, ({ adapters }) => adapters),
  run(subject) {
    const settings = askBoth(subject, 'the migration settings', ({ migration }) => migration);
    const cards = askBoth(subject, 'the network cards', ({ adapters }) => adapters);
    const unread = settings.unread ?? cards.unread;
    if (unread) return say.unknown(unread);
    const { source, target } = subject;
    const [here, there] = [allowedOf(source), allowedOf(target)];
    if (!here || !there) return say.unknown('the migration networks of one of the hosts');
    const isShared = here.some((one) => there.some((other) => shareSubnet(one, other)));
    if (isShared) return say.ok({ addresses: [...here, ...there] });
    const hidden = [source, target].flatMap(unreadNetworks);
    if (hidden.length > 0) return say.unknown(hidden.join('; '));
    return say.blocker({
      source: source.name,
      target: target.name,
      sourceNetworks: here,
      targetNetworks: there,
    });
  },
};

/** The addresses of cards that are up, in the networks that the host allows. */
function allowedOf({ hyperv }: HostFacts): string[] | undefined {
  const settings = known(hyperv?.migration);
  const cards = known(hyperv?.adapters);
  return settings && cards ? addresses(settings, cards) : undefined;
}

function addresses(settings: MigrationSettings, cards: readonly NetAdapterFacts[]): string[] {
  const own = cards.filter(({ up }) => up).flatMap((card) => card.addresses);
  if (settings.useAnyNetwork) return own;
  return own.filter((address) => settings.networks.some(({ subnet }) => liesIn(subnet, address)));
}
