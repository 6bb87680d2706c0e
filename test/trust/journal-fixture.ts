/** A journal of a small migration, signed by real keys, for tests of trust. */

import { generateKeyPairSync } from 'node:crypto';
import {
  type EntryBody,
  entryHash,
  type Opened,
  type Role,
  type Side,
  type SignedEntry,
} from '../../src/domain/journal.ts';
import { planHash } from '../../src/domain/plan.ts';
import { Verdict } from '../../src/domain/problem.ts';
import { fingerprintOf } from '../../src/trust/identity.ts';
import { type Signer, signEntry } from '../../src/trust/signatures.ts';
import { verifyJournal } from '../../src/trust/verify-journal.ts';
import { openingOf, planOf } from '../fixtures/opening.ts';

export interface TestKey extends Signer {
  readonly publicKey: string;
}

export function newKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { privateKey, publicKey: spki.toString('base64') };
}

export const keys: Readonly<Record<Role, TestKey>> = {
  bot: newKey(),
  source: newKey(),
  target: newKey(),
};

export const plan = planOf();

export const opening = openingOf(
  {
    bot: { name: 'bot', publicKey: keys.bot.publicKey },
    source: { name: 'hv-a', publicKey: keys.source.publicKey },
    target: { name: 'hv-b', publicKey: keys.target.publicKey },
  },
  { plan, approversNeeded: 2 },
);

export const approval: Extract<EntryBody, { kind: 'approved' }> = {
  kind: 'approved',
  approval: 'cutover',
  planHash: planHash(plan),
  users: ['U1', 'U2'],
  expiresAt: 2e12,
};

export type Written = readonly [author: Role, body: EntryBody];

/** One of everything, each by who may write it. */
export const story: readonly Written[] = [
  ['bot', opening],
  ['target', { kind: 'started', step: 'reserveTarget', move: 'run' }],
  ['target', { kind: 'done', step: 'reserveTarget', move: 'run', facts: { bytes: 1 } }],
  ['bot', approval],
  ['source', { kind: 'started', step: 'stopSource', move: 'run' }],
  ['target', { kind: 'cancelled', by: 'U1' }],
  [
    'source',
    {
      kind: 'failed',
      step: 'stopSource',
      move: 'run',
      outcome: 'roll back',
      problem: { code: 'guest-will-not-stop', facts: { seconds: 5 } },
    },
  ],
  ['bot', { kind: 'closed', outcome: 'rolled back' }],
];

/** The same, chained and signed; each author signs with its own key unless told otherwise. */
export function journalOf(
  written: readonly Written[],
  { operation = 'm1', signers = keys }: { operation?: string; signers?: typeof keys } = {},
): SignedEntry[] {
  const entries: SignedEntry[] = [];
  for (const [author, body] of written) {
    const before = entries.at(-1);
    const previous = before === undefined ? '' : entryHash(before);
    const position = entries.length + 1;
    entries.push(signEntry(signers[author], { operation, position, previous, author, body }));
  }
  return entries;
}

export const expected = {
  operation: 'm1',
  botFingerprint: fingerprintOf(keys.bot.publicKey),
  sideOf: (_opened: Opened, step: string): Side | undefined =>
    (({ reserveTarget: 'target', stopSource: 'source', startTarget: 'target' }) as const)[
      step as 'stopSource'
    ],
  mayReplan: (_before: readonly SignedEntry[]): boolean => true,
};

/** The verdict on a journal that must be refused. */
export const refusal = (entries: readonly SignedEntry[], to = expected): Verdict => {
  try {
    verifyJournal(entries, to);
  } catch (error) {
    if (error instanceof Verdict) return error;
    throw error;
  }
  throw new Error('The journal was accepted');
};
