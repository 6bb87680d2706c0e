/** B16: a host that takes any network for migrations may take the slow one, in clear text. */

import { anyHas, askBoth, type Check, findingsOf } from '../check.ts';
import { goesByHosts, namesOf } from '../live-hosts.ts';
import { sharedNetwork } from '../network.ts';

const say = findingsOf('any-network');

export const anyNetwork: Check = {
  id: 'B16',
  name: 'any-network',
  methods: ['live'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: (subject) => goesByHosts(subject) && anyHas(subject, ({ migration }) => migration),
  run(subject) {
    const settings = askBoth(subject, 'the migration settings', ({ migration }) => migration);
    if (settings.unread) return say.unknown(settings.unread);
    const any = settings.known.filter(({ value }) => value.useAnyNetwork);
    if (any.length === 0) return say.ok({});
    const subnet = sharedNetwork(subject.source, subject.target)?.subnet;
    return say.warning({ hosts: namesOf(any), ...(subnet === undefined ? {} : { subnet }) });
  },
};
