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
    // A VHD set is no disk that we read, but one that Hyper-V has; another check judges it.
    const sets = (vm.hyperv?.disks ?? []).filter(({ vhdSet }) => vhdSet).map(({ id }) => id);
    const unreadable = vm.disks.filter(
      ({ id, format }) => format === 'unreadable' && !sets.includes(id),
    );
    if (unreadable.length === 0) return say.ok({ vm: vm.name, disks: vm.disks.length });
    const disks = unreadable.map((disk) => `${disk.id} ${disk.path}`);
    return say.blocker({ vm: vm.name, host: source.name, disks });
  },
};
