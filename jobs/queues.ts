/**
 * The queues: names, connection, and the payload of each kind of job. BullMQ brings waiting,
 * concurrency and delays; correctness comes from the journal. A job may come twice, late or never.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { type JobsOptions, UnrecoverableError } from 'bullmq';
import { z } from 'zod';
import { Problem, toProblemRecord } from '../src/domain/problem.ts';
import {
  type BullEnd,
  type BullJob,
  type BullQueue,
  openBull,
  type Reach,
  reaching,
  shut,
  type WorkerOptions,
} from './bull.ts';

/** Hosts that one examination is asked about. */
export const HOSTS_MAX = 64;

/** One step's move on the host that the queue belongs to. */
export const stepJobSchema = z.object({
  kind: z.literal('step'),
  operation: z.string().min(1),
  step: z.string().min(1),
  move: z.enum(['run', 'undo', 'keepWarm']),
  attempt: z.int().min(1),
});

/**
 * The facts of the host, as one operation sees them where it is named; of one VM by its name or Id.
 * Whoever asked reads the job's result.
 */
export const inspectJobSchema = z.object({
  kind: z.literal('inspect'),
  vm: z.string().min(1).optional(),
  vmId: z.string().min(1).optional(),
  operation: z.string().min(1).optional(),
  copies: z.literal(true).optional(),
});

/** The bot looks whether it owes this operation an entry. */
export const dutyJobSchema = z.object({
  kind: z.literal('duty'),
  operation: z.string().min(1),
});

/** The worker's account of itself, and whether it reaches these hosts. */
const examineJobSchema = z.object({
  kind: z.literal('examine'),
  others: z.array(z.string().min(1)).max(HOSTS_MAX),
});

