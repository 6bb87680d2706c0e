/** B5: hosts authenticate each other by their domain. `stream` has certificates of its own. */

import { anyHas, askBoth, type Check, findingsOf } from '../check.ts';
import { goesByHosts, isSameName, namesOf } from '../live-hosts.ts';

const say = findingsOf('domain');

export const domain: Check = {
  id: 'B5',
  name: 'domain',
  methods: ['live'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: (subject) => goesByHosts(subject) && anyHas(subject, (hyperv) => hyperv.domain),
  run(subject) {
    const { known, unread } = askBoth(subject, 'the domain', (hyperv) => hyperv.domain);
    const alone = known.filter(({ value }) => !value.joined);
    if (alone.length > 0) return say.blocker({ hosts: namesOf(alone) });
    if (unread) return say.unknown(unread);
    const [here, there] = known.map(({ value }) => value);
    if (!here || !there || isSameName(here.name, there.name)) return say.ok({});
    const isTrusted =
      here.trusted.some((name) => isSameName(name, there.name)) ||
      there.trusted.some((name) => isSameName(name, here.name));
    const domains = known.map(({ host, value }) => `${host.name}: ${value.name}`);
    return isTrusted
      ? say.warning({ domains }, 'domains-differ')
      : say.blocker({ domains }, 'domain-trust');
  },
};
