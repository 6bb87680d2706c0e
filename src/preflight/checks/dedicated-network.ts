/** B16: the copy should not share its wire with the VMs' traffic or the default gateway. */

import { type Check, findingsOf } from '../check.ts';
import { sharedNetwork } from '../network.ts';

const say = findingsOf('dedicated-network');

export const dedicatedNetwork: Check = {
  id: 'B16',
  name: 'dedicated-network',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  run({ source, target }) {
    const network = sharedNetwork(source, target);
    if (!network) return say.unknown('which network the migration would use');
    const { subnet } = network;
    return network.dedicated ? say.ok({ subnet }) : say.warning({ subnet });
  },
};
