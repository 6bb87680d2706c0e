/** B60: the cutover shuts the guest down from outside, which it must answer. Rounds need nothing of it. */

import { type Check, findingsOf, has, judge } from '../check.ts';

const say = findingsOf('shutdown-service');

export const shutdownService: Check = {
  id: 'B60',
  name: 'shutdown-service',
  methods: ['stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  // A VM that does not run is shut down by nobody.
  applies: ({ vm }) => vm.state === 'Running' && has(vm.hyperv?.services),
  run({ vm, source }) {
    const unread = say.unread(`the integration services of ${vm.name}`);
    const finding = judge(vm.hyperv?.services, unread, ({ shutdown }) =>
      shutdown ? undefined : say.warning({ vm: vm.name, id: vm.id, host: source.name }),
    );
    return finding ?? say.ok({ vm: vm.name });
  },
};
