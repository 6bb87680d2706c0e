/** B30: a VM that fits into no NUMA node of the target runs slower there, and without spanning perhaps not at all. */

import { bytesOfMemory } from '../capacity.ts';
import { type Check, findingsOf, has, judge } from '../check.ts';

const say = findingsOf('numa');

export const numa: Check = {
  id: 'B30',
  name: 'numa',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm, target }) => has(vm.hyperv?.processor) && has(target.hyperv?.numa),
  run({ vm, target }) {
    const facts = { vm: vm.name, host: target.name };
    const unreadHost = say.unread(`the NUMA nodes of ${target.name}`);
    const unreadVm = say.unread(`the processor settings of ${vm.name}`);
    const finding = judge(target.hyperv?.numa, unreadHost, ({ spanning, nodes }) => {
      if (nodes.length === 0) return say.unknown(`the NUMA nodes of ${target.name}`);
      const processorsMax = Math.max(...nodes.map(({ processors }) => processors));
      const bytesMax = Math.max(...nodes.map(({ memoryBytes }) => memoryBytes));
      if (!spanning && bytesOfMemory(vm) > bytesMax) {
        return say.warning({ ...facts, bytesMax }, 'numa-spanning');
      }
      return judge(vm.hyperv?.processor, unreadVm, ({ countPerNumaNodeMax }) => {
        const together = Math.min(vm.processors, countPerNumaNodeMax);
        return together > processorsMax
          ? say.warning({ ...facts, id: vm.id, together, processorsMax })
          : undefined;
      });
    });
    return finding ?? say.ok(facts);
  },
};
