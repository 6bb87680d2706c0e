/** A worker's own look at its host, and at one VM, for the plan. It acts on nothing. */

import type { HostFacts } from '../src/domain/host.ts';
import type { ReachFacts, Towards } from '../src/domain/hyperv.ts';
import type { VmFacts } from '../src/domain/vm.ts';
import type { KeptCopy } from '../src/migration/kept.ts';
import type { InspectJob } from './payloads.ts';
import { type Queues, queueName } from './queues.ts';
import { waitForResult } from './results.ts';

export interface Inspection {
  readonly host: HostFacts;
  /** Absent when no such VM is registered on this host. */
  readonly vm?: VmFacts;
  /** Only where it was asked for. */
  readonly copies?: readonly KeptCopy[];
}

/** The answer to a question about another host alone. */
export interface Reached {
  /** Absent from a host that has no network to look at. */
  readonly reach?: ReachFacts;
}

export interface InspectPorts {
  /** As this operation sees them: what it holds itself is not in its way. */
  readonly facts: (operation?: string) => Promise<HostFacts>;
  readonly findVm: (name: string) => Promise<VmFacts | undefined>;
  readonly vm: (vmId: string) => Promise<VmFacts | undefined>;
  readonly copies: () => Promise<readonly KeptCopy[]>;
  readonly reach?: (towards: Towards) => Promise<ReachFacts | undefined>;
}

export function inspectProcessor(
  ports: InspectPorts,
): (job: InspectJob) => Promise<Inspection | Reached> {
  return async ({ vm: name, vmId, operation, copies, towards }) => {
    if (towards) {
      const reach = await ports.reach?.(towards);
      return reach ? { reach } : {};
    }
    const host = await ports.facts(operation);
    const vm = name ? await ports.findVm(name) : vmId ? await ports.vm(vmId) : undefined;
    const found = copies ? { copies: await ports.copies() } : {};
    return { host, ...(vm ? { vm } : {}), ...found };
  };
}

/** PowerShell starts and reads all VMs: on a host that has much to do this takes its time. */
const ANSWER_SECONDS = 60;

/** Asks a host's worker to look, and waits for its answer. @throws {Problem} worker-silent */
export async function inspect(
  queues: Queues,
  { host, ...of }: { host: string } & Omit<InspectJob, 'kind' | 'towards'>,
): Promise<Inspection> {
  return (await asked(queues, host, of)) as Inspection;
}

/** Asks a host's worker how it sees another host. @throws {Problem} worker-silent */
export async function inspectTowards(
  queues: Queues,
  host: string,
  towards: Towards,
): Promise<ReachFacts | undefined> {
  return ((await asked(queues, host, { towards })) as Reached).reach;
}

async function asked(queues: Queues, host: string, of: Omit<InspectJob, 'kind'>): Promise<unknown> {
  const queue = queues.queue(queueName(host));
  const job = await queue.add({ kind: 'inspect', ...of });
  return await waitForResult(queue, job, ANSWER_SECONDS);
}
