import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Entry, entryHash } from '../../src/domain/journal.ts';
import { type Intent, openMemory } from '../../src/trust/memory.ts';
import { journalOf, story } from './journal-fixture.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-memory-'));
});
afterEach(() => rm(directory, { recursive: true }));

const stamped = (entries: ReturnType<typeof journalOf>): Entry[] =>
  entries.map((entry, index) => ({ ...entry, at: 1000 + index }));
const journal = stamped(journalOf(story));
const branch = stamped(journalOf(story.toSpliced(4, 1)));
const raise = (): never => {
  throw new Error('The story is too short');
};
const entriesFile = () => join(directory, 'm1.entries.jsonl');
const intentsFile = () => join(directory, 'm1.intents.jsonl');

const intent: Intent = {
  operation: 'm1',
  epoch: 3,
  head: 'ab'.repeat(32),
  position: 8,
  intent: 'start at target',
  from: 'target',
};

describe('what a worker remembers of a journal', () => {
  it('is there after a restart, each entry once however often it was shown', async () => {
    const memory = openMemory(join(directory, 'deep', 'down'));
    for (const length of [0, 1, 3, 3, 2, journal.length, journal.length])
      await memory.remember('m1', journal.slice(0, length));
    const again = openMemory(join(directory, 'deep', 'down'));
    expect(await again.seen('m1')).toEqual(journal);
    expect(await again.seen('m2')).toEqual([]);
  });

  it('is right when it is told many things at once', async () => {
    const memory = openMemory(directory);
    const beginnings = journal.map((_, index) => journal.slice(0, index + 1));
    await Promise.all(beginnings.map((entries) => memory.remember('m1', entries)));
    expect(await memory.seen('m1')).toEqual(journal);
  });

  it('accepts the journal as it was and as it went on', async () => {
    const memory = openMemory(directory);
    await expect(memory.checkNotBehind('m1', [])).resolves.toBeUndefined();
    await memory.remember('m1', journal.slice(0, 4));
    for (const length of [4, 5, journal.length])
      await expect(memory.checkNotBehind('m1', journal.slice(0, length))).resolves.toBeUndefined();
  });

  it('shows a store that was set back to any earlier entry', async () => {
    const memory = openMemory(directory);
    await memory.remember('m1', journal);
    for (let found = 0; found < journal.length; found += 1)
      await expect(memory.checkNotBehind('m1', journal.slice(0, found))).rejects.toMatchObject({
        name: 'Problem',
        code: 'journal-behind',
        facts: { operation: 'm1', seen: journal.length, found },
      });
  });

  it('shows a store that was set back and went on differently, also when it is longer', async () => {
    const memory = openMemory(directory);
    await memory.remember('m1', journal.slice(0, 6));
    const diverged = {
      name: 'Verdict',
      code: 'journal-diverged',
      facts: { operation: 'm1', position: 5 },
    };
    await expect(memory.checkNotBehind('m1', branch)).rejects.toMatchObject(diverged);
    await expect(memory.checkNotBehind('m1', branch.slice(0, 5))).rejects.toMatchObject(diverged);
    await expect(memory.remember('m1', branch)).rejects.toMatchObject(diverged);
    await expect(memory.remember('m1', branch.slice(0, 5))).rejects.toMatchObject(diverged);
    expect(await memory.seen('m1')).toEqual(journal.slice(0, 6));
  });

  it('does not count a time that the store changed: nobody signed it', async () => {
    const memory = openMemory(directory);
    await memory.remember('m1', journal);
    const later = journal.map((entry) => ({ ...entry, at: entry.at + 5 }));
    await expect(memory.checkNotBehind('m1', later)).resolves.toBeUndefined();
  });

  it('is forgotten when asked, and lists what is left', async () => {
    const memory = openMemory(directory);
    await memory.remember('m10', stamped(journalOf(story, { operation: 'm10' })));
    await memory.remember('m1', journal);
    await memory.rememberIntent({ ...intent, operation: 'a2' });
    await writeFile(join(directory, 'notes.txt'), 'by a person');
    expect(await memory.operations()).toEqual(['a2', 'm1', 'm10']);
    await memory.forget('m1');
    await memory.forget('m99');
    expect(await memory.operations()).toEqual(['a2', 'm10']);
    expect(await memory.seen('m1')).toEqual([]);
  });

  it('never becomes another path: only names of operations are files', async () => {
    const memory = openMemory(directory);
    for (const name of ['../m1', 'm1/../../x', '', 'm', '1', 'M1', 'm1\n', 'con', 'm1.x']) {
      await expect(memory.remember(name, journal)).rejects.toThrow('Not an operation');
      await expect(memory.rememberIntent({ ...intent, operation: name })).rejects.toThrow(
        'Not an op',
      );
      await expect(memory.forget(name)).rejects.toThrow('Not an operation');
    }
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('a memory file', () => {
  it('torn at any byte keeps all that was flushed before, and goes on', async () => {
    const memory = openMemory(directory);
    await memory.remember('m1', journal.slice(0, 2));
    const flushed = (await readFile(entriesFile())).length;
    await memory.remember('m1', journal.slice(0, 3));
    const whole = await readFile(entriesFile());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: flushed, max: whole.length - 1 }), async (length) => {
        await writeFile(entriesFile(), whole);
        await truncate(entriesFile(), length);
        expect(await openMemory(directory).seen('m1')).toEqual(journal.slice(0, 2));
        await openMemory(directory).remember('m1', journal);
        expect(await openMemory(directory).seen('m1')).toEqual(journal);
      }),
      { numRuns: 60 },
    );
  });

  it('with a last line of other bytes, as file systems leave it after a power cut, goes on', async () => {
    const memory = openMemory(directory);
    await memory.remember('m1', journal.slice(0, 2));
    const good = await readFile(entriesFile());
    const tails = [
      Buffer.alloc(4096),
      Buffer.from('[{"x":1\n'),
      Buffer.alloc(700, 'z'),
      Buffer.from(`z${'1'.repeat(9000)}\n`),
    ];
    for (const tail of tails) {
      await writeFile(entriesFile(), good);
      await appendFile(entriesFile(), tail);
      expect(await memory.seen('m1')).toEqual(journal.slice(0, 2));
      await memory.remember('m1', journal.slice(0, 3));
      expect(await memory.seen('m1')).toEqual(journal.slice(0, 3));
    }
  });

  it('damaged before its last line is reported, never shortened', async () => {
    const memory = openMemory(directory);
    for (const length of [1, 2, 3]) await memory.remember('m1', journal.slice(0, length));
    const text = await readFile(entriesFile(), 'utf8');
    const damaged = text.replace('"started"', '"started');
    await writeFile(entriesFile(), damaged);
    const problem = { code: 'memory-damaged', facts: { file: entriesFile(), line: 2 } };
    await expect(memory.seen('m1')).rejects.toMatchObject(problem);
    await expect(memory.checkNotBehind('m1', journal)).rejects.toMatchObject(problem);
    await expect(memory.remember('m1', journal)).rejects.toMatchObject(problem);
    expect(await readFile(entriesFile(), 'utf8')).toBe(damaged);
  });

  it('with whole lines that are something else is reported, also as the last line', async () => {
    const memory = openMemory(directory);
    await writeFile(entriesFile(), '[{"at":1}]\n');
    await expect(memory.seen('m1')).rejects.toMatchObject({ code: 'memory-damaged' });
    await writeFile(intentsFile(), '{"operation":"m1"}\n');
    await expect(memory.intents('m1')).rejects.toMatchObject({ code: 'memory-damaged' });
  });

  it('that grew beyond every bound is not read into memory', async () => {
    const memory = openMemory(directory);
    await memory.remember('m1', journal);
    await truncate(entriesFile(), 64 * 1024 * 1024 + 1);
    await expect(memory.seen('m1')).rejects.toMatchObject({ code: 'memory-full' });
  });

  it('that cannot be written fails the call', async () => {
    const memory = openMemory(directory);
    await rm(directory, { recursive: true });
    await expect(memory.remember('m1', journal)).rejects.toMatchObject({
      code: 'memory-unwritable',
      facts: { file: entriesFile() },
    });
    openMemory(directory);
  });
});

