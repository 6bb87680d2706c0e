/** B18: the target needs the virtual switches that the VM's adapters use, by name and of their type. */

import type { HostFacts, SwitchFacts } from '../../domain/host.ts';
import { type Check, findingsOf } from '../check.ts';
import { isSameName } from '../live-hosts.ts';
import { switchAtTarget } from '../switches.ts';

const say = findingsOf('virtual-switch');

export const virtualSwitch: Check = {
  id: 'B18',
  name: 'virtual-switch',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run(subject) {
    const { vm, source, target } = subject;
    const there = (name: string) => switchOf(target, switchAtTarget(subject, name));
    const used = vm.adapters.flatMap((adapter) => (adapter.switch ? [adapter.switch] : []));
    const names = [...new Set(used)];
    const host = target.name;
    const unused = (subject.switches ?? [])
      .map(({ from }) => from)
      .filter((from) => !names.some((name) => isSameName(name, from)));
    if (unused.length > 0) {
      const facts = { vm: vm.name, switches: unused, used: names };
      return say.blocker(facts, 'virtual-switch-unused');
    }
    const wanted = names.map((name) => switchAtTarget(subject, name));
    const missing = wanted.filter((name) => !switchOf(target, name));
    if (missing.length > 0) return say.blocker({ vm: vm.name, host, switches: missing });
    const unread = names.find((name) => !switchOf(source, name));
    if (unread) return say.unknown(`the type of switch ${unread} on ${source.name}`);
    const differ = names.filter((name) => switchOf(source, name)?.type !== there(name)?.type);
    if (differ.length === 0) return say.ok({ vm: vm.name, switches: wanted });
    const switches = differ.map((name) => {
      const here = switchOf(source, name)?.type;
      return `${name} (${here} on ${source.name}, ${there(name)?.type} on ${host})`;
    });
    return say.warning({ vm: vm.name, host, switches }, 'virtual-switch-type');
  },
};

/** Hyper-V compares switch names without regard to case. */
function switchOf(host: HostFacts, name: string): SwitchFacts | undefined {
  return host.switches.find((one) => one.name.toLowerCase() === name.toLowerCase());
}
