/** The copies on all hosts that answer, and the operation that deletes those of one VM. */

import type { Finding } from '../domain/finding.ts';
import type { OpenedDeletion, Party } from '../domain/journal.ts';
import { type DeletionPlan, type PlannedCopy, planHash } from '../domain/plan.ts';
import { Problem } from '../domain/problem.ts';
import type { KeptCopy } from '../migration/kept.ts';
import type { DeletionRequest, Proposed } from '../slack/ports.ts';
import type { CopyRow } from '../slack/rows.ts';
import { enrolledHost, lookEverywhere } from './looks.ts';
import { openOperation, type Proposing } from './propose.ts';

export interface CopyLook extends Proposing {
  /** A worker's own look at the copies on its host. */
  readonly copiesOn: (host: string) => Promise<readonly KeptCopy[]>;
}

/** A host that does not answer has none to show; `hosts` says that it is away. */
export async function copiesOf(from: Pick<CopyLook, 'hosts' | 'copiesOn'>): Promise<CopyRow[]> {
  const enrolled = (await from.hosts()).flatMap(({ name, party }) => (party ? [name] : []));
  const rows = await Promise.all(
    enrolled.map(async (host): Promise<CopyRow[]> => {
      const copies = await from.copiesOn(host).catch(unlessSilent);
      return copies.map(({ usedBy, about: _, ...copy }) => {
        return { ...copy, host, inUse: usedBy !== undefined };
      });
    }),
  );
  return rows.flat();
}

function unlessSilent(error: unknown): [] {
  if (error instanceof Problem) return [];
  throw error;
}

/**
 * Asks people whether the copies of a VM on one host may go. The worker looks again before it acts.
 * @throws {Problem} host-unknown | host-not-enrolled | worker-silent | copy-unknown |
 * copies-of-several-vms | copy-in-use | vm-claimed
 */
export async function proposeDeletion(
  from: CopyLook,
  { vm: name, host, user, channel }: DeletionRequest,
): Promise<Proposed> {
  const party = enrolledHost(await from.hosts(), host);
  const copies = await copiesOfVm(from, { vm: name, host: party.name });
  const [first] = copies;
  if (!first) throw new Problem('copy-unknown', { vm: name, host: party.name });
  const { vm } = first;
  const findings = await findingsFor(from, copies, party.name);
  const plan: DeletionPlan = {
    vm,
    source: party.name,
    target: party.name,
    method: 'delete',
    copies: copies.map(planned),
    acknowledged: findings.map(({ code }) => code),
  };
  const operation = await openOperation(from, openedFor(from, plan, { party, user, channel }), {
    findings,
  });
  return { operation };
}

async function copiesOfVm(
  from: CopyLook,
  { vm, host }: { vm: string; host: string },
): Promise<readonly KeptCopy[]> {
  const all = await from.copiesOn(host);
  const copies = all.filter((copy) => copy.vm.name.toLowerCase() === vm.toLowerCase());
  if (new Set(copies.map((copy) => copy.vm.id)).size > 1) {
    const folders = copies.map(({ folder }) => folder);
    throw new Problem('copies-of-several-vms', { vm, host, folders });
  }
  const used = copies.find(({ usedBy }) => usedBy !== undefined);
  if (!used?.usedBy) return copies;
  throw new Problem('copy-in-use', { vm, host, folder: used.folder, by: used.usedBy });
}

const planned = ({ folder, operation, round, committedAt, bytes }: KeptCopy): PlannedCopy => {
  return { folder, operation, round, committedAt, bytes };
};

/** What people must know before it goes: that it may be all that is left, or is meant to be kept. */
async function findingsFor(
  from: CopyLook,
  copies: readonly KeptCopy[],
  host: string,
): Promise<readonly Finding[]> {
  const [{ vm } = { vm: { id: '', name: '' } }] = copies;
  return [...(await onlyOne(from, vm)), ...keptStill(copies, host, await from.store.now())];
}

function keptStill(copies: readonly KeptCopy[], host: string, now: number): Finding[] {
  return copies.flatMap(({ vm, keptUntil = 0 }): Finding[] => {
    const seconds = Math.ceil((keptUntil - now) / 1000);
    if (seconds <= 0) return [];
    const facts = { vm: vm.name, host, seconds };
    return [{ check: 'copies', severity: 'warning', code: 'copy-kept-still', facts }];
  });
}

async function onlyOne(from: CopyLook, vm: DeletionPlan['vm']): Promise<Finding[]> {
  const looks = await lookEverywhere(from, await from.hosts(), vm.name);
  const isSomewhere = looks.some(({ inspected }) => inspected?.vm?.id === vm.id);
  if (isSomewhere) return [];
  const facts = { vm: vm.name };
  return [{ check: 'copies', severity: 'warning', code: 'copy-only-one', facts }];
}

/** One host alone acts, so it is both parties. */
function openedFor(
  { identity, approversNeeded, twoPersons }: CopyLook,
  plan: DeletionPlan,
  { party, user, channel }: { party: Party; user: string; channel: string },
): OpenedDeletion {
  return {
    kind: 'opened',
    operation: 'deletion',
    list: 'delete@1',
    plan,
    planHash: planHash(plan),
    requestedBy: user,
    approversNeeded,
    twoPersons,
    parties: { bot: { name: 'bot', publicKey: identity.publicKey }, source: party, target: party },
    channel,
  };
}
