/** B13: one migration network that is up at both ends, with 1 Gbit/s or more. */

import { type Check, findingsOf, isReadable } from '../check.ts';
import { networkNames, sharedNetwork, unreadNetworks } from '../network.ts';

const say = findingsOf('migration-network');
const BITS_PER_SECOND_MIN = 1e9;

export const migrationNetwork: Check = {
  id: 'B13',
  name: 'migration-network',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run({ source, target }) {
    const network = sharedNetwork(source, target);
    if (!network) {
      // What could not be read is no proof that there is none.
      const unread = [source, target].flatMap(unreadNetworks);
      if (unread.length > 0) return say.unknown(unread.join('; '));
      return say.blocker({
        source: source.name,
        target: target.name,
        sourceNetworks: networkNames(source),
        targetNetworks: networkNames(target),
      });
    }
    const { subnet, bitsPerSecond } = network;
    // A card that is up has a speed; zero means that the driver did not say.
    if (!isReadable(bitsPerSecond) || bitsPerSecond === 0) {
      return say.unknown(`the speed of ${subnet}`);
    }
    if (bitsPerSecond >= BITS_PER_SECOND_MIN) return say.ok({ subnet, bitsPerSecond });
    return say.warning({ subnet, bitsPerSecond }, 'migration-network-slow');
  },
};
