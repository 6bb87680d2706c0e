/** B14: the source reaches the target's files through the Client for Microsoft Networks (`ms_msclient`). */

import { anyHas, type Check, findingsOf } from '../check.ts';
import { bindingOff } from '../bindings.ts';
import { goesByHosts } from '../live-hosts.ts';

const say = findingsOf('microsoft-client');

export const microsoftClient: Check = {
  id: 'B14',
  name: 'microsoft-client',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: (subject) => goesByHosts(subject) && anyHas(subject, ({ adapters }) => adapters),
  run(subject) {
    const { source, target } = subject;
    const here = bindingOff(subject, source, 'msClient');
    if (here.off.length > 0) return say.blocker({ host: source.name, adapters: here.off });
    if (here.unread) return say.unknown(here.unread);
    const there = bindingOff(subject, target, 'msClient');
    if (there.unread) return say.unknown(there.unread);
    if (there.off.length === 0) return say.ok({});
    return say.warning({ host: target.name, adapters: there.off }, 'microsoft-client-back');
  },
};
