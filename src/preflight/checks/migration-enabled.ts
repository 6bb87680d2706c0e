/** B2: live migration is off by default; then nothing listens. */

import { anyHas, askBoth, type Check, findingsOf } from '../check.ts';
import { goesByHosts, namesOf } from '../live-hosts.ts';

const say = findingsOf('migration-enabled');

export const migrationEnabled: Check = {
  id: 'B2',
  name: 'migration-enabled',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: (subject) => goesByHosts(subject) && anyHas(subject, ({ migration }) => migration),
  run(subject) {
    const settings = askBoth(subject, 'the migration settings', ({ migration }) => migration);
    const off = settings.known.filter(({ value }) => !value.enabled);
    if (off.length > 0) return say.blocker({ hosts: namesOf(off) });
    return settings.unread ? say.unknown(settings.unread) : say.ok({});
  },
};
