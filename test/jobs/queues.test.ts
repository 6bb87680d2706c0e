import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openBull } from '../../jobs/bull.ts';
import type { JobPayload, StepJob } from '../../jobs/payloads.ts';
import { connectQueues, type Processor, type Queues, queueName } from '../../jobs/queues.ts';
import { waitForResult } from '../../jobs/results.ts';
import { Problem } from '../../src/domain/problem.ts';
import {
  dropNamespace,
  freshNamespace,
  type StoreProcess,
  startStoreProcess,
  storeUrl,
} from '../store/server.ts';
import { until } from '../until.ts';

const HOST = queueName('hv-a');
const ANSWER_SECONDS = 20;
const step = (operation: string): StepJob => ({
  kind: 'step',
  operation,
  step: 'copyWholeDisks',
  move: 'run',
  attempt: 1,
});

function queuesContract(name: string, url: string): void {
  describe(`queues on ${name}`, () => {
    const namespace = freshNamespace();
    let queues: Queues;
    let errors: unknown[] = [];

    afterEach(async () => {
      await queues.close();
      errors = [];
    });
    afterAll(() => dropNamespace(url, namespace));

    /** A queue of its own for each test. */
    let tests = 0;
    async function open(processor?: Processor, concurrency = 1) {
      tests += 1;
      const host = queueName(`hv-${tests}`);
      queues = await connectQueues(url, { namespace, onError: (e) => errors.push(e) });
      if (processor) await queues.worker(host, processor, { concurrency });
      return queues.queue(host);
    }

    it('bring an inspection to the host and its result back', async () => {
      const queue = await open(async (payload) => ({ looked: payload }));
      const job = await queue.add({ kind: 'inspect', vm: 'dc02 "quoted"' });
      expect(await waitForResult(queue, job, ANSWER_SECONDS)).toEqual({
        looked: { kind: 'inspect', vm: 'dc02 "quoted"' },
      });
    });

    it('bring back what it failed with: a problem with its facts, or a bug', async () => {
      const queue = await open(async (payload) => {
        if (payload.kind === 'inspect' && payload.vm) {
          throw new Problem('vm-unknown', { vm: payload.vm, hosts: ['hv-a'], tried: 2, far: true });
        }
        throw new TypeError('oops');
      });
      const ask = async (payload: JobPayload) =>
        waitForResult(queue, await queue.add(payload), ANSWER_SECONDS);
      await expect(ask({ kind: 'inspect', vm: 'dc02' })).rejects.toMatchObject({
        code: 'vm-unknown',
        facts: { vm: 'dc02', hosts: ['hv-a'], tried: 2, far: true },
      });
      await expect(ask({ kind: 'inspect' })).rejects.toMatchObject({
        code: 'bug',
        facts: { message: 'oops' },
      });
      expect(errors).toHaveLength(2);
    });

    it('refuse a payload that is none, at both ends', async () => {
      const seen: JobPayload[] = [];
      const queue = await open(async (payload) => {
        seen.push(payload);
      });
      const invalid = [{ kind: 'step', operation: 'm1' }, { kind: 'other' }, {}] as JobPayload[];
      for (const payload of invalid) {
        await expect(queue.add(payload)).rejects.toMatchObject({
          code: 'job-payload-invalid',
        });
        // Another version of Ferry might have put it there.
        const raw = (await openBull(url, namespace, new AbortController().signal)).queue(
          queue.name,
        );
        const { id = '' } = await raw.add('inspect', payload, { removeOnFail: false });
        await expect(waitForResult(queue, { id }, ANSWER_SECONDS)).rejects.toMatchObject({
          code: 'job-payload-invalid',
        });
        await raw.close();
      }
      expect(seen).toEqual([]);
    });

    it('say that a worker is silent, and withdraw the question', async () => {
      const queue = await open();
      const job = await queue.add({ kind: 'inspect' });
      await expect(waitForResult(queue, job, 0.2)).rejects.toMatchObject({
        code: 'worker-silent',
        facts: { queue: queue.name, timeoutSeconds: 0.2 },
      });
      expect(await queue.get(job.id)).toBeUndefined();
    });

    it('hold a step once while its job waits, and take it again when that has ended', async () => {
      const done: string[] = [];
      const queue = await open();
      const jobId = 'm1.copyWholeDisks.1';
      for (let copy = 0; copy < 3; copy += 1) await queue.add(step('m1'), { jobId });
      await queues.worker(
        queue.name,
        async (payload) => {
          done.push(payload.kind === 'step' ? payload.operation : payload.kind);
          if (done.length === 2) throw new Error('cut short');
        },
        { concurrency: 2 },
      );
      for (let round = 1; round <= 3; round += 1) {
        await until(() => done.length >= round);
        await expect(goneAfter(() => queue.get(jobId))).resolves.toBeUndefined();
        expect(done).toHaveLength(round);
        if (round < 3) await queue.add(step('m1'), { jobId });
      }
    });

    it('run each job once, and no more at a time than the host has slots', async () => {
      let running = 0;
      let most = 0;
      const done: string[] = [];
      const full = Promise.withResolvers<void>();
      const queue = await open(async (payload) => {
        running += 1;
        most = Math.max(most, running);
        if (running === 3) full.resolve();
        await full.promise;
        // Time enough for a fourth to come, if it could.
        await pause(20);
        running -= 1;
        if (payload.kind === 'step') done.push(payload.operation);
      }, 3);
      const operations = Array.from({ length: 12 }, (_, index) => `m${index}`);
      await Promise.all(
        operations.map((operation) => queue.add(step(operation), { jobId: operation })),
      );
      await until(() => done.length >= operations.length);
      expect(done.toSorted()).toEqual(operations.toSorted());
      expect(most).toBe(3);
    });

    it('let a running job end when they are closed', async () => {
      const events: string[] = [];
      const queue = await open(async () => {
        events.push('started');
        await pause(300);
        events.push('ended');
      });
      await queue.add(step('m1'));
      await until(() => events.length > 0);
      await queues.close();
      expect(events).toEqual(['started', 'ended']);
    });

    it('take no job id that BullMQ does not', async () => {
      const queue = await open();
      await expect(queue.add(step('m1'), { jobId: 'a:b' })).rejects.toThrow('a:b');
    });
  });
}

