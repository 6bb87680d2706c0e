/** The stream freezes the disks of a VM that runs and proves at the end that it runs again. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('vm-state');

export const vmState: Check = {
  id: 'state',
  name: 'vm-state',
  methods: ['stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run({ vm, source }) {
    const facts = { vm: vm.name, host: source.name, state: vm.state };
    return vm.state === 'Running' ? say.ok(facts) : say.blocker(facts);
  },
};
