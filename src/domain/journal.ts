/**
 * The journal of an operation: an append-only list of signed entries. It is the truth.
 *
 * A *position* orders entries; the *epoch* is the number of `started` entries so far and fences
 * effects: whoever acts under an epoch lower than the highest one seen acts too late.
 */

import { createHash } from 'node:crypto';
import type { DrainOutcome, DrainPlan } from './drain.ts';
import {
  type AlignmentPlan,
  canonicalJson,
  type DeletionPlan,
  type Plan,
  type RestorePlan,
} from './plan.ts';
import { type Facts, Problem, type ProblemRecord } from './problem.ts';

/** Who may write: the bot, or the worker of the source or of the target. */
export type Role = 'bot' | 'source' | 'target';
export type Side = 'source' | 'target';

/** `keepWarm` is the repeatable part of a step that waits for an approval. */
export type Move = 'run' | 'undo' | 'keepWarm';

/**
 * Why a step failed, and so what comes next:
 * `roll back` undoes everything; `ask again` goes back to the approval with the VM running;
 * `unknown` may have happened and must be looked at again; `never ran` is proven not to have happened.
 */
export type FailureOutcome = 'roll back' | 'ask again' | 'unknown' | 'never ran';

export interface Party {
  /** The host's name; `bot` for the bot. */
  readonly name: string;
  /** Ed25519 public key, SPKI DER in base64. */
  readonly publicKey: string;
}

/** What people are asked to approve. */
export type Approval = 'cutover' | 'move' | 'deletion' | 'restore' | 'drain';

interface AnyOpened {
  readonly kind: 'opened';
  readonly planHash: string;
  /** Slack user id of the person who asked. */
  readonly requestedBy: string;
  /** How many different people must approve. */
  readonly approversNeeded: number;
  /** The person who asked does not count. */
  readonly twoPersons: boolean;
  readonly parties: { readonly bot: Party; readonly source: Party; readonly target: Party };
  /** Where the operation's message lives. */
  readonly channel: string;
}

export interface OpenedMigration extends AnyOpened {
  readonly operation: 'migration';
  /** The list of steps with its version; stored data. */
  readonly list: 'stream@1' | 'live@1';
  readonly plan: Plan;
  /** The drain that it is part of. */
  readonly parent?: string;
}

export interface OpenedDeletion extends AnyOpened {
  readonly operation: 'deletion';
  readonly list: 'delete@1';
  readonly plan: DeletionPlan;
}

/** Nobody is asked: the VM runs on as before, and what is copied is deleted by approval alone. */
export interface OpenedAlignment extends AnyOpened {
  readonly operation: 'alignment';
  readonly list: 'align@1';
  readonly plan: AlignmentPlan;
}

/** The source is lost: it is asked all the same, and acts only when it comes back. */
export interface OpenedRestore extends AnyOpened {
  readonly operation: 'restore';
  readonly list: 'restore@1';
  readonly plan: RestorePlan;
}

/** Of many VMs, so nothing of `Opened`: the bot alone writes it and acts on it, by other operations. */
export interface OpenedDrain extends AnyOpened {
  readonly operation: 'drain' | 'return';
  readonly list: 'drain@1';
  readonly plan: DrainPlan;
}

/** What copies a VM's disks to another host. */
export type OpenedCopying = OpenedMigration | OpenedAlignment;
/** What ends with a VM that runs at the target. */
export type OpenedStarting = OpenedMigration | OpenedRestore;
export type Opened = OpenedCopying | OpenedRestore | OpenedDeletion;

/** How an operation ended. */
export type Outcome = 'migrated' | 'restored' | 'deleted' | 'rolled back';

