/** B33: a VM of this Id that is registered or planned at the target already would be there twice. */

import { known } from '../../domain/hyperv.ts';
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
    const planned = target.hyperv?.plannedVms;
    if (planned && 'unread' in planned) {
      return say.unread(`the planned VMs of ${target.name}`)(planned.unread);
    }
    const isPlanned = known(planned)?.some((id) => id.toLowerCase() === vm.id.toLowerCase());
    if (isPlanned) return say.blocker({ ...facts, id: vm.id }, 'vm-planned-at-target');
    const namesake = target.vms.find((one) => one.name.toLowerCase() === vm.name.toLowerCase());
    return namesake
      ? say.warning({ ...facts, id: namesake.id }, 'vm-name-at-target')
      : say.ok(facts);
  },
};
