/** B51: a host runs VMs of some configuration versions alone, and a version never goes down. */

import type { HostFacts } from '../../domain/host.ts';
import { known, type Read } from '../../domain/hyperv.ts';
import { type Check, findingsOf, has, judge, type Subject } from '../check.ts';

const say = findingsOf('configuration-version');

/** By the build: releases that cannot be asked, and do not raise a version either (facts A.1, B.4). */
const BEFORE_2016: Readonly<Record<number, readonly string[]>> = {
  9200: ['4.0'],
  9600: ['4.0', '5.0'],
};

export const configurationVersion: Check = {
  id: 'B51',
  name: 'configuration-version',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: (subject) => has(versionOf(subject)) && has(versionsOf(subject.target)),
  run(subject) {
    const { vm, source, target } = subject;
    const unreadVm = say.unread(`the configuration version of ${vm.name}`);
    const unreadHost = say.unread(`the configuration versions of ${target.name}`);
    const finding = judge(versionOf(subject), unreadVm, (version) =>
      judge(versionsOf(target), unreadHost, (versions) => {
        if (versions.some((one) => one.trim() === version.trim())) return undefined;
        const facts = { vm: vm.name, id: vm.id, host: target.name, version, versions };
        const isOld = versions.length > 0 && versions.every((one) => isOlder(version, one));
        if (!isOld) return say.blocker(facts);
        return before2016(source)
          ? say.blocker({ ...facts, source: source.name }, 'configuration-version-by-steps')
          : say.blocker(facts, 'configuration-version-old');
      }),
    );
    return finding ?? say.ok({ vm: vm.name });
  },
};

const before2016 = ({ hyperv }: HostFacts): readonly string[] | undefined =>
  BEFORE_2016[known(hyperv?.build) ?? 0];

const versionOf = ({ vm, source }: Subject): Read<string> | undefined =>
  orElse(vm.hyperv?.version, before2016(source)?.at(-1));

const versionsOf = (host: HostFacts): Read<readonly string[]> | undefined =>
  orElse(host.hyperv?.supportedVersions, before2016(host));

/** What is so where the release cannot be asked. */
const orElse = <T>(read: Read<T> | undefined, value: T | undefined): Read<T> | undefined =>
  read && 'lacks' in read && value !== undefined ? { value } : read;

/** `9.0` before `10.0`. */
function isOlder(one: string, other: string): boolean {
  const [major = 0, minor = 0] = one.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
