/** What each kind of job carries, checked where it enters a queue and where it leaves one. */

import { z } from 'zod';
import { Problem } from '../src/domain/problem.ts';

/** Hosts that one examination is asked about. */
export const HOSTS_MAX = 64;

/** One step's move on the host that the queue belongs to. */
const stepJobSchema = z.object({
  kind: z.literal('step'),
  operation: z.string().min(1),
  step: z.string().min(1),
  move: z.enum(['run', 'undo', 'keepWarm']),
  attempt: z.int().min(1),
});

/**
 * The facts of the host, as one operation sees them where it is named; of one VM by its name or Id.
 * With `towards` nothing but how the host sees that other one. Whoever asked reads the job's result.
 */
const inspectJobSchema = z.object({
  kind: z.literal('inspect'),
  vm: z.string().min(1).optional(),
  vmId: z.string().min(1).optional(),
  operation: z.string().min(1).optional(),
  copies: z.literal(true).optional(),
  towards: z
    .object({
      host: z.string().min(1),
      shortName: z.string().min(1),
      fullName: z.string().min(1),
      address: z.string().min(1),
    })
    .optional(),
});

/** The bot looks whether it owes this operation an entry. */
const dutyJobSchema = z.object({
  kind: z.literal('duty'),
  operation: z.string().min(1),
});

/** The worker's account of itself, and whether it reaches these hosts. */
const examineJobSchema = z.object({
  kind: z.literal('examine'),
  others: z.array(z.string().min(1)).max(HOSTS_MAX),
});

/** This host takes bytes from the source for a moment, to see what the link carries. */
const measureJobSchema = z.object({
  kind: z.literal('measure'),
  source: z.string().min(1),
});

const jobSchema = z.discriminatedUnion('kind', [
  stepJobSchema,
  inspectJobSchema,
  dutyJobSchema,
  examineJobSchema,
  measureJobSchema,
]);

export type StepJob = z.infer<typeof stepJobSchema>;
export type InspectJob = z.infer<typeof inspectJobSchema>;
export type JobPayload = z.infer<typeof jobSchema>;

/** @throws {Problem} `job-payload-invalid`, also from a worker of a version before this kind */
export function jobPayload(payload: unknown): JobPayload {
  const parsed = jobSchema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw new Problem('job-payload-invalid', { reason: z.prettifyError(parsed.error) });
}
