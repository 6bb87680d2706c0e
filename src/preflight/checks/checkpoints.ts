/** B43: a chain of checkpoints moves along live, slowly when it is long, and not beside what has none. */

import type { HyperVVmFacts } from '../../domain/hyperv-vm.ts';
import { type Check, findingsOf, has, judge } from '../check.ts';

const say = findingsOf('checkpoints');
const CHECKPOINTS_MAX = 10;

export const checkpoints: Check = {
  id: 'B43',
  name: 'checkpoints',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => has(vm.hyperv?.checkpoints),
  run({ vm }) {
    const facts = { vm: vm.name, id: vm.id };
    const unread = say.unread(`the checkpoints of ${vm.name}`);
    const finding = judge(vm.hyperv?.checkpoints, unread, (all) => {
      const [devices, unreadDevices] = vm.hyperv ? devicesOf(vm.hyperv) : [[], undefined];
      const names = all.map(({ name }) => name);
      if (all.length > 0 && devices.length > 0) {
        return say.blocker({ ...facts, checkpoints: names, devices });
      }
      if (all.length > 0 && unreadDevices !== undefined) {
        return say.unread(`the Fibre Channel adapters of ${vm.name}`)(unreadDevices);
      }
      if (all.length > CHECKPOINTS_MAX) {
        const { length: count } = all;
        return say.warning({ ...facts, count, countMax: CHECKPOINTS_MAX }, 'checkpoints-many');
      }
      return undefined;
    });
    return finding ?? say.ok(facts);
  },
};

/** What no checkpoint can hold; and why it is not known. */
function devicesOf({ disks, fibreChannelSans }: HyperVVmFacts): [string[], string | undefined] {
  const outside = disks.filter((disk) => disk.passThrough || disk.shared || disk.vhdSet);
  const sans = 'value' in fibreChannelSans ? fibreChannelSans.value : [];
  const unread = 'unread' in fibreChannelSans ? fibreChannelSans.unread : undefined;
  return [[...outside.map(({ id }) => id), ...sans], unread];
}
