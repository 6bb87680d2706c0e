/** Takes back what `enroll` gave: the bot's word that a key is a host's. */

import { Problem } from '../domain/problem.ts';
import { isOver, type OperationView } from '../slack/operation-view.ts';
import type { Records } from '../store/store.ts';
import type { KnownHost } from './hosts.ts';
import { enrolledHost } from './looks.ts';

const OPERATIONS_NAMED_MAX = 10;

export interface Unenrolling {
  readonly records: Pick<Records, 'remove'>;
  readonly hosts: () => Promise<KnownHost[]>;
  readonly openViews: () => Promise<readonly OperationView[]>;
}

/**
 * The host's name as it was enrolled. What is only left to be cleaned up holds nothing back: a host
 * that is gone for ever never does it.
 * @throws {Problem} host-unknown | host-not-enrolled | unenroll-busy {host, operations}
 */
export async function mayUnenroll(from: Unenrolling, wanted: string): Promise<string> {
  const hosts = await from.hosts();
  const named = hosts.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  // An enrolment that is not believed can be taken away as well.
  const found = named.find(({ party, problem }) => party ?? problem);
  const { name: host } = found ?? enrolledHost(hosts, wanted);
  const open = (await from.openViews()).filter((view) => !isOver(view));
  const operations = open
    .filter(({ plan }) => plan.source === host || plan.target === host)
    .map(({ operation }) => operation);
  if (operations.length === 0) return host;
  throw new Problem('unenroll-busy', {
    host,
    operations: operations.slice(0, OPERATIONS_NAMED_MAX),
  });
}

/** @throws {Problem} as `mayUnenroll` */
export async function unenrolHost(from: Unenrolling, wanted: string): Promise<void> {
  const host = await mayUnenroll(from, wanted);
  await from.records.remove(`enrolments/${host}`);
}
