/** What the scripts of a live move answer. */

import { z } from 'zod';
import type { Read } from '../../../domain/hyperv.ts';

const read = <T>(value: z.ZodType<T>): z.ZodType<Read<T>> =>
  z.union([
    z.object({ value }),
    z.object({ unread: z.string() }),
    z.object({ lacks: z.literal(true) }),
  ]);

/** `Msvm_MigrationJob`, numbers as in facts A.12. */
const jobSchema = z.object({
  instanceId: z.string(),
  target: z.string(),
  migrationType: z.number(),
  jobType: z.number(),
  jobState: z.number(),
  percent: z.number(),
  cancellable: z.boolean(),
  errorCode: z.number(),
  error: z.string(),
});
export type MoveJob = z.infer<typeof jobSchema>;

const roleSchema = z.object({ owner: z.string(), state: z.string(), migrationState: z.number() });
export type Role = z.infer<typeof roleSchema>;

/** A VM as one host has it registered. */
const vmSchema = z.object({ state: z.string(), disks: z.array(z.string()) });

/** What one host knows of a VM around a move. */
export const viewSchema = z.object({
  vm: read(vmSchema.nullable()),
  planned: read(z.boolean()),
  jobs: read(z.array(jobSchema)),
  unreadable: read(z.array(z.string())),
  files: read(z.array(z.string())),
  role: read(roleSchema),
});
export type View = z.infer<typeof viewSchema>;

export const movesSchema = z.object({
  jobs: z.array(jobSchema),
  /** `SecondaryOperationalStatus`; null where the VM is gone. */
  status: read(z.string().nullable()),
  role: read(roleSchema),
});
export type Moves = z.infer<typeof movesSchema>;

export const cancelSchema = z.object({ asked: z.boolean(), code: z.number() });

export const comparedSchema = z.object({
  objections: z.array(z.object({ id: z.number(), source: z.string(), message: z.string() })),
  left: z.boolean(),
});

export const carriedSchema = z.object({
  dvdDrives: z.array(z.object({ drive: z.string(), path: z.string() })),
  adapters: z.array(
    z.object({ mac: z.string(), settings: z.record(z.string(), z.unknown()).transform(asText) }),
  ),
});

export const notCarriedSchema = z.object({
  media: z.array(z.string()),
  adapters: z.array(z.string()),
});

function asText(settings: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(settings);
}
