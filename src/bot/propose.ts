/** From a person's wish to an opened operation: look at the hosts, check, plan, sign. */

import type { Finding } from '../domain/finding.ts';
import type { Opened, OpenedMigration } from '../domain/journal.ts';
import { type Plan, planHash } from '../domain/plan.ts';
import { Problem } from '../domain/problem.ts';
import { claimsOf } from '../migration/claims.ts';
import type { Estimate } from '../slack/operation-view.ts';
import type { Proposed, ProposeRequest } from '../slack/ports.ts';
import type { JournalStore, Records } from '../store/store.ts';
import type { Identity } from '../trust/identity.ts';
import type { Memory } from '../trust/memory.ts';
import { appendSigned } from '../worker/journal.ts';
import { keepEstimate } from './estimate.ts';
import { keepFindings } from './findings.ts';
import { enrolledHost, type Source } from './looks.ts';
import { type Preparing, prepare } from './prepare.ts';

/** A store that was set back gives numbers again; so many are passed over in one request. */
const NAMES_MAX = 1000;

export interface Proposing extends Preparing {
  readonly store: JournalStore;
  readonly records: Records;
  readonly identity: Identity;
  /** What the bot has seen of operations, whatever the store says now. */
  readonly memory: Pick<Memory, 'operations' | 'seen'>;
  readonly approversNeeded: number;
  readonly twoPersons: boolean;
}

/** Opens the operation with its claim, or says why not. `check` throws where the VM is not meant. */
export async function propose(
  from: Proposing,
  request: ProposeRequest,
  check?: (source: Source) => void,
): Promise<Proposed> {
  const { source, target, findings, claimed, plan, estimate } = await prepare(from, request, check);
  if (claimed) throw new Problem(claimed.code, claimed.facts);
  if (!plan) return { refused: findings };
  const opened = migrationOpened(from, plan, { ...request, parties: { source, target } });
  const beside = { findings, ...(estimate ? { estimate } : {}) };
  return { operation: await openOperation(from, opened, beside) };
}

/** The first entry of a migration by this plan. */
export function migrationOpened(
  from: Pick<Proposing, 'identity' | 'approversNeeded' | 'twoPersons'>,
  plan: Plan,
  {
    user,
    channel,
    parties,
  }: {
    readonly user: string;
    readonly channel: string;
    readonly parties: Pick<OpenedMigration['parties'], 'source' | 'target'>;
  },
): OpenedMigration {
  return {
    kind: 'opened',
    operation: 'migration',
    list: plan.method === 'live' ? 'live@1' : 'stream@1',
    plan,
    planHash: planHash(plan),
    requestedBy: user,
    approversNeeded: from.approversNeeded,
    twoPersons: from.twoPersons,
    parties: { bot: { name: 'bot', publicKey: from.identity.publicKey }, ...parties },
    channel,
  };
}

interface Beside {
  readonly findings: readonly Finding[];
  readonly estimate?: Estimate;
  /** A name that was given before; absent: a fresh one. */
  readonly name?: string;
}

/** Takes the claims with the first entry. @throws {Problem} vm-claimed | host-not-enrolled */
export async function openOperation(
  from: Proposing,
  body: Opened,
  { findings, estimate, name }: Beside,
): Promise<string> {
  await refuseUnenrolled(from, body);
  const operation = name ?? (await freshName(from));
  await keepFindings(from.records, operation, findings);
  if (estimate) await keepEstimate(from.records, operation, estimate);
  const entry = { operation, entries: [], author: 'bot', body } as const;
  const result = await appendSigned(from, entry, { take: claimsOf(body, {}) });
  if (result.result === 'appended') return operation;
  const vm = body.plan.vm.name;
  const holder = result.result === 'claimed' ? result.holder : operation;
  throw new Problem('vm-claimed', { vm, holder });
}

/** Looking at hosts takes seconds: one may have been unenrolled meanwhile. */
async function refuseUnenrolled({ hosts }: Proposing, { parties }: Opened): Promise<void> {
  const known = await hosts();
  for (const { name, publicKey } of [parties.source, parties.target]) {
    if (enrolledHost(known, name).publicKey === publicKey) continue;
    throw new Problem('host-not-enrolled', { host: name });
  }
}

/** A name that the store has forgotten still means the old operation to everyone who saw it. */
export async function freshName({ store, memory }: Proposing): Promise<string> {
  for (let tries = 0; tries < NAMES_MAX; tries += 1) {
    const operation = await store.nextOperation();
    if ((await memory.seen(operation)).length === 0) return operation;
  }
  throw new Problem('store-set-back', { tries: NAMES_MAX });
}
