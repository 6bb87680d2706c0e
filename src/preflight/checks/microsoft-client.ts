/** B14: the source reaches the target's files by the Client for Microsoft Networks (`ms_msclient`). */

import { unboundCards } from '../bindings.ts';
import { anyHas, type Check, findingsOf } from '../check.ts';
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
    const here = unboundCards(subject, source, 'msClient');
    if (here.no.length > 0) return say.blocker({ host: source.name, adapters: here.no });
    const there = unboundCards(subject, target, 'msClient');
    const unread = here.unread ?? there.unread;
    if (unread) return say.unknown(unread);
    if (there.no.length === 0) return say.ok({});
    return say.warning({ host: target.name, adapters: there.no }, 'microsoft-client-back');
  },
};
