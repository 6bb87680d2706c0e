/** B51: a host runs VMs of some configuration versions alone, and a version never goes down. */

import { type Check, findingsOf, has, judge } from '../check.ts';

const say = findingsOf('configuration-version');

export const configurationVersion: Check = {
  id: 'B51',
  name: 'configuration-version',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm, target }) => has(vm.hyperv?.version) && has(target.hyperv?.supportedVersions),
  run({ vm, target }) {
    const unreadVm = say.unread(`the configuration version of ${vm.name}`);
    const unreadHost = say.unread(`the configuration versions of ${target.name}`);
    const finding = judge(vm.hyperv?.version, unreadVm, (version) =>
      judge(target.hyperv?.supportedVersions, unreadHost, (versions) => {
        if (versions.some((one) => one.trim() === version.trim())) return undefined;
        const facts = { vm: vm.name, id: vm.id, host: target.name, version, versions };
        return versions.length > 0 && versions.every((one) => isOlder(version, one))
          ? say.blocker(facts, 'configuration-version-old')
          : say.blocker(facts);
      }),
    );
    return finding ?? say.ok({ vm: vm.name });
  },
};

/** `9.0` before `10.0`. */
function isOlder(one: string, other: string): boolean {
  const [major = 0, minor = 0] = one.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
