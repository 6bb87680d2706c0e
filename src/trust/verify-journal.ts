/**
 * Verifies a journal as the store returns it: the store is not trusted, the signatures are.
 * What signatures cannot tell is left to others: that the end is missing (the memory), that an
 * approval has expired and what comes next (the state machine).
 */

import { z } from 'zod';
import { countingApprovers } from '../domain/approvers.ts';
import {
  type EntryBody,
  entryHash,
  isOfDrain,
  type Opened,
  type OpenedDrain,
  type Role,
  type Side,
  type SignedEntry,
  signedText,
} from '../domain/journal.ts';
import { isSameMove, planHash } from '../domain/plan.ts';
import { type Facts, Verdict } from '../domain/problem.ts';
import { firstIssue } from './form.ts';
import { fingerprintOf } from './identity.ts';
import { publicKeySchema, verify } from './signatures.ts';

export interface Expected {
  /** The operation that was asked for: the store may answer with another one's journal. */
  readonly operation: string;
  /** The bot that this host's installation pins. */
  readonly botFingerprint: string;
  /** On which side a step of the operation's list runs; undefined for a step that it does not have. */
  sideOf(opened: Opened, step: string): Side | undefined;
  /** Whether another plan may follow these entries: it asks, and nothing behind the approval began. */
  mayReplan(before: readonly SignedEntry[]): boolean;
  /** Signatures verified before; kept by the caller, bounded here. */
  readonly verified?: Set<string>;
}

/** Which role may write which kind. */
const WRITERS: Readonly<Record<EntryBody['kind'], readonly Role[] | 'side of the step'>> = {
  opened: ['bot'],
  started: 'side of the step',
  done: 'side of the step',
  failed: 'side of the step',
  approved: ['bot'],
  expired: ['bot'],
  paused: ['bot', 'source', 'target'],
  resumed: ['bot', 'source', 'target'],
  limited: ['bot', 'source', 'target'],
  replanned: ['bot'],
  cancelled: ['bot', 'source', 'target'],
  retried: ['bot', 'source', 'target'],
  rollback: ['bot', 'source', 'target'],
  settled: ['bot'],
  member: ['bot'],
  left: ['bot'],
  closed: ['bot'],
};

/** About 1 MiB of hashes; the oldest go first. */
const VERIFIED_MAX = 8192;

const KINDS = Object.keys(WRITERS) as EntryBody['kind'][];

/** As much of an entry's form as must hold before its signature says that the rest does. */
export const entrySchema = z.looseObject({
  operation: z.string(),
  position: z.int().positive(),
  previous: z.string(),
  author: z.enum(['bot', 'source', 'target']),
  body: z.looseObject({ kind: z.enum(KINDS), step: z.string().optional() }),
  signature: z.string(),
});

const partySchema = z.looseObject({ publicKey: publicKeySchema });
const planSchema = z.looseObject({ vm: z.looseObject({ id: z.string() }) });
/** Of a drain: of many VMs. */
const drainSchema = z.looseObject({
  host: z.string(),
  moves: z.array(z.looseObject({ plan: planSchema, planHash: z.string(), group: z.number() })),
});
const openedSchema = z.looseObject({
  parties: z.looseObject({ bot: partySchema, source: partySchema, target: partySchema }),
  plan: planSchema.or(drainSchema),
  planHash: z.string(),
  approversNeeded: z.int().positive(),
  // Journals of a time before there was a choice do not say.
  twoPersons: z.boolean().exactOptional(),
});
const limitedSchema = z.looseObject({ bytesPerSecondMax: z.number().nonnegative() });
const replannedSchema = z.looseObject({ plan: planSchema, planHash: z.string() });

type AnyOpening = Opened | OpenedDrain;

/** @throws {Verdict} naming operation and position: journal-… | approval-… */
export function verifyJournal(entries: readonly SignedEntry[], expected: Expected): void {
  let opened = verifyOpening(entries, expected);
  let previous = '';
  for (const [index, entry] of entries.entries()) {
    const position = index + 1;
    verifyForm(entry, { operation: expected.operation, position });
    verifyPlace(entry, { operation: expected.operation, position, previous });
    verifyWriter(entry, opened, expected);
    previous = entryHash(entry);
    verifySignature(entry, { hash: previous, opened, verified: expected.verified });
    if (entry.body.kind === 'approved') verifyApproval(entry, opened);
    if (entry.body.kind === 'limited') verifyBody(entry, limitedSchema);
    if (entry.body.kind === 'replanned') {
      verifyPlan(entry, opened);
      if (!expected.mayReplan(entries.slice(0, index)))
        throw new Verdict('journal-replanned-late', atEntry(entry));
      const { plan, planHash } = entry.body;
      // The same move as before, so a migration.
      if (opened.operation === 'migration') opened = { ...opened, plan, planHash };
    }
  }
}

