/** B47: a medium that the target cannot see stops a move. Ferry ejects it before, and puts it back after. */

import { type Check, findingsOf, has, judge } from '../check.ts';

const say = findingsOf('dvd-media');
const UNC = /^[\\/]{2}/;

export const dvdMedia: Check = {
  id: 'B47',
  name: 'dvd-media',
  methods: ['live'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => has(vm.hyperv?.dvdDrives),
  run({ vm, source, target }) {
    const facts = { vm: vm.name, id: vm.id, host: target.name };
    const unread = say.unread(`the DVD drives of ${vm.name}`);
    const finding = judge(vm.hyperv?.dvdDrives, unread, (drives) => {
      const devices = drives.filter(({ media }) => media === 'PassThrough');
      if (devices.length > 0) return say.blocker({ ...facts, host: source.name });
      const paths = drives.flatMap(({ path }) => (path ? [path] : []));
      const remote = paths.filter((path) => UNC.test(path));
      if (remote.length > 0) return say.warning({ ...facts, files: remote }, 'dvd-media-share');
      return say.ok({ ...facts, files: paths });
    });
    return finding ?? say.ok({ ...facts, files: [] });
  },
};
