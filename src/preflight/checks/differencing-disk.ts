/**
 * B46: a parent that no checkpoint made must go along live, which it cannot where other VMs use it too.
 * The stream copies the disk as the guest sees it, and rounds merge into the file below: one alone.
 */

import type { HyperVDiskFacts } from '../../domain/hyperv-vm.ts';
import { pathKey } from '../../domain/paths.ts';
import { type Check, findingsOf } from '../check.ts';
import { allParents } from '../parents.ts';
import { wayOf } from '../way.ts';

const say = findingsOf('differencing-disk');

export const differencingDisk: Check = {
  id: 'B46',
  name: 'differencing-disk',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }, { method }) =>
    (method === 'stream' || wayOf(vm) === 'with storage') &&
    vm.hyperv?.disks.some(({ chain }) => !('lacks' in chain)) === true,
  run({ vm, source }, { method }) {
    const disks = vm.hyperv?.disks ?? [];
    const parents = allParents(disks);
    const others = source.vms.filter(({ id }) => id.toLowerCase() !== vm.id.toLowerCase());
    const facts = { vm: vm.name, host: source.name, files: parents };
    if (method === 'stream' && parents.length > 0) {
      return say.blocker(facts, 'differencing-disk-stream');
    }
    const sharing = others.filter((other) => {
      const files = (other.hyperv?.disks ?? []).flatMap(({ chain }) =>
        'value' in chain ? chain.value.map(pathKey) : [],
      );
      return parents.some((parent) => files.includes(pathKey(parent)));
    });
    if (sharing.length > 0) return say.blocker({ ...facts, vms: sharing.map(({ name }) => name) });
    const unread = unreadIn(disks);
    if (unread !== undefined)
      return say.unknown(`the files of the disks of ${vm.name} (${unread})`);
    if (parents.length === 0) return say.ok({ vm: vm.name });
    for (const other of others) {
      const hidden = unreadIn(other.hyperv?.disks ?? []);
      if (hidden !== undefined)
        return say.unknown(`the files of the disks of ${other.name} (${hidden})`);
    }
    return say.warning(facts, 'differencing-disk-alone');
  },
};

/** Why one chain is not known, if one is not. */
const unreadIn = (disks: readonly HyperVDiskFacts[]): string | undefined =>
  disks.flatMap(({ chain }) => ('unread' in chain ? [chain.unread] : []))[0];
