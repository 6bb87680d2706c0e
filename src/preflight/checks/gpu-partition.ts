/** B55: a part of a GPU moves live from Windows Server 2025 on, and needs a GPU of its kind at the target. */

import { type Check, findingsOf, has, judge } from '../check.ts';

const say = findingsOf('gpu-partition');

export const gpuPartition: Check = {
  id: 'B55',
  name: 'gpu-partition',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => has(vm.hyperv?.gpuPartitions),
  run({ vm, source, target }, { method }) {
    const facts = { vm: vm.name, id: vm.id, host: target.name };
    const unread = say.unread(`the GPU partitions of ${vm.name}`);
    const unreadHost = say.unread(`the GPUs of ${target.name}`);
    const finding = judge(vm.hyperv?.gpuPartitions, unread, (partitions) => {
      if (partitions.length === 0) return undefined;
      const leaves = partitions.map(({ canLeave }) => canLeave);
      // A release that cannot say it cannot do it.
      const isBound = leaves.some((one) => 'lacks' in one || ('value' in one && !one.value));
      if (method === 'live' && isBound) return say.blocker({ ...facts, host: source.name });
      const there = target.hyperv?.partitionableGpus;
      if (there && 'unread' in there) return unreadHost(there.unread);
      const gpus = there && 'value' in there ? there.value : [];
      if (gpus.length === 0) return say.blocker(facts, 'gpu-at-target');
      const refused = leaves.find((one) => 'unread' in one);
      return method === 'live' && refused && 'unread' in refused
        ? unread(refused.unread)
        : undefined;
    });
    return finding ?? say.ok({ vm: vm.name });
  },
};
