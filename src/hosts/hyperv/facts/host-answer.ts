/** What `host.ps1`, `directory.ps1` and `reach.ps1` answer. */

import { z } from 'zod';
import type { ReachFacts } from '../../../domain/hyperv.ts';
import { amount, readOf, texts } from './read.ts';

/** Empty and null alike mean that there is none. */
const name = z
  .string()
  .nullable()
  .transform((text) => text || undefined);

const migration = z.object({
  enabled: z.boolean(),
  authentication: z.enum(['CredSSP', 'Kerberos']),
  performance: readOf(z.enum(['TCPIP', 'Compression', 'SMB'])),
  movesMax: z.number(),
  storageMovesMax: z.number(),
  useAnyNetwork: z.boolean(),
  networks: z.array(z.object({ subnet: z.string(), priority: z.number().nullable() })),
});

export const slotsAnswer = z.object({
  migration: readOf(migration.pick({ movesMax: true, storageMovesMax: true })),
});

/** One that is not understood loses no other. */
const adapter = z.object({
  name: z.string(),
  card: readOf(
    z.object({
      up: z.boolean(),
      bitsPerSecond: amount,
      addresses: texts,
      hasDefaultGateway: z.boolean(),
      msClient: readOf(z.boolean()),
      msServer: readOf(z.boolean()),
      switch: name,
    }),
  ),
});

const virtualSwitch = z.object({
  name: z.string(),
  id: z.string(),
  type: z.enum(['External', 'Internal', 'Private']),
  uplinkUp: readOf(z.boolean()),
  extensions: readOf(z.array(z.object({ name: z.string(), enabled: z.boolean() }))),
  bandwidthMode: readOf(z.string()),
});

const cluster = z.object({
  name: z.string(),
  node: z.string(),
  nodes: z.array(z.object({ name: z.string(), state: z.string() })),
  sharedVolumes: texts,
  migrationNetworks: readOf(texts),
});

const volumes = z.array(
  z.object({
    path: z.string(),
    fileSystem: z.string(),
    bytesTotal: amount,
    bytesFree: amount,
  }),
);

export const volumesAnswer = z.object({ volumes });

export const hostAnswer = z.object({
  computerName: z.string(),
  fullName: z.string(),
  build: readOf(z.number()),
  language: readOf(z.string()),
  memory: readOf(z.object({ bytesTotal: amount, bytesFree: amount })),
  volumes: readOf(volumes),
  vmFolder: readOf(z.string()),
  role: readOf(z.object({ installed: z.boolean(), serviceRunning: z.boolean() })),
  domain: readOf(z.object({ joined: z.boolean(), name: z.string() })),
  processor: readOf(
    z.object({
      manufacturer: z.string(),
      name: z.string(),
      family: z.number(),
      revision: z.number(),
    }),
  ),
  logicalProcessors: readOf(z.number()),
  numa: readOf(
    z.object({
      spanning: z.boolean(),
      nodes: z.array(z.object({ processors: z.number(), memoryBytes: amount })),
    }),
  ),
  migration: readOf(migration),
  activeMoves: readOf(z.object({ moves: z.number(), storageMoves: z.number() })),
  credentialGuard: readOf(z.boolean()),
  account: readOf(
    z.object({
      name: z.string(),
      isAdministrator: z.boolean(),
      isHyperVAdministrator: z.boolean(),
      cannotBeDelegated: z.boolean(),
      isService: z.boolean(),
    }),
  ),
  adapters: readOf(z.array(adapter)),
  switches: readOf(z.array(virtualSwitch)),
  fileServer: readOf(z.object({ serviceRunning: z.boolean(), firewallOpen: z.boolean() })),
  supportedVersions: readOf(texts),
  fibreChannelSans: readOf(texts),
  guardians: readOf(texts),
  partitionableGpus: readOf(texts),
  plannedVms: readOf(texts),
  cluster: readOf(cluster.nullable()),
  defender: readOf(
    z.object({
      scansFilesInUse: z.boolean(),
      knowsRoles: z.boolean(),
      extensions: texts,
      programs: texts,
    }),
  ),
  dnsServers: readOf(texts),
  gateways: readOf(texts),
  moves: readOf(
    z.array(
      z.object({
        instanceId: z.string(),
        vmId: z.string(),
        migrationType: z.number(),
        jobState: z.number(),
        percent: z.number(),
        cancellable: z.boolean(),
      }),
    ),
  ),
});

export type HostAnswer = z.infer<typeof hostAnswer>;

export const directoryAnswer = z.object({
  trusted: readOf(texts),
  delegation: readOf(z.object({ allowedTo: texts, anyProtocol: z.boolean() })),
  sensitive: readOf(z.boolean()),
  domainControllers: readOf(texts),
});

export type DirectoryAnswer = z.infer<typeof directoryAnswer>;

export const reachAnswer: z.ZodType<ReachFacts> = z.object({
  host: z.string(),
  migrationPort: readOf(z.boolean()),
  smbPort: readOf(z.boolean()),
  managementPort: readOf(z.boolean()),
  adminShare: readOf(z.boolean()),
  shortName: readOf(texts),
  fullName: readOf(texts),
  media: readOf(texts),
});
