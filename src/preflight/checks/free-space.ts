/** B25: the target needs room for all files of the VM's disks, plus a tenth for growth while we copy. */

import { bytesOfFiles, bytesVirtual, growthFactor, volumeOf } from '../capacity.ts';
import { type Check, findingsOf, isReadable, type Subject } from '../check.ts';

const say = findingsOf('free-space');

export const freeSpace: Check = {
  id: 'B25',
  name: 'free-space',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run(subject) {
    const { vm, target, own } = subject;
    const volume = volumeOf(target);
    if (!volume) return say.unknown(`the volume ${target.vmVolume} of ${target.name}`);
    if (!isReadable(volume.bytesFree) || !isReadable(volume.bytesReserved)) {
      return say.unknown(`the free space of ${volume.path} on ${target.name}`);
    }
    if (!isReadable(bytesOfFiles(vm))) return say.unknown(`the size of ${vm.name}'s disks`);
    const bytesOfOthers = Math.max(0, volume.bytesReserved - (own?.bytesReserved ?? 0));
    const bytesFree = volume.bytesFree - bytesOfOthers;
    const bytesNeeded = needed(subject);
    const facts = { vm: vm.name, host: target.name, volume: volume.path, bytesNeeded, bytesFree };
    if (bytesFree < bytesNeeded) {
      return say.blocker({ ...facts, bytesMissing: bytesNeeded - bytesFree });
    }
    const bytesGrown = bytesVirtual(vm);
    if (!own && bytesFree < bytesGrown) {
      return say.warning({ ...facts, bytesGrown }, 'free-space-if-grown');
    }
    return say.ok(facts);
  },
};

/** Before the copy everything is still to come; afterwards only what we reserved and growth. */
function needed({ vm, own }: Subject): number {
  const bytes = bytesOfFiles(vm);
  if (!own) return Math.ceil(bytes * growthFactor);
  return Math.ceil(own.bytesReserved + bytes * (growthFactor - 1));
}
