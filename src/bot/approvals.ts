/**
 * Counts people who approve. Those before the last one stand in a record of the store, which is not
 * trusted: the bot signs it, so that nobody who can write there adds a person. The click that
 * completes the number becomes the journal's entry.
 */

import { z } from 'zod';
import { countingApprovers, lacksAdministrator, needsAdministrator } from '../domain/approvers.ts';
import { type EntryBody, type Opened, openedOf } from '../domain/journal.ts';
import { canonicalJson } from '../domain/plan.ts';
import { Problem } from '../domain/problem.ts';
import { cutoverAt } from '../migration/gate.ts';
import { outgrown } from '../migration/outgrown.ts';
import { approvalOf } from '../migration/steps.ts';
import type { Approval, Approved } from '../slack/ports.ts';
import type { Records } from '../store/store.ts';
import type { Identity } from '../trust/identity.ts';
import { sign, verify } from '../trust/signatures.ts';
import { type Ledger, look, request, type Seen } from './requests.ts';

/** An approval is acted upon within this time, or asked for anew. */
export const APPROVAL_SECONDS = 3600;
/** So many people may click at the same moment. */
const TRIES_MAX = 20;
const USERS_MAX = 100;

const countedSchema = z.object({
  users: z.array(z.string()).max(USERS_MAX),
  /** The asking that they were for. */
  round: z.number(),
  planHash: z.string(),
  signature: z.string(),
});

export interface Counting extends Ledger {
  readonly records: Records;
  readonly wake: (operation: string) => Promise<void>;
}

/** Which asking it is, for which plan. */
export interface Asking {
  readonly operation: string;
  readonly round: number;
  readonly planHash: string;
}

interface Rule {
  readonly needed: number;
  /** Present where one of those who approve must be among them. */
  readonly administrators?: readonly string[];
}

/**
 * Counts one person for what is asked now.
 * @throws {Problem} plan-not-current | own-approval | already-approved | administrator-needed |
 * journal-busy
 */
export async function approve(
  options: Counting,
  operation: string,
  { user, planHash, administrators = [] }: Approval,
): Promise<Approved> {
  const seen = await look(options, operation);
  const asking = askingOf(operation, seen);
  if (!isAsking(seen) || asking.planHash !== planHash) {
    throw new Problem('plan-not-current', { operation });
  }
  const opened = openedOf(seen.entries);
  if (countingApprovers([user], opened).length === 0) {
    throw new Problem('own-approval', { operation });
  }
  const { approversNeeded: needed } = opened;
  const rule = needsAdministrator(opened.plan) ? { needed, administrators } : { needed };
  const users = await count(options, asking, { user, rule });
  const missing = needed - users.length;
  if (missing > 0) return { waitingFor: missing };
  const expiresAt = approvalEnds(opened, await options.store.now());
  await request(options, { operation, author: 'bot' }, (now) => {
    const approval = approvalOf(opened);
    const { round, planHash: current } = askingOf(operation, now);
    const isSame = isAsking(now) && round === asking.round && current === planHash;
    // Another click may write the entry that this one completed: then this one counted as well.
    const written = now.entries.slice(seen.entries.length).map(({ body }) => body);
    const isIn = written.some((body) => isApprovalOf(body, { user, planHash }));
    if (isIn && now.state.approval) return undefined;
    if (!isSame) throw new Problem('plan-not-current', { operation });
    return { body: { kind: 'approved', approval, planHash, users, expiresAt } };
  });
  await options.wake(operation);
  return 'approved';
}

/** An approval is in force from now on, and for a while from when it may be acted upon. */
export const approvalEnds = ({ plan }: Opened, now: number): number =>
  Math.trunc(cutoverAt(plan, now)) + APPROVAL_SECONDS * 1000;

const isApprovalOf = (body: EntryBody, by: { user: string; planHash: string }): boolean =>
  body.kind === 'approved' && body.planHash === by.planHash && body.users.includes(by.user);

/** Who has approved what is asked now, in their order, while they are not enough. */
export async function approvalsGiven(
  { records, identity }: Pick<Counting, 'records' | 'identity'>,
  operation: string,
  seen: Seen,
): Promise<readonly string[]> {
  const stored = await records.get(keyOf(operation));
  const opened = openedOf(seen.entries);
  return countingApprovers(usersIn(stored, askingOf(operation, seen), identity), opened);
}

/** A plan that another one is to replace can be approved no more. */
const isAsking = (seen: Seen): boolean => seen.next.kind === 'await approval' && !outgrown(seen);

/**
 * Names the asking by the entry that began it: approvals of an earlier one do not count for a later
 * one. An approval that lapsed before it was acted upon is spent too.
 */
function askingOf(operation: string, { entries, state }: Seen): Asking {
  const approved = entries.findLast(({ body }) => body.kind === 'approved');
  const replanned = entries.findLast(({ body }) => body.kind === 'replanned');
  const paused = entries.findLast(({ body }) => body.kind === 'paused');
  const { planHash } = replanned?.body.kind === 'replanned' ? replanned.body : openedOf(entries);
  const again = state.askedAgainAt?.position;
  const begun = [approved?.position, replanned?.position, paused?.position, again];
  return { operation, round: Math.max(...begun.map((position) => position ?? 0)), planHash };
}

export const keyOf = (operation: string): string => `approvals/${operation}`;

/** All who have approved, with this person among them. @throws {Problem} already-approved | administrator-needed */
export async function count(
  { records, identity }: Pick<Counting, 'records' | 'identity'>,
  asking: Asking,
  { user, rule }: { user: string; rule: Rule },
): Promise<readonly string[]> {
  const { operation } = asking;
  const { needed, administrators } = rule;
  const key = keyOf(operation);
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const stored = await records.get(key);
    const before = usersIn(stored, asking, identity);
    // Enough were counted, but a crash came before the entry: this click writes it.
    if (before.length >= needed) return before;
    if (before.includes(user)) throw new Problem('already-approved', { operation, user });
    const users = [...before, user];
    if (administrators && lacksAdministrator(users, { needed, administrators })) {
      throw new Problem('administrator-needed', { operation });
    }
    if (await records.compareAndSet(key, stored, signed(users, asking, identity))) return users;
  }
  throw new Problem('journal-busy', { operation, tries: TRIES_MAX });
}

/** Only what this bot wrote for this asking. */
export function usersIn(
  stored: unknown,
  asking: Asking,
  { publicKey }: Identity,
): readonly string[] {
  const { data } = countedSchema.safeParse(stored);
  if (!data || data.round !== asking.round || data.planHash !== asking.planHash) return [];
  const isOurs = verify(publicKey, textOf(data.users, asking), data.signature);
  return isOurs ? [...new Set(data.users)] : [];
}

function signed(users: readonly string[], asking: Asking, identity: Identity) {
  const { round, planHash } = asking;
  return { users, round, planHash, signature: sign(identity, textOf(users, asking)) };
}

const textOf = (users: readonly string[], asking: Asking): string =>
  `ferry approvals\n${canonicalJson({ ...asking, users })}`;
