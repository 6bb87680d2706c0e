/** B49: a disk that several VMs use, or a VHD set, stays where it is; nothing can copy it while it is used. */

import { type Check, findingsOf } from '../check.ts';
import { wayOf } from '../way.ts';

const say = findingsOf('shared-disk');

export const sharedDisk: Check = {
  id: 'B49',
  name: 'shared-disk',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }, { method }) =>
    vm.hyperv !== undefined && (method === 'stream' || wayOf(vm) === 'with storage'),
  run({ vm }) {
    const shared = (vm.hyperv?.disks ?? []).filter((disk) => disk.shared || disk.vhdSet);
    if (shared.length === 0) return say.ok({ vm: vm.name });
    return say.blocker({ vm: vm.name, disks: shared.map(({ id, path }) => `${id} ${path}`) });
  },
};
