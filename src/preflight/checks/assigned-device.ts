/** B54: a device of the host that the VM has for itself (DDA) stays with the host. */

import { type Check, findingsOf, has, judge } from '../check.ts';

const say = findingsOf('assigned-device');

export const assignedDevice: Check = {
  id: 'B54',
  name: 'assigned-device',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => has(vm.hyperv?.assignedDevices),
  run({ vm, source }) {
    const unread = say.unread(`the assigned devices of ${vm.name}`);
    const finding = judge(vm.hyperv?.assignedDevices, unread, (devices) =>
      devices.length === 0
        ? undefined
        : say.blocker({ vm: vm.name, id: vm.id, host: source.name, devices }),
    );
    return finding ?? say.ok({ vm: vm.name });
  },
};
