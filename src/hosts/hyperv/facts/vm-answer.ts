/** What `vms.ps1` and `vm.ps1` answer: VMs in Windows' own terms. */

import { z } from 'zod';
import { amount, readOf, texts } from './read.ts';

const disk = z.object({
  id: z.string(),
  path: z.string(),
  passThrough: z.boolean(),
  shared: z.boolean(),
  place: z.enum(['local', 'share', 'cluster']),
  /** From the leaf to the base. */
  files: readOf(
    z.array(
      z.object({ path: z.string(), format: z.string(), virtualBytes: amount, fileBytes: amount }),
    ),
  ),
});

const adapter = z.object({
  name: z.string(),
  id: z.string(),
  mac: z.string(),
  dynamicMac: z.boolean(),
  switch: z
    .string()
    .nullable()
    .transform((text) => text || undefined),
  addresses: texts,
  vlan: readOf(
    z.object({
      mode: z.string(),
      access: z.number().exactOptional(),
      native: z.number().exactOptional(),
      allowed: z.string().exactOptional(),
    }),
  ),
  extendedAcls: readOf(z.number()),
  bandwidthMinimum: readOf(z.number()),
  bandwidthMaximum: readOf(z.number()),
  iovWeight: z.number(),
});

const vm = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  primaryStatus: z.string(),
  secondaryStatus: z.string(),
  generation: z.number().nullable(),
  version: readOf(z.string()),
  processorCount: z.number(),
  memory: z.object({
    dynamic: z.boolean(),
    startupBytes: amount,
    maximumBytes: amount,
    assignedBytes: amount,
  }),
  startAction: z.enum(['Nothing', 'StartIfRunning', 'Start']),
  stopAction: z.string(),
  notes: z.string(),
  heartbeat: z.string(),
  configurationPath: z.string(),
  disks: readOf(z.array(disk)),
  adapters: readOf(z.array(adapter)),
  checkpoints: readOf(
    z.array(
      z.object({ id: z.string(), name: z.string(), type: z.string(), automatic: z.boolean() }),
    ),
  ),
  dvdDrives: readOf(
    z.array(
      z.object({
        id: z.string(),
        media: z.enum(['None', 'ISO', 'PassThrough']),
        path: z.string(),
      }),
    ),
  ),
  fibreChannelSans: readOf(texts),
  processor: readOf(
    z.object({
      compatibleForMigration: z.boolean(),
      exposesVirtualization: z.boolean(),
      countPerNumaNodeMax: z.number(),
    }),
  ),
  security: readOf(z.object({ tpm: z.boolean(), shielded: z.boolean(), guardians: readOf(texts) })),
  assignedDevices: readOf(texts),
  gpuPartitions: readOf(z.array(z.object({ canLeave: readOf(z.boolean()) }))),
  replication: readOf(
    z
      .object({
        mode: z.string(),
        state: z.string(),
        primaryServer: z.string(),
        replicaServer: z.string(),
      })
      .nullable(),
  ),
  clusterRole: readOf(
    z.object({ group: z.string(), ownerNode: z.string(), possibleOwners: texts }).nullable(),
  ),
  services: readOf(z.object({ shutdown: z.boolean(), heartbeat: z.boolean() })),
});

export const vmsAnswer = z.object({ vms: z.array(vm) });

export type VmAnswer = z.infer<typeof vm>;
export type DiskAnswer = z.infer<typeof disk>;
export type AdapterAnswer = z.infer<typeof adapter>;
