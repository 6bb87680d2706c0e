/** B27: the target must be able to give the VM the memory that it has now. */

import { bytesOfMemory } from '../capacity.ts';
import { type Check, findingsOf, isReadable } from '../check.ts';

const say = findingsOf('memory');
/** What the host itself needs to stay well. */
export const HOST_RESERVE_BYTES = 2 * 1024 ** 3;

export const memory: Check = {
  id: 'B27',
  name: 'memory',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run({ vm, target, own }, { method }) {
    if (!isReadable(target.memoryBytesFree) || !isReadable(target.memoryBytesReserved)) {
      return say.unknown(`the free memory of ${target.name}`);
    }
    const bytesForVm = bytesOfMemory(vm);
    if (!isReadable(bytesForVm)) return say.unknown(`the memory of ${vm.name}`);
    const ownBytes = own?.memoryBytesReserved ?? 0;
    const bytesOfOthers = Math.max(0, target.memoryBytesReserved - ownBytes);
    const bytesFree = target.memoryBytesFree - bytesOfOthers;
    const bytesNeeded = bytesForVm + HOST_RESERVE_BYTES;
    const facts = { vm: vm.name, host: target.name, bytesNeeded, bytesFree };
    if (bytesFree < bytesNeeded) {
      // Nothing starts it there.
      if (method === 'stream' && vm.state === 'Off') return say.warning(facts, 'memory-if-started');
      return say.blocker({ ...facts, bytesMissing: bytesNeeded - bytesFree });
    }
    const dynamic = vm.hyperv?.memory.dynamic ? vm.hyperv.memory.maximumBytes : 0;
    return isReadable(dynamic) && bytesFree - HOST_RESERVE_BYTES < dynamic
      ? say.warning({ ...facts, bytesGrown: dynamic }, 'memory-if-grown')
      : say.ok(facts);
  },
};
