/** A worker's own look at its host, and at one VM, for the plan. It acts on nothing. */

import type { HostFacts } from '../src/domain/host.ts';
import type { VmFacts } from '../src/domain/vm.ts';
import { type InspectJob, type Queues, queueName, waitForResult } from './queues.ts';

export interface Inspection {
  readonly host: HostFacts;
  /** Absent when no such VM is registered on this host. */
  readonly vm?: VmFacts;
  /** Only where it was asked for. */
  readonly copies?: readonly FoundCopy[];
}

/** A committed copy, as its own folder describes it. */
export interface FoundCopy {
  readonly vm: { readonly id: string; readonly name: string };
  readonly operation: string;
  /** Milliseconds since 1970, the host's clock. */
  readonly committedAt: number;
  readonly bytes: number;
}

export interface InspectPorts {
  /** As this operation sees them: what it holds itself is not in its way. */
  readonly facts: (operation?: string) => Promise<HostFacts>;
  readonly findVm: (name: string) => Promise<VmFacts | undefined>;
  readonly vm: (vmId: string) => Promise<VmFacts | undefined>;
  readonly copies: (host: HostFacts) => Promise<readonly FoundCopy[]>;
}

export function inspectProcessor(ports: InspectPorts): (job: InspectJob) => Promise<Inspection> {
  return async ({ vm: name, vmId, operation, copies }) => {
    const host = await ports.facts(operation);
    const vm = name ? await ports.findVm(name) : vmId ? await ports.vm(vmId) : undefined;
    const found = copies ? { copies: await ports.copies(host) } : {};
    return { host, ...(vm ? { vm } : {}), ...found };
  };
}

const ANSWER_SECONDS = 10;

/** Asks a host's worker to look, and waits for its answer. @throws {Problem} worker-silent */
export async function inspect(
  queues: Queues,
  { host, ...of }: { host: string } & Omit<InspectJob, 'kind'>,
): Promise<Inspection> {
  const queue = queues.queue(queueName(host));
  const job = await queue.add('inspect', { kind: 'inspect', ...of });
  return (await waitForResult(queue, job, ANSWER_SECONDS)) as Inspection;
}
