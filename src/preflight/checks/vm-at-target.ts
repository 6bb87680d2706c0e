/** B33: a VM of this Id that is registered at the target already would be there twice. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('vm-at-target');

export const vmAtTarget: Check = {
  id: 'B33',
  name: 'vm-at-target',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run({ vm, target }) {
    const twin = target.vms.find((one) => one.id.toLowerCase() === vm.id.toLowerCase());
    const facts = { vm: vm.name, host: target.name };
    if (twin) return say.blocker({ ...facts, id: vm.id, state: twin.state });
    const namesake = target.vms.find((one) => one.name.toLowerCase() === vm.name.toLowerCase());
    return namesake
      ? say.warning({ ...facts, id: namesake.id }, 'vm-name-at-target')
      : say.ok(facts);
  },
};
