/** B19: a switch of the right name whose own card is down leaves the guest without its network. */

import { type Check, findingsOf, has, judge, refusals } from '../check.ts';
import { isSameName } from '../live-hosts.ts';
import { switchAtTarget } from '../switches.ts';

const say = findingsOf('switch-uplink');

export const switchUplink: Check = {
  id: 'B19',
  name: 'switch-uplink',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: ({ target }) => has(target.hyperv?.switches),
  run(subject) {
    const { vm, target } = subject;
    const used = vm.adapters.flatMap(({ switch: name }) =>
      name ? [switchAtTarget(subject, name)] : [],
    );
    const unread = say.unread(`the virtual switches of ${target.name}`);
    const finding = judge(target.hyperv?.switches, unread, (switches) => {
      const external = switches.filter(
        ({ name, type }) => type === 'External' && used.some((one) => isSameName(one, name)),
      );
      const down = refusals(
        external.map(({ name, uplinkUp }) => {
          return { name, what: `the card of switch ${name} on ${target.name}`, read: uplinkUp };
        }),
      );
      if (down.no.length > 0) {
        return say.warning({ vm: vm.name, host: target.name, switches: down.no });
      }
      return down.unread === undefined ? undefined : say.unknown(down.unread);
    });
    return finding ?? say.ok({ vm: vm.name });
  },
};
