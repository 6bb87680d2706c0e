/** B46: a parent that no checkpoint made must go along, which it cannot where other VMs use it too. */

import type { HyperVDiskFacts } from '../../domain/hyperv.ts';
import { type Check, findingsOf } from '../check.ts';
import { wayOf } from '../live-plan.ts';
import { pathKey } from '../target-paths.ts';

const say = findingsOf('differencing-disk');
/** A checkpoint's own files end otherwise; their parent is no concern here. */
const DIFFERENCING = /\.vhdx?$/i;

export const differencingDisk: Check = {
  id: 'B46',
  name: 'differencing-disk',
  methods: ['live'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) =>
    wayOf(vm) === 'with storage' &&
    vm.hyperv?.disks.some(({ chain }) => !('lacks' in chain)) === true,
  run({ vm, source }) {
    const [parents, unread] = parentsOf(vm.hyperv?.disks ?? []);
    const others = source.vms.filter(({ id }) => id.toLowerCase() !== vm.id.toLowerCase());
    const facts = { vm: vm.name, host: source.name, files: parents };
    const sharing = others.filter((other) => {
      const files = (other.hyperv?.disks ?? []).flatMap(({ chain }) =>
        'value' in chain ? chain.value.map(pathKey) : [],
      );
      return parents.some((parent) => files.includes(pathKey(parent)));
    });
    if (sharing.length > 0) return say.blocker({ ...facts, vms: sharing.map(({ name }) => name) });
    if (unread !== undefined)
      return say.unknown(`the files of the disks of ${vm.name} (${unread})`);
    if (parents.length === 0) return say.ok({ vm: vm.name });
    for (const other of others) {
      const [, hidden] = parentsOf(other.hyperv?.disks ?? []);
      if (hidden !== undefined)
        return say.unknown(`the files of the disks of ${other.name} (${hidden})`);
    }
    return say.warning(facts, 'differencing-disk-alone');
  },
};

/** Each file that a differencing disk stands on; and why one chain is not known. */
function parentsOf(disks: readonly HyperVDiskFacts[]): [string[], string | undefined] {
  const parents = disks.flatMap(({ chain }) => {
    if (!('value' in chain)) return [];
    const child = chain.value.slice(0, -1).findIndex((file) => DIFFERENCING.test(file));
    return child < 0 ? [] : chain.value.slice(child + 1);
  });
  const unread = disks.flatMap(({ chain }) => ('unread' in chain ? [chain.unread] : []))[0];
  return [[...new Set(parents)], unread];
}
