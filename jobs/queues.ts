/**
 * The queues: their names and their connection. BullMQ brings waiting, concurrency and delays;
 * correctness comes from the journal. A job may come twice, late or never.
 */

import type { JobsOptions } from 'bullmq';
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
import { type JobPayload, jobPayload } from './payloads.ts';
import { failed } from './results.ts';

export const BOT_QUEUE = 'bot';
export const queueName = (host: string): string => `host-${host}`;

const FORGOTTEN: JobsOptions = { removeOnComplete: true, removeOnFail: true };
/** Long enough for whoever asked to read it. */
const READABLE: JobsOptions = {
  removeOnComplete: { age: 60, count: 100 },
  removeOnFail: { age: 60, count: 100 },
};

/** What stays of a job that has ended: of a step nothing, so that its id is free at once. */
const KEPT: Readonly<Record<JobPayload['kind'], JobsOptions>> = {
  step: FORGOTTEN,
  duty: FORGOTTEN,
  inspect: READABLE,
  examine: READABLE,
  measure: READABLE,
};

export interface JobQueue {
  readonly name: string;
  /**
   * Adds nothing when a job of this id is still there. After `store-unreachable` it may have been
   * added: add it again with the same id.
   * @throws Problem `job-payload-invalid`, `store-unreachable`.
   */
  add(payload: JobPayload, options?: JobsOptions): Promise<{ readonly id: string }>;
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
    async add(payload, options = {}) {
      const checked = jobPayload(payload);
      if (options.jobId?.includes(':')) throw new Error(`A job id holds ":": ${options.jobId}`);
      const queue = await opened();
      const { kind } = checked;
      const kept = { ...KEPT[kind], ...options };
      const { id = '' } = await reach(() => queue.add(kind, checked, kept));
      return { id };
    },
    async get(id) {
      const queue = await opened();
      return reach(() => queue.getJob(id));
    },
  };
}

function processing(processor: Processor, onError: (error: unknown) => void) {
  return async ({ data }: { readonly data: unknown }): Promise<unknown> => {
    try {
      return await processor(jobPayload(data));
    } catch (error) {
      onError(error);
      throw failed(error);
    }
  };
}
