/** B9: only disks whose format we can read can be copied. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('disk-format');

export const diskFormat: Check = {
  id: 'B9',
  name: 'disk-format',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  run({ vm, source }) {
    if (vm.disks.length === 0) return say.blocker({ vm: vm.name }, 'vm-without-disks');
    const unreadable = vm.disks.filter((disk) => disk.format === 'unreadable');
    if (unreadable.length === 0) return say.ok({ vm: vm.name, disks: vm.disks.length });
    const disks = unreadable.map((disk) => `${disk.id} ${disk.path}`);
    return say.blocker({ vm: vm.name, host: source.name, disks });
  },
};
