/**
 * B12: virtual Fibre Channel goes along live only where the target has a SAN of the same name. No
 * checkpoint can be made beside it, so the stream has no rounds.
 */

import { type Check, findingsOf, has, judge } from '../check.ts';
import { isSameName } from '../live-hosts.ts';

const say = findingsOf('fibre-channel');

export const fibreChannel: Check = {
  id: 'B12',
  name: 'fibre-channel',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => has(vm.hyperv?.fibreChannelSans),
  run({ vm, target }, { method }) {
    const unread = say.unread(`the Fibre Channel adapters of ${vm.name}`);
    const finding = judge(vm.hyperv?.fibreChannelSans, unread, (used) => {
      if (used.length === 0) return undefined;
      const facts = { vm: vm.name, host: target.name };
      if (method === 'stream') {
        return say.blocker({ ...facts, sans: [...new Set(used)] }, 'fibre-channel-stream');
      }
      const there = target.hyperv?.fibreChannelSans;
      if (there && 'unread' in there) {
        return say.unread(`the Fibre Channel SANs of ${target.name}`)(there.unread);
      }
      const names = there && 'value' in there ? there.value : [];
      const missing = used.filter((san) => !names.some((name) => isSameName(name, san)));
      if (missing.length > 0) return say.blocker({ ...facts, sans: [...new Set(missing)] });
      return say.warning({ ...facts, sans: [...new Set(used)] }, 'fibre-channel-zoning');
    });
    return finding ?? say.ok({ vm: vm.name });
  },
};
