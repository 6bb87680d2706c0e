import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EntryBody, Role, SignedEntry } from '../../src/domain/journal.ts';
import { planHash } from '../../src/domain/plan.ts';
import { Verdict } from '../../src/domain/problem.ts';
import { signEntry } from '../../src/trust/signatures.ts';
import { verifyJournal } from '../../src/trust/verify-journal.ts';
import {
  approval,
  expected,
  journalOf,
  keys,
  newKey,
  opening,
  plan,
  refusal,
  story,
} from './journal-fixture.ts';

const replaced = (entries: readonly SignedEntry[], index: number, entry: SignedEntry) =>
  entries.toSpliced(index, 1, entry);

/** The story's entry at `index` with another body, chain and signatures in order. */
const withBody = (index: number, body: EntryBody, author?: Role): SignedEntry[] => {
  const written = story[index];
  if (written === undefined) throw new Error('No such entry');
  return journalOf(story.toSpliced(index, 1, [author ?? written[0], body]));
};

describe('a journal', () => {
  it('is accepted as its authors wrote it, and so is each beginning of it', () => {
    const entries = journalOf(story);
    for (let length = 1; length <= entries.length; length += 1)
      expect(verifyJournal(entries.slice(0, length), expected)).toBeUndefined();
  });

  it('is refused when a single byte of any entry is changed', () => {
    const entries = journalOf(story);
    const places = entries.flatMap((entry, index) =>
      Array.from(JSON.stringify(entry), (_, offset) => ({ index, offset })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.integer({ min: 32, max: 126 }), (place, code) => {
        const text = JSON.stringify(entries[place.index]);
        const changed =
          text.slice(0, place.offset) + String.fromCharCode(code) + text.slice(place.offset + 1);
        fc.pre(changed !== text);
        const entry = parsed(changed);
        fc.pre(entry !== undefined);
        expect(refusal(replaced(entries, place.index, entry as SignedEntry))).toBeInstanceOf(
          Verdict,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused with a damaged entry even where its signatures were verified before', () => {
    const entries = journalOf(story);
    const to = { ...expected, verified: new Set<string>() };
    verifyJournal(entries, to);
    expect(to.verified.size).toBe(entries.length);
    const [entry] = entries.slice(-1);
    if (entry === undefined) throw new Error('Empty');
    const forged = {
      ...entry,
      signature: entry.signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
    };
    expect(refusal(replaced(entries, entries.length - 1, forged), to)).toMatchObject({
      code: 'journal-forged-signature',
      facts: { operation: 'm1', position: entries.length },
    });
    expect(verifyJournal(entries, to)).toBeUndefined();
  });

  it('keeps a bounded number of verified signatures', () => {
    const old = Array.from({ length: 8192 }, (_, index) => `old ${index}`);
    const verified = new Set(old);
    verifyJournal(journalOf(story), { ...expected, verified });
    expect(verified.size).toBe(8192);
    expect(verified.has('old 0')).toBe(false);
  });

  it('is refused when it is empty or does not begin with its opening', () => {
    expect(refusal([]).code).toBe('journal-not-opened');
    expect(refusal(journalOf(story.slice(1))).code).toBe('journal-not-opened');
    expect(refusal(journalOf(story).slice(1)).code).toBe('journal-not-opened');
  });

  it('is refused when it was opened twice', () => {
    expect(refusal(journalOf([...story, ['bot', opening]])).code).toBe('journal-opened-twice');
  });

  it('is refused when another bot opened it, whatever it says', () => {
    const bot = newKey();
    const parties = { ...opening.parties, bot: { name: 'bot', publicKey: bot.publicKey } };
    const entries = journalOf([['bot', { ...opening, parties }]], { signers: { ...keys, bot } });
    expect(refusal(entries).code).toBe('journal-wrong-bot');
    const named = journalOf([['bot', opening]], { signers: { ...keys, bot } });
    expect(refusal(named).code).toBe('journal-forged-signature');
  });

  it('is refused when its plan is not the one that its hash names', () => {
    const other = { ...plan, target: 'hv-c' };
    expect(refusal(withBody(0, { ...opening, plan: other })).code).toBe('journal-wrong-plan');
  });

  it('is refused when no approver is needed', () => {
    for (const approversNeeded of [0, -1, 0.5, Number.NaN])
      expect(refusal(withBody(0, { ...opening, approversNeeded })).code).toBe('journal-malformed');
  });

  it('is refused when all of it is another operation’s', () => {
    const entries = journalOf(story, { operation: 'm2' });
    expect(refusal(entries)).toMatchObject({
      code: 'journal-wrong-operation',
      facts: { operation: 'm1', position: 1, found: 'm2' },
    });
  });

  it('is refused with an entry replayed from another operation', () => {
    const other = journalOf(story, { operation: 'm2' });
    const entries = journalOf(story);
    for (const [index, entry] of other.entries())
      expect(refusal(replaced(entries, index, entry)).code).toBe('journal-wrong-operation');
    const moved = other.map((entry) => ({ ...entry, operation: 'm1' }));
    for (const [index, entry] of moved.entries())
      expect(refusal(replaced(entries, index, entry)).code).toMatch(
        /forged-signature|broken-chain/,
      );
  });

  it('is refused when two entries are swapped, or one in the middle is missing or repeated', () => {
    const entries = journalOf(story);
    for (let index = 1; index < entries.length - 1; index += 1) {
      const [one, two] = entries.slice(index, index + 2) as [SignedEntry, SignedEntry];
      const swapped = entries.toSpliced(index, 2, two, one);
      const renumbered = swapped.map((entry, place) => ({ ...entry, position: place + 1 }));
      for (const wrong of [
        swapped,
        renumbered,
        entries.toSpliced(index, 1),
        entries.toSpliced(index, 1).map((entry, place) => ({ ...entry, position: place + 1 })),
        entries.toSpliced(index, 0, one),
      ])
        expect(refusal(wrong).code).toMatch(/broken-chain|forged-signature/);
    }
  });

  it('is refused when an author signed an entry for another position than its place', () => {
    const entries = journalOf(story);
    const last = entries.at(-1);
    if (last === undefined) throw new Error('Empty');
    for (const position of [1, last.position - 1, last.position + 1]) {
      const misplaced = signEntry(keys.bot, { ...last, position });
      const code = refusal(replaced(entries, entries.length - 1, misplaced)).code;
      expect(code).toBe('journal-broken-chain');
    }
  });

  it('is refused with an end from another branch of the same operation', () => {
    const one = journalOf(story);
    const other = journalOf(story.toSpliced(2, 1));
    expect(refusal([...one.slice(0, 3), ...other.slice(3)]).code).toBe('journal-broken-chain');
  });
});

describe('an approval', () => {
  const approved = (changes: Partial<typeof approval>) => withBody(3, { ...approval, ...changes });

  it('is refused when it is for another plan', () => {
    const other = planHash({ ...plan, target: 'hv-c' });
    expect(refusal(approved({ planHash: other }))).toMatchObject({
      code: 'approval-wrong-plan',
      facts: { operation: 'm1', position: 4 },
    });
  });

  it('is refused with too few people, also when one approved twice', () => {
    for (const users of [[], ['U1'], ['U1', 'U1']])
      expect(refusal(approved({ users }))).toMatchObject({
        code: 'approval-too-few',
        facts: { found: new Set(users).size, needed: 2 },
      });
    expect(verifyJournal(approved({ users: ['U1', 'U2', 'U3'] }), expected)).toBeUndefined();
  });
});

describe('an entry that is no entry', () => {
  it('is refused by name and never crashes the verifier', () => {
    const odd = [
      null,
      undefined,
      7,
      'x',
      [],
      {},
      { ...journalOf(story)[1], body: null },
      { ...journalOf(story)[1], body: {} },
      { ...journalOf(story)[1], body: { kind: 'toString' } },
      { ...journalOf(story)[1], signature: undefined },
      { ...journalOf(story)[1], author: '__proto__' },
    ] as unknown as SignedEntry[];
    for (const entry of odd) {
      expect(refusal(replaced(journalOf(story), 1, entry)).code).toBe('journal-malformed');
      expect(refusal([entry]).code).toMatch(/journal-malformed|journal-not-opened/);
    }
  });

  it('is refused when the opening lacks the keys of the parties', () => {
    const { bot, source } = opening.parties;
    const parties = [
      undefined,
      {},
      { bot },
      { bot, source, target: { name: 'x', publicKey: 'y' } },
    ];
    for (const wrong of parties) {
      const body = { ...opening, parties: wrong } as unknown as typeof opening;
      const entries = [
        signEntry(keys.bot, { operation: 'm1', position: 1, previous: '', author: 'bot', body }),
      ];
      expect(refusal(entries).code).toBe('journal-malformed');
    }
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
