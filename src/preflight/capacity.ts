/** What a VM needs of a host, counted in one place for the checks and the plan. */

import type { HostFacts, VolumeFacts } from '../domain/host.ts';
import { volumeOfPath } from '../domain/paths.ts';
import type { VmFacts } from '../domain/vm.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Disks grow while they are copied: a tenth is kept free for that. */
export const growthFactor = 1.1;

/** The volume on which the target puts VMs. */
export const volumeOf = (host: HostFacts): VolumeFacts | undefined =>
  host.volumes.find((volume) => volume.path.toLowerCase() === host.vmVolume.toLowerCase());

/** Bytes on this volume of copies that people may have deleted. */
export const bytesKept = ({ kept = [], volumes }: HostFacts, volume: VolumeFacts): number =>
  kept
    .filter(({ usedBy, folder }) => !usedBy && volumeOfPath(volumes, folder)?.path === volume.path)
    .reduce((sum, { bytes }) => sum + bytes, 0);

/** Bytes of all files of all chains. */
export const bytesOfFiles = (vm: VmFacts): number =>
  vm.disks.reduce((sum, disk) => sum + disk.fileBytes, 0);

/** Bytes that the disks hold at most. */
export const bytesVirtual = (vm: VmFacts): number =>
  vm.disks.reduce((sum, disk) => sum + disk.virtualBytes, 0);

/**
 * Memory bytes that a host gives to run the VM. A running dynamic VM needs what it is assigned now,
 * and at a start at least its startup memory; the overhead is 32 MiB and 8 MiB for each GiB over one.
 */
export function bytesOfMemory(vm: VmFacts): number {
  const bytes = Math.max(vm.memoryAssignedBytes, vm.memoryStartupBytes);
  const gibOverOne = Math.max(0, Math.ceil(bytes / GIB) - 1);
  return bytes + 32 * MIB + gibOverOne * 8 * MIB;
}
