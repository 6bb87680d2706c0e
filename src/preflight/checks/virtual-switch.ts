/** B18: the target needs the virtual switches that the VM's adapters use, by name and of their type. */

import type { HostFacts, SwitchFacts } from '../../domain/host.ts';
import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('virtual-switch');

export const virtualSwitch: Check = {
  id: 'B18',
  name: 'virtual-switch',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run({ vm, source, target }) {
    const used = vm.adapters.flatMap((adapter) => (adapter.switch ? [adapter.switch] : []));
    const names = [...new Set(used)];
    const host = target.name;
    const missing = names.filter((name) => !switchOf(target, name));
    if (missing.length > 0) return say.blocker({ vm: vm.name, host, switches: missing });
    const unread = names.find((name) => !switchOf(source, name));
    if (unread) return say.unknown(`the type of switch ${unread} on ${source.name}`);
    const differ = names.filter(
      (name) => switchOf(source, name)?.type !== switchOf(target, name)?.type,
    );
    if (differ.length === 0) return say.ok({ vm: vm.name, switches: names });
    const switches = differ.map((name) => {
      const here = switchOf(source, name)?.type;
      return `${name} (${here} on ${source.name}, ${switchOf(target, name)?.type} on ${host})`;
    });
    return say.warning({ vm: vm.name, host, switches }, 'virtual-switch-type');
  },
};

/** Hyper-V compares switch names without regard to case. */
function switchOf(host: HostFacts, name: string): SwitchFacts | undefined {
  return host.switches.find((one) => one.name.toLowerCase() === name.toLowerCase());
}
