/** B25: the target needs room for all files of the VM's disks, plus a tenth for growth while we copy. */

import type { Method } from '../../domain/plan.ts';
import { placeOn } from '../base.ts';
import { bytesKept, bytesOfFiles, bytesVirtual, growthFactor, volumeOf } from '../capacity.ts';
import { type Check, findingsOf, isReadable, type Subject } from '../check.ts';
import { wayOf } from '../way.ts';

const say = findingsOf('free-space');

export const freeSpace: Check = {
  id: 'B25',
  name: 'free-space',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  // A move of memory or of a cluster's role copies no disk.
  applies: ({ vm }, { method }) => method === 'stream' || wayOf(vm) === 'with storage',
  run(subject, { method }) {
    const { vm, target, own } = subject;
    const volume = volumeOf(target);
    if (!volume) return say.unknown(`the volume ${target.vmVolume} of ${target.name}`);
    if (!isReadable(volume.bytesFree) || !isReadable(volume.bytesReserved)) {
      return say.unknown(`the free space of ${volume.path} on ${target.name}`);
    }
    if (!isReadable(bytesOfFiles(vm))) return say.unknown(`the size of ${vm.name}'s disks`);
    const bytesOfOthers = Math.max(0, volume.bytesReserved - (own?.bytesReserved ?? 0));
    const bytesFree = volume.bytesFree - bytesOfOthers;
    const bytesNeeded = needed(subject, method);
    const keeps = bytesKept(target, volume);
    const facts = {
      vm: vm.name,
      host: target.name,
      volume: volume.path,
      bytesNeeded,
      bytesFree,
      ...(keeps > 0 ? { bytesKept: keeps } : {}),
    };
    if (bytesFree < bytesNeeded) {
      return say.blocker({ ...facts, bytesMissing: bytesNeeded - bytesFree });
    }
    const bytesGrown = bytesVirtual(vm);
    if ((method === 'live' || !own) && bytesFree < bytesGrown) {
      return say.warning({ ...facts, bytesGrown }, 'free-space-if-grown');
    }
    return say.ok(facts);
  },
};

/**
 * Before the copy everything is still to come; afterwards only what we reserved and growth. A live
 * move copies after its recheck, the stream before.
 */
function needed({ vm, target, own }: Subject, method: Method): number {
  const bytes = bytesOfFiles(vm);
  if (method === 'live') return Math.ceil(bytes * growthFactor);
  // What lies there already is not needed again, but for its growth.
  const there = Math.min(placeOn(vm, target).base?.bytes ?? 0, bytes);
  if (!own) return Math.ceil(bytes * growthFactor - there);
  return Math.ceil(own.bytesReserved + bytes * (growthFactor - 1));
}
