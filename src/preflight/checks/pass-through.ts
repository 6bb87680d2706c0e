/** B10: a pass-through disk is a device of the host; there is no file to copy. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('pass-through-disk');

export const passThrough: Check = {
  id: 'B10',
  name: 'pass-through-disk',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  run({ vm }) {
    const told = (vm.hyperv?.disks ?? []).filter((disk) => disk.passThrough);
    const seen = vm.disks.filter((disk) => disk.format === 'pass-through');
    const devices = new Map([...told, ...seen].map(({ id, path }) => [id, `${id} ${path}`.trim()]));
    if (devices.size === 0) return say.ok({ vm: vm.name });
    return say.blocker({ vm: vm.name, disks: [...devices.values()] });
  },
};
