/** The copies on all hosts that answer. */

import type { FoundCopy } from '../../jobs/inspect.ts';
import { Problem } from '../domain/problem.ts';
import type { CopyRow, DeletionRequest, Proposed } from '../slack/ports.ts';
import type { KnownHost } from './hosts.ts';

export interface CopyLook {
  readonly hosts: () => Promise<readonly KnownHost[]>;
  /** A worker's own look at the copies on its host. */
  readonly copiesOn: (host: string) => Promise<readonly FoundCopy[]>;
  /** Operations that are not over. */
  readonly store: { open(): Promise<readonly string[]> };
}

/** A host that does not answer has none to show; `hosts` says that it is away. */
export async function copiesOf({ hosts, copiesOn, store }: CopyLook): Promise<readonly CopyRow[]> {
  const open = new Set(await store.open());
  const enrolled = (await hosts()).flatMap(({ name, party }) => (party ? [name] : []));
  const rows = await Promise.all(
    enrolled.map(async (host) => {
      const copies = await copiesOn(host).catch(unlessSilent);
      return copies.map((copy) => ({
        ...copy,
        host,
        kind: 'received' as const,
        inUse: open.has(copy.operation),
      }));
    }),
  );
  return rows.flat();
}

function unlessSilent(error: unknown): [] {
  if (error instanceof Problem) return [];
  throw error;
}

/** @throws {Problem} deletion-not-possible: until it is an operation with an approval of its own */
export async function proposeDeletion({ vm, host }: DeletionRequest): Promise<Proposed> {
  throw new Problem('deletion-not-possible', { vm, host });
}
