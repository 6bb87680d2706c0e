/** B1: both hosts have Hyper-V, it runs, and their Windows can move VMs that share nothing. */

import { anyHas, askBoth, type Check, findingsOf } from '../check.ts';
import { namesOf } from '../live-hosts.ts';

const say = findingsOf('hyperv-role');
/** Windows Server 2012 is the first that moves a VM with its disks. */
const BUILD_MIN = 9200;

export const hypervRole: Check = {
  id: 'B1',
  name: 'hyperv-role',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: (subject) =>
    anyHas(subject, ({ role }) => role) || anyHas(subject, ({ build }) => build),
  run(subject) {
    const builds = askBoth(subject, 'the build of Windows', ({ build }) => build);
    const roles = askBoth(subject, 'the role Hyper-V', ({ role }) => role);
    const old = builds.known.filter(({ value }) => value < BUILD_MIN);
    if (old.length > 0) return say.blocker({ hosts: namesOf(old) }, 'windows-too-old');
    const without = roles.known.filter(({ value }) => !value.installed);
    if (without.length > 0) return say.blocker({ hosts: namesOf(without) });
    const stopped = roles.known.filter(({ value }) => !value.serviceRunning);
    if (stopped.length > 0) return say.blocker({ hosts: namesOf(stopped) }, 'hyperv-service');
    const unread = builds.unread ?? roles.unread;
    if (unread) return say.unknown(unread);
    const texts = builds.known.map(({ host, value }) => `${host.name}: ${value}`);
    const differ = new Set(builds.known.map(({ value }) => value)).size > 1;
    return differ ? say.warning({ builds: texts }, 'windows-builds-differ') : say.ok({});
  },
};
