/** B40: the VM keeps its MAC addresses, and two adapters with one address take each other's network away. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('mac-address');
/** Of a dynamic one that was never started. */
const NONE = /^0*$/;

export const macAddress: Check = {
  id: 'B40',
  name: 'mac-address',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: ({ vm, target }) => vm.hyperv !== undefined && target.hyperv !== undefined,
  run({ vm, target }) {
    const own = vm.adapters.map(({ mac }) => mac.toUpperCase()).filter((mac) => !NONE.test(mac));
    const others = target.vms.filter(({ id }) => id.toLowerCase() !== vm.id.toLowerCase());
    const taken = others.filter(({ adapters }) =>
      adapters.some(({ mac }) => own.includes(mac.toUpperCase())),
    );
    const facts = { vm: vm.name, id: vm.id, host: target.name };
    if (taken.length === 0) return say.ok(facts);
    return say.blocker({ ...facts, macs: own, vms: taken.map(({ name }) => name) });
  },
};
