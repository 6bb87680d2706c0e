/** Our own: a host that was drained to be worked on takes no VM until its VMs return. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('host-in-maintenance');

export const hostInMaintenance: Check = {
  id: 'maintenance',
  name: 'host-in-maintenance',
  methods: ['live', 'stream'],
  // Later the worker looks, which does not know of it; what was approved before goes on.
  phases: ['plan'],
  unknownMeans: 'block',
  applies: ({ target }) => target.maintenance !== undefined,
  run({ target }) {
    return say.blocker({ host: target.name, operation: target.maintenance ?? '' });
  },
};