async function goneAfter<T>(get: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let attempt = 1; attempt < 200; attempt += 1) {
    if ((await get()) === undefined) return undefined;
    await pause(10);
  }
  return get();
}

describe('queues while the store is away', () => {
  let server: StoreProcess;
  beforeAll(async () => {
    server = await startStoreProcess();
  });
  afterAll(() => server?.stop());

  it('say so without the password, and work again when it is back', async () => {
    const done: string[] = [];
    await using queues = await connectQueues(server.url);
    const queue = queues.queue(HOST);
    const worked = async (payload: JobPayload) => {
      if (payload.kind === 'step') done.push(payload.operation);
    };
    await queues.worker(HOST, worked, { concurrency: 1 });
    await queue.add(step('m1'), { jobId: 'm1' });
    await until(() => done.length === 1);
    await server.kill();
    const away = { code: 'store-unreachable' };
    const { password } = new URL(server.url);
    const error = await queue.add(step('m2'), { jobId: 'm2' }).catch((e: unknown) => e);
    expect(error).toMatchObject(away);
    expect(String(error)).not.toContain(password);
    // A queue that was not used before finds it away too, and must not remember that.
    const other = queues.queue('host-other');
    await expect(other.add(step('m3'))).rejects.toMatchObject(away);
    await expect(connectQueues(server.url)).rejects.toMatchObject(away);
    await server.restart();
    await queue.add(step('m2'), { jobId: 'm2' });
    await until(() => done.includes('m2'));
    await other.add(step('m3'), { jobId: 'm3' });
    expect(await other.get('m3')).toBeDefined();
  });

  it('can be closed', async () => {
    const queues = await connectQueues(server.url);
    await queues.worker(HOST, async () => undefined, { concurrency: 1 });
    await queues.queue(HOST).add(step('m1'));
    await server.kill();
    await queues.close();
  });
});

queuesContract('the embedded PGlite', storeUrl());

const server = process.env.STORE_URL;
if (server) {
  queuesContract(new URL(server).protocol, server);
} else {
  it('not run here: queues on Redis or PostgreSQL, because STORE_URL is not set', () => {
    expect((process.env.FERRY_REQUIRE ?? '').includes('store-url')).toBe(false);
  });
}
