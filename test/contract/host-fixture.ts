/** What the contracts of a host need of a driver: two hosts, a VM, and what people and guests do there. */

import { expect } from '@jest/globals';
import type { Token } from '../../src/domain/journal.ts';
import type { VmFacts } from '../../src/domain/vm.ts';
import type { Host } from '../../src/hosts/host.ts';

export interface HostFixture extends AsyncDisposable {
  readonly source: Host;
  readonly target: Host;
  /** It runs on the source, with more than one disk. No operation has acted on it that a contract names. */
  readonly vmId: string;
  readonly vmName: string;
  /** Resolves when the guest wrote some more since the call. */
  guestWrites(): Promise<void>;
  /** A person shuts the guest down. */
  personStops(): Promise<void>;
  /** Someone else takes a checkpoint; the returned function removes it. */
  foreignCheckpoint(): Promise<() => Promise<void>>;
  /** One more VM on the source, off and without disks; the returned function removes it. */
  addVm(name: string): Promise<() => Promise<void>>;
  /** From now on no VM starts on the source; the returned function ends that. */
  startsFail(): Promise<() => Promise<void>>;
}

/** No VM's Id. */
export const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

let operations = 0;

/** Of an operation that has acted on no VM yet: a driver may keep its hosts from test to test. */
export function newToken(): Token {
  operations += 1;
  return { operation: `m${operations}`, epoch: 3 };
}

export const refused = (code: string) => expect.objectContaining({ name: 'Problem', code });

export async function seenOn(host: Host, vmId: string): Promise<VmFacts> {
  const vm = await host.vm(vmId);
  if (vm === undefined) throw new Error(`${host.name} has no such VM`);
  return vm;
}