/** This host takes bytes from the source for a moment, to see what the link carries. */
export const measureJobSchema = z.object({
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
const problemSchema = z.object({
  code: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
});

export type StepJob = z.infer<typeof stepJobSchema>;
export type InspectJob = z.infer<typeof inspectJobSchema>;
export type DutyJob = z.infer<typeof dutyJobSchema>;
export type JobPayload = z.infer<typeof jobSchema>;

export const BOT_QUEUE = 'bot';
export const queueName = (host: string): string => `host-${host}`;

const POLL_MILLISECONDS = { first: 25, factor: 1.5, max: 200 } as const;

/** What stays of a job that has ended: of a step nothing, so that its id is free at once. */
const KEPT: Readonly<Record<JobPayload['kind'], JobsOptions>> = {
  step: { removeOnComplete: true, removeOnFail: true },
  duty: { removeOnComplete: true, removeOnFail: true },
  inspect: { removeOnComplete: { age: 60, count: 100 }, removeOnFail: { age: 60, count: 100 } },
  examine: { removeOnComplete: { age: 60, count: 100 }, removeOnFail: { age: 60, count: 100 } },
  measure: { removeOnComplete: { age: 60, count: 100 }, removeOnFail: { age: 60, count: 100 } },
};

export interface JobQueue {
  readonly name: string;
  /**
   * Adds nothing when a job of this id is still there. After `store-unreachable` it may have been
   * added: add it again with the same id.
   * @throws Problem `job-payload-invalid`, `store-unreachable`.
   */
  add(
    kind: JobPayload['kind'],
    payload: JobPayload,
    options?: JobsOptions,
  ): Promise<{ readonly id: string }>;
  /** Undefined when it is no longer kept. */
  get(id: string): Promise<BullJob | undefined>;
}

/** What it throws becomes the job's failure; a Problem keeps its code and facts. */
export type Processor = (payload: JobPayload) => Promise<unknown>;

export interface Queues extends AsyncDisposable {
  queue(name: string): JobQueue;
  /**
   * Works until `close`, and comes back by itself when the store was away.
   * @throws Problem `store-unreachable` when the store is away at the start.
   */
  worker(name: string, processor: Processor, options: WorkerOptions): Promise<void>;
  /** Lets running jobs end for 10 s, then leaves them: another worker finds them stalled. */
  close(): Promise<void>;
}

export interface QueuesOptions {
  /** Part of the Redis keys or of the PostgreSQL schema's name. */
  readonly namespace?: string;
  /** Lost connections and failed jobs, for the log. */
  readonly onError?: (error: unknown) => void;
}

/**
 * @param url `redis://…` or `postgres://…`, as for the store.
 * @throws Problem `store-unreachable`.
 */
export async function connectQueues(url: string, options: QueuesOptions = {}): Promise<Queues> {
  const { namespace = 'ferry', onError = () => undefined } = options;
  const reach = reaching(url);
  const closing = new AbortController();
  const bull = await reach(() => openBull(url, namespace, closing.signal));
  const queues = new Map<string, JobQueue>();
  const opened = new Set<BullEnd>();

  /** BullMQ never forgets that a first connection failed: such an end is thrown away. */
  async function ready<T extends BullEnd>(end: T): Promise<T> {
    end.on('error', onError);
    opened.add(end);
    try {
      await reach(() => end.waitUntilReady());
      return end;
    } catch (error) {
      opened.delete(end);
      await shut(end, { force: true, onError });
      throw error;
    }
  }

  const close = async () => {
    closing.abort();
    const force = await bull.isAway();
    await Promise.all([...opened].map((end) => shut(end, { force, onError })));
    opened.clear();
  };
  return {
    queue(name) {
      const queue = queues.get(name) ?? jobQueue(name, () => ready(bull.queue(name)), reach);
      queues.set(name, queue);
      return queue;
    },
    async worker(name, processor, workerOptions) {
      const process = processing(processor, onError);
      const worker = await ready(bull.worker(name, process, workerOptions));
      worker.run().catch(onError);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function jobQueue(name: string, open: () => Promise<BullQueue>, reach: Reach): JobQueue {
  let opening: Promise<BullQueue> | undefined;

  const opened = (): Promise<BullQueue> => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };

  return {
    name,
    async add(kind, payload, options = {}) {
      const checked = jobPayload(payload);
      if (options.jobId?.includes(':')) throw new Error(`A job id holds ":": ${options.jobId}`);
      const queue = await opened();
      const kept = KEPT[checked.kind];
      const { id = '' } = await reach(() => queue.add(kind, checked, { ...kept, ...options }));
      return { id };
    },
    async get(id) {
      const queue = await opened();
      return reach(() => queue.getJob(id));
    },
  };
}

function jobPayload(payload: unknown): JobPayload {
  const parsed = jobSchema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw new Problem('job-payload-invalid', { reason: z.prettifyError(parsed.error) });
}

/** A failure travels as the text of the error that BullMQ keeps; it is not tried again by BullMQ. */
function processing(processor: Processor, onError: (error: unknown) => void) {
  return async ({ data }: { readonly data: unknown }): Promise<unknown> => {
    try {
      return await processor(jobPayload(data));
    } catch (error) {
      onError(error);
      throw new UnrecoverableError(JSON.stringify(toProblemRecord(error)));
    }
  };
}

/**
 * The result of a job, by looking again and again: events can be lost. A job that nobody took in
 * time is withdrawn.
 * @throws Problem `worker-silent`, `store-unreachable`, or what the job failed with.
 */
export async function waitForResult(
  queue: JobQueue,
  { id }: { readonly id: string },
  timeoutSeconds: number,
): Promise<unknown> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  let pauseMilliseconds: number = POLL_MILLISECONDS.first;
  let job = await queue.get(id);
  while (job !== undefined && job.finishedOn === undefined && performance.now() < deadline) {
    await sleep(pauseMilliseconds);
    pauseMilliseconds = Math.min(
      pauseMilliseconds * POLL_MILLISECONDS.factor,
      POLL_MILLISECONDS.max,
    );
    job = await queue.get(id);
  }
  if (job?.finishedOn === undefined) {
    // One that runs just now cannot be removed, and ends unread.
    await job?.remove().catch(() => undefined);
    throw new Problem('worker-silent', { queue: queue.name, timeoutSeconds });
  }
  if (job.failedReason) throw failureOf(job.failedReason);
  return job.returnvalue;
}

function failureOf(reason: string): Error {
  try {
    const { code, facts } = problemSchema.parse(JSON.parse(reason));
    return new Problem(code, facts);
  } catch (cause) {
    // BullMQ's own words, for example that the job stalled.
    return new Problem('bug', { message: reason }, { cause });
  }
}
