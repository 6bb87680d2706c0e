/** Our own: disks on a share or a cluster's volume have another owner than their host: they move live. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('disk-place');

export const diskPlace: Check = {
  id: 'place',
  name: 'disk-place',
  methods: ['stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => vm.hyperv !== undefined,
  run({ vm, source }) {
    const away = (vm.hyperv?.disks ?? []).filter(({ place }) => place !== 'local');
    const facts = { vm: vm.name, id: vm.id, host: source.name };
    if (away.length === 0) return say.ok(facts);
    return say.blocker({ ...facts, disks: away.map(({ id, path }) => `${id} ${path}`) });
  },
};