export type EntryBody =
  | Opened
  | OpenedDrain
  | { readonly kind: 'started'; readonly step: string; readonly move: Move }
  | { readonly kind: 'done'; readonly step: string; readonly move: Move; readonly facts: Facts }
  | {
      readonly kind: 'failed';
      readonly step: string;
      readonly move: Move;
      readonly outcome: FailureOutcome;
      readonly problem: ProblemRecord;
    }
  | {
      readonly kind: 'approved';
      readonly approval: Approval;
      readonly planHash: string;
      readonly users: readonly string[];
      /** Milliseconds since 1970, the bot's clock: not acted upon later. */
      readonly expiresAt: number;
    }
  | { readonly kind: 'expired'; readonly approval: Approval }
  /** Copying rests, with the VM running, until somebody resumes it. */
  | { readonly kind: 'paused'; readonly by: string }
  | { readonly kind: 'resumed'; readonly by: string }
  /** Bytes a second of the stream from now on; 0 for no limit. */
  | { readonly kind: 'limited'; readonly by: string; readonly bytesPerSecondMax: number }
  /** It asks again for something else than before: approvals are bound to this plan from now on. */
  | { readonly kind: 'replanned'; readonly plan: Plan; readonly planHash: string }
  | { readonly kind: 'cancelled'; readonly by: string }
  /** A person answered "needs a person": look and try the step again. */
  | { readonly kind: 'retried'; readonly by: string }
  /** A person answered "needs a person": take it back, as far as the rules allow. */
  | { readonly kind: 'rollback'; readonly by: string }
  /** The VM's home is known: `vm:<Id>` is free, only what is left over stays claimed. */
  | { readonly kind: 'settled'; readonly home: Side }
  /** Of a drain: the migration of this name is begun for the VM with this Id. */
  | { readonly kind: 'member'; readonly vm: string; readonly member: string }
  /** Of a drain: why none is begun for the VM with this Id. */
  | { readonly kind: 'left'; readonly vm: string; readonly problem: ProblemRecord }
  | { readonly kind: 'closed'; readonly outcome: Outcome | DrainOutcome };

export interface SignedEntry {
  readonly operation: string;
  /** 1 for the first entry. */
  readonly position: number;
  /** `entryHash` of the entry before; empty for the first. */
  readonly previous: string;
  readonly author: Role;
  readonly body: EntryBody;
  /** Ed25519 over `signedText`, base64. */
  readonly signature: string;
}

/** An entry as the store returns it: with the store's own clock, which nobody signed. */
export interface Entry extends SignedEntry {
  /** Milliseconds since 1970, the store's clock. */
  readonly at: number;
}

/** The text that an author signs. */
export function signedText(entry: Omit<SignedEntry, 'signature'>): string {
  const { operation, position, previous, author, body } = entry;
  return canonicalJson({ operation, position, previous, author, body });
}

/** Names an entry and, through `previous`, everything before it. */
export function entryHash(entry: SignedEntry): string {
  const { signature } = entry;
  return createHash('sha256').update(signedText(entry)).update(signature).digest('hex');
}

/** The fencing token: how many moves have been started. */
export function epochOf(entries: readonly { readonly body: EntryBody }[]): number {
  return entries.filter((entry) => entry.body.kind === 'started').length;
}

export const isOfDrain = (body: Opened | OpenedDrain): body is OpenedDrain =>
  body.operation === 'drain' || body.operation === 'return';

/** What was agreed when it was opened, with the newest plan. A journal without it is not a journal. */
export function openedOf(entries: readonly { readonly body: EntryBody }[]): Opened {
  const body = entries[0]?.body;
  if (body?.kind !== 'opened') throw new Error('A journal begins with its opening entry');
  if (isOfDrain(body)) throw new Problem('operation-of-many', { host: body.plan.host });
  const newest = entries.findLast((entry) => entry.body.kind === 'replanned')?.body;
  if (newest?.kind !== 'replanned' || body.operation !== 'migration') return body;
  const { plan, planHash } = newest;
  return { ...body, plan, planHash };
}

/** The same of a journal that must be a migration's. */
export function migrationOf(entries: readonly { readonly body: EntryBody }[]): OpenedMigration {
  const opened = openedOf(entries);
  if (opened.operation === 'migration') return opened;
  throw new Error(`This journal is of a ${opened.operation}, not of a migration`);
}

/** Under which an effect acts: it is refused where a higher epoch has been seen. */
export interface Token {
  readonly operation: string;
  readonly epoch: number;
}

/** The claim that makes a VM one operation's alone until its home is settled. */
export const vmClaim = (vmId: string): string => `vm:${vmId}`;
/** The claim for what is left over on one host; it blocks only that host. */
export const copyClaim = (vmId: string, host: string): string => `copy:${vmId}@${host}`;
