/** B26: while `stream` copies, what the guest writes goes to new files beside its disks, and so does a merge. */

import type { VolumeFacts } from '../../domain/host.ts';
import { volumeOfPath } from '../../domain/paths.ts';
import { bytesToKeepFree, SPACE_LIMITS } from '../../domain/space.ts';
import { bytesKept } from '../capacity.ts';
import { type Check, findingsOf, isReadable } from '../check.ts';

const say = findingsOf('source-space');

/** Half of what the guard of open rounds keeps free, and never less than the guest needs to run on. */
const bytesToStart = (volume: VolumeFacts): number =>
  Math.max(SPACE_LIMITS.bytesFreeMin, bytesToKeepFree(volume) / 2);

export const sourceSpace: Check = {
  id: 'B26',
  name: 'source-space',
  methods: ['stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  // One that is off writes nothing, and has no round to merge.
  applies: ({ vm, source }) => source.hyperv !== undefined && vm.state !== 'Off',
  run({ vm, source }) {
    const paths = vm.disks.map(({ path }) => path);
    const homeless = paths.find((path) => !volumeOfPath(source.volumes, path));
    const volumes = new Set(paths.flatMap((path) => volumeOfPath(source.volumes, path) ?? []));
    const facts = (volume: VolumeFacts) => {
      const { path, bytesFree } = volume;
      const keeps = bytesKept(source, volume);
      const kept = keeps > 0 ? { bytesKept: keeps } : {};
      return { host: source.name, volume: path, bytesFree, ...kept };
    };
    const readable = [...volumes].filter(({ bytesFree }) => isReadable(bytesFree));
    const full = readable.find((volume) => volume.bytesFree < bytesToStart(volume));
    if (full) return say.blocker({ ...facts(full), bytesNeeded: bytesToStart(full) });
    if (homeless !== undefined) return say.unknown(`the volume of ${homeless} on ${source.name}`);
    const unread = [...volumes].find((volume) => !readable.includes(volume));
    if (unread) return say.unknown(`the free space of ${unread.path} on ${source.name}`);
    const tight = readable.find((volume) => volume.bytesFree < bytesToKeepFree(volume));
    return tight ? say.warning(facts(tight), 'source-space-tight') : say.ok({ host: source.name });
  },
};
