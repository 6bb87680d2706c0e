/** B19: a switch of the right name whose own card is down leaves the guest without its network. */

import { type Check, findingsOf, has, judge } from '../check.ts';
import { isSameName } from '../live-hosts.ts';

const say = findingsOf('switch-uplink');

export const switchUplink: Check = {
  id: 'B19',
  name: 'switch-uplink',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: ({ target }) => has(target.hyperv?.switches),
  run({ vm, target }) {
    const used = vm.adapters.flatMap((adapter) => (adapter.switch ? [adapter.switch] : []));
    const unread = say.unread(`the virtual switches of ${target.name}`);
    const finding = judge(target.hyperv?.switches, unread, (switches) => {
      const external = switches.filter(
        ({ name, type }) => type === 'External' && used.some((one) => isSameName(one, name)),
      );
      const down = external.filter(({ uplinkUp }) => 'value' in uplinkUp && !uplinkUp.value);
      if (down.length > 0) {
        const names = down.map(({ name }) => name);
        return say.warning({ vm: vm.name, host: target.name, switches: names });
      }
      const doubtful = external.find(({ uplinkUp }) => 'unread' in uplinkUp);
      return doubtful && say.unknown(`the uplink of switch ${doubtful.name} on ${target.name}`);
    });
    return finding ?? say.ok({ vm: vm.name });
  },
};
