/**
 * B50: Hyper-V Replica makes checkpoints of its own and remembers a VM by its host. A live move takes
 * the relation along where the other end allows it; nothing is known of what a definition takes along.
 */

import { type Check, findingsOf, has, judge } from '../check.ts';

const say = findingsOf('replication');

export const replication: Check = {
  id: 'B50',
  name: 'replication',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => has(vm.hyperv?.replication),
  run({ vm, source, target }, { method }) {
    const unread = say.unread(`the replication of ${vm.name}`);
    const finding = judge(vm.hyperv?.replication, unread, (relation) => {
      if (!relation) return undefined;
      const { mode, state, primaryServer, replicaServer } = relation;
      const ends = { primary: primaryServer, replica: replicaServer };
      const facts = { vm: vm.name, id: vm.id, host: source.name, mode, state, ...ends };
      return method === 'stream'
        ? say.blocker(facts)
        : say.warning({ ...facts, target: target.name }, 'replication-live');
    });
    return finding ?? say.ok({ vm: vm.name });
  },
};
