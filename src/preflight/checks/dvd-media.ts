/**
 * B47: a medium that the target cannot see stops a live move, so Ferry ejects it before. The stream
 * registers the VM without it. The plan says so.
 */

import { type Check, findingsOf, has, judge } from '../check.ts';
import { isOnShare, plannedMedia } from '../media.ts';

const say = findingsOf('dvd-media');

export const dvdMedia: Check = {
  id: 'B47',
  name: 'dvd-media',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => has(vm.hyperv?.dvdDrives),
  run(subject, { method }) {
    const { vm, source, target } = subject;
    const facts = { vm: vm.name, id: vm.id, host: target.name };
    const unread = say.unread(`the DVD drives of ${vm.name}`);
    const finding = judge(vm.hyperv?.dvdDrives, unread, (drives) => {
      const devices = drives.filter(({ media }) => media === 'PassThrough');
      if (devices.length > 0) return say.blocker({ ...facts, host: source.name });
      const remote = drives.flatMap(({ path }) => (path && isOnShare(path) ? [path] : []));
      const lost = plannedMedia(subject).filter(({ becomes }) => becomes !== 'stays');
      if (lost.length > 0) {
        const files = lost.map(({ path }) => path);
        const code = method === 'live' ? 'dvd-media-ejected' : 'dvd-media-left';
        return say.warning({ ...facts, files, shared: remote }, code);
      }
      if (remote.length > 0) return say.warning({ ...facts, files: remote }, 'dvd-media-share');
      return say.ok({ ...facts, files: drives.flatMap(({ path }) => (path ? [path] : [])) });
    });
    return finding ?? say.ok({ ...facts, files: [] });
  },
};