describe('an intent that the peer told', () => {
  it('is there after a restart, in order, and counts once', async () => {
    const memory = openMemory(directory);
    const later: Intent = { ...intent, epoch: 4, intent: 'take back at source', from: 'source' };
    for (const told of [intent, later, intent, later]) await memory.rememberIntent(told);
    expect(await openMemory(directory).intents('m1')).toEqual([intent, later]);
    expect(await openMemory(directory).intents('m2')).toEqual([]);
  });

  it('differs when any part of it differs', async () => {
    const memory = openMemory(directory);
    const others: Partial<Intent>[] = [
      {},
      { epoch: 4 },
      { head: 'cd'.repeat(32) },
      { position: 9 },
      { intent: 'take back at source' },
      { from: 'source' },
    ];
    const all = others.map((change) => ({ ...intent, ...change }));
    for (const told of all) await memory.rememberIntent(told);
    expect(await memory.intents('m1')).toEqual(all);
  });

  it('shows a store that lost what the peer acted upon, also where this host never read it', async () => {
    const memory = openMemory(directory);
    await memory.remember('m1', journal.slice(0, 2));
    const head = entryHash(journal[4] ?? raise());
    await memory.rememberIntent({ ...intent, position: 5, head });
    await expect(memory.checkNotBehind('m1', journal)).resolves.toBeUndefined();
    const facts = { operation: 'm1', seen: 5, found: 4 };
    await expect(memory.checkNotBehind('m1', journal.slice(0, 4))).rejects.toMatchObject({
      code: 'journal-behind',
      facts,
    });
    await expect(memory.checkNotBehind('m1', branch)).rejects.toMatchObject({
      code: 'journal-diverged',
      facts: { operation: 'm1', position: 5 },
    });
  });

  it('torn while it was written was never told', async () => {
    const memory = openMemory(directory);
    await memory.rememberIntent(intent);
    await appendFile(intentsFile(), JSON.stringify({ ...intent, epoch: 4 }));
    expect(await memory.intents('m1')).toEqual([intent]);
    await memory.rememberIntent({ ...intent, epoch: 5 });
    expect(await memory.intents('m1')).toEqual([intent, { ...intent, epoch: 5 }]);
  });
});
