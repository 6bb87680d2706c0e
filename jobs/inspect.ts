/** A worker's own look at its host, and at one VM by name, for the plan. It acts on nothing. */

import type { HostFacts } from '../src/domain/host.ts';
import type { VmFacts } from '../src/domain/vm.ts';
import { type InspectJob, type Queues, queueName, waitForResult } from './queues.ts';

export interface Inspection {
  readonly host: HostFacts;
  /** Absent when no VM of that name is registered on this host. */
  readonly vm?: VmFacts;
}

export interface InspectPorts {
  readonly facts: () => Promise<HostFacts>;
  readonly findVm: (name: string) => Promise<VmFacts | undefined>;
}

export function inspectProcessor(ports: InspectPorts): (job: InspectJob) => Promise<Inspection> {
  return async ({ vm: name }) => {
    const host = await ports.facts();
    const vm = name ? await ports.findVm(name) : undefined;
    return { host, ...(vm ? { vm } : {}) };
  };
}

const ANSWER_SECONDS = 10;

/** Asks a host's worker to look, and waits for its answer. @throws {Problem} worker-silent */
export async function inspect(
  queues: Queues,
  { host, vm }: { host: string; vm?: string },
): Promise<Inspection> {
  const queue = queues.queue(queueName(host));
  const job = await queue.add('inspect', { kind: 'inspect', ...(vm ? { vm } : {}) });
  return (await waitForResult(queue, job, ANSWER_SECONDS)) as Inspection;
}
