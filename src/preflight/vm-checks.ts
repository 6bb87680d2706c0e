/** The checks of the VM itself and of the room for it (facts B9 to B11 and B25 to B62): inventory, then capacity. */

import type { Check } from './check.ts';
import { assignedDevice } from './checks/assigned-device.ts';
import { autoStart } from './checks/auto-start.ts';
import { checkpoints } from './checks/checkpoints.ts';
import { clusterRole } from './checks/cluster-role.ts';
import { configurationVersion } from './checks/configuration-version.ts';
import { dependencies } from './checks/dependencies.ts';
import { differencingDisk } from './checks/differencing-disk.ts';
import { diskFormat } from './checks/disk-format.ts';
import { diskPlace } from './checks/disk-place.ts';
import { diskSize } from './checks/disk-size.ts';
import { dvdMedia } from './checks/dvd-media.ts';
import { ferryMark } from './checks/ferry-mark.ts';
import { foreignCheckpoint } from './checks/foreign-checkpoint.ts';
import { freeSpace } from './checks/free-space.ts';
import { gpuPartition } from './checks/gpu-partition.ts';
import { macAddress } from './checks/mac-address.ts';
import { memory } from './checks/memory.ts';
import { numa } from './checks/numa.ts';
import { passThrough } from './checks/pass-through.ts';
import { processorCount } from './checks/processor-count.ts';
import { recoveryCheckpoint } from './checks/recovery-checkpoint.ts';
import { replication } from './checks/replication.ts';
import { sharedDisk } from './checks/shared-disk.ts';
import { shutdownService } from './checks/shutdown-service.ts';
import { slots } from './checks/slots.ts';
import { sourceSpace } from './checks/source-space.ts';
import { targetFiles } from './checks/target-files.ts';
import { targetPath } from './checks/target-path.ts';
import { unproven } from './checks/unproven.ts';
import { virtualTpm } from './checks/virtual-tpm.ts';
import { vmAtTarget } from './checks/vm-at-target.ts';
import { vmAtWork } from './checks/vm-at-work.ts';
import { vmState } from './checks/vm-state.ts';

export const INVENTORY_CHECKS: readonly Check[] = [
  vmState,
  vmAtWork,
  vmAtTarget,
  macAddress,
  ferryMark,
  clusterRole,
  foreignCheckpoint,
  checkpoints,
  recoveryCheckpoint,
  replication,
  diskFormat,
  diskPlace,
  passThrough,
  diskSize,
  differencingDisk,
  sharedDisk,
  dvdMedia,
  configurationVersion,
  virtualTpm,
  assignedDevice,
  gpuPartition,
  shutdownService,
  autoStart,
  dependencies,
  unproven,
];

export const CAPACITY_CHECKS: readonly Check[] = [
  freeSpace,
  sourceSpace,
  targetFiles,
  targetPath,
  memory,
  processorCount,
  numa,
  slots,
];