/** The first entry names everyone's keys, so the bot's is compared with the pinned one. */
function verifyOpening(entries: readonly SignedEntry[], expected: Expected): AnyOpening {
  const { operation } = expected;
  const first = entries[0];
  const at = { operation, position: 1 };
  if (first === undefined) throw new Verdict('journal-not-opened', at);
  verifyForm(first, at);
  const { body } = first;
  if (body.kind !== 'opened') throw new Verdict('journal-not-opened', at);
  const form = openedSchema.safeParse(body);
  if (!form.success) throw malformed(at, form.error);
  const found = fingerprintOf(body.parties.bot.publicKey);
  if (found !== expected.botFingerprint)
    throw new Verdict('journal-wrong-bot', { ...at, expected: expected.botFingerprint, found });
  if (body.planHash !== planHash(body.plan)) throw new Verdict('journal-wrong-plan', at);
  return body;
}

function verifyForm(entry: SignedEntry, at: { operation: string; position: number }): void {
  const form = entrySchema.safeParse(entry);
  if (!form.success) throw malformed(at, form.error);
}

function verifyPlace(
  entry: SignedEntry,
  place: { operation: string; position: number; previous: string },
): void {
  const { operation, position, previous } = place;
  if (entry.operation !== operation)
    throw new Verdict('journal-wrong-operation', { operation, position, found: entry.operation });
  if (entry.position !== position || entry.previous !== previous)
    throw new Verdict('journal-broken-chain', { operation, position });
  if (position > 1 && entry.body.kind === 'opened')
    throw new Verdict('journal-opened-twice', { operation, position });
}

function verifyWriter(entry: SignedEntry, opened: AnyOpening, { sideOf }: Expected): void {
  const { author, body } = entry;
  // A drain has no steps, and nobody but the bot writes of it.
  const sideIn = (step: string): Side | undefined =>
    isOfDrain(opened) ? undefined : sideOf(opened, step);
  if (writersOf(body, sideIn).includes(author)) return;
  const step: Facts = 'step' in body ? { step: body.step } : {};
  throw new Verdict('journal-wrong-author', {
    ...atEntry(entry),
    author,
    kind: body.kind,
    ...step,
  });
}

function writersOf(body: EntryBody, sideOf: (step: string) => Side | undefined): readonly Role[] {
  const writers = WRITERS[body.kind];
  if (writers !== 'side of the step') return writers;
  const side = 'step' in body ? sideOf(body.step) : undefined;
  return side === undefined ? [] : [side];
}

function verifySignature(
  entry: SignedEntry,
  {
    hash,
    opened,
    verified,
  }: { hash: string; opened: AnyOpening; verified: Set<string> | undefined },
): void {
  const { publicKey } = opened.parties[entry.author];
  const name = `${hash} ${publicKey}`;
  if (verified?.has(name)) return;
  if (!verify(publicKey, signedText(entry), entry.signature))
    throw new Verdict('journal-forged-signature', { ...atEntry(entry), author: entry.author });
  if (verified === undefined) return;
  for (const oldest of verified) {
    if (verified.size < VERIFIED_MAX) break;
    verified.delete(oldest);
  }
  verified.add(name);
}

function verifyApproval(entry: SignedEntry, opened: AnyOpening): void {
  if (entry.body.kind !== 'approved') return;
  if (entry.body.planHash !== opened.planHash)
    throw new Verdict('approval-wrong-plan', atEntry(entry));
  // Whoever asked does not count where two persons are wanted.
  const found = countingApprovers(entry.body.users, opened).length;
  const needed = opened.approversNeeded;
  if (found < needed) throw new Verdict('approval-too-few', { ...atEntry(entry), found, needed });
}

/** Another plan moves the same disks: what the hosts have done so far was done for it as well. */
function verifyPlan(entry: SignedEntry, opened: AnyOpening): void {
  if (entry.body.kind !== 'replanned') return;
  verifyBody(entry, replannedSchema);
  const { plan, planHash: hash } = entry.body;
  if (hash !== planHash(plan)) throw new Verdict('journal-wrong-plan', atEntry(entry));
  if (isOfDrain(opened) || !isSameMove(plan, opened.plan))
    throw new Verdict('journal-other-move', atEntry(entry));
}

function verifyBody(entry: SignedEntry, schema: z.ZodType): void {
  const form = schema.safeParse(entry.body);
  if (!form.success) throw malformed(atEntry(entry), form.error);
}

const atEntry = ({ operation, position }: SignedEntry) => ({ operation, position });

function malformed(at: { operation: string; position: number }, error: z.ZodError): Verdict {
  return new Verdict('journal-malformed', { ...at, reason: firstIssue(error) });
}
