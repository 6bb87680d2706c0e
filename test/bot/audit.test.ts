import {
  appendFile,
  chmod,
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AUDIT_FILE, type AuditOptions, auditFiles, openAudit } from '../../src/bot/audit.ts';
import type { Head } from '../../src/bot/audit-chain.ts';
import { auditLines, verifyAudit } from '../../src/bot/verify-audit.ts';
import type { Decision } from '../../src/slack/ports.ts';
import { textOf } from '../../src/texts/catalogue.ts';
import { problemOf } from './world.ts';

let directory = '';
let path = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-audit-'));
  path = join(directory, AUDIT_FILE);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const decisionOf = (changes: Partial<Decision> = {}): Decision => ({
  user: 'U1',
  channel: 'C1',
  how: 'command',
  what: 'migrate',
  text: 'dc02 to hv-b',
  outcome: 'done',
  ...changes,
});

/** Records so many decisions, the first named 1. */
async function written(count: number, options?: AuditOptions): Promise<void> {
  const audit = openAudit(directory, options);
  for (let index = 1; index <= count; index += 1)
    await audit.record(decisionOf({ user: `U${index}` }));
}

const linesIn = async (file = path): Promise<string[]> =>
  (await readFile(file, 'utf8')).trimEnd().split('\n');

async function users(): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const line of auditLines(directory))
    if (line.kind === 'decision') found.push(line.user);
  return found;
}

const foundAt = async (kept?: Head): Promise<string> => {
  const { code, facts } = await problemOf(verifyAudit(directory, kept));
  expect(textOf({ code, facts }).text).not.toMatch(/undefined/);
  return `${code} ${basename(String(facts.path))} ${facts.line ?? ''}`;
};

describe('the audit', () => {
  it('has every decision in its order, each on disk before its answer', async () => {
    const audit = openAudit(directory);
    const all = Array.from({ length: 250 }, (_, index) => `U${index}`);
    const onDisk = await Promise.all(
      all.map(async (user, index) => {
        await audit.record(decisionOf({ user }));
        return (await linesIn()).length > index;
      }),
    );
    expect(onDisk).toEqual(all.map(() => true));
    expect(await users()).toEqual(all);
    expect(await verifyAudit(directory)).toMatchObject({ first: 1, files: 1, mended: 0 });
  });

  it('goes on where it was after a restart', async () => {
    await written(3);
    await written(2);
    const { head } = await verifyAudit(directory);
    expect([head.number, await users()]).toEqual([5, ['U1', 'U2', 'U3', 'U1', 'U2']]);
  });

  it('is rotated with its chain carried over, and the oldest files go', async () => {
    await written(40, { fileBytesMax: 1000, filesMax: 4 });
    const files = await auditFiles(directory);
    expect(files).toHaveLength(4 + 1);
    const { first, head } = await verifyAudit(directory);
    expect(first).toBeGreaterThan(1);
    expect(head.number).toBe(40);
    await written(1);
    expect((await verifyAudit(directory)).head.number).toBe(41);
  });

  it('goes on after a crash between rotating and the first line', async () => {
    await written(2, { fileBytesMax: 1 });
    const [first = '', second = ''] = await auditFiles(directory);
    await copyFile(second, join(directory, 'audit-000000000002.jsonl'));
    await rm(second);
    expect(basename(first)).toBe('audit-000000000001.jsonl');
    await written(1);
    expect((await verifyAudit(directory)).head.number).toBe(3);
  });

  it('never keeps a token, a password or an enrolment code', async () => {
    const audit = openAudit(directory);
    const code = 'ABCDE-FGHIJ-KLMNO-PQ234';
    const typed = [
      `enroll hv-b ${code}`,
      `enrol hv-b ${code.toLowerCase().replaceAll('-', ' ')}`,
      `hv-b ${code.replaceAll('-', '')} please`,
      'use xoxb-12-secretsecret and xapp-1-secretsecret',
    ];
    for (const text of typed) await audit.record(decisionOf({ text }));
    const facts = { text: `enroll hv-b ${code}`, url: 'postgres://me:secretsecret@host/db' };
    await audit.record(decisionOf({ outcome: 'refused', problem: { code: 'x', facts } }));
    const all = await readFile(path, 'utf8');
    expect(all).not.toMatch(/secretsecret|ABCDE|abcde/);
    expect(all).toContain('enroll hv-b [secret]');
  });

  it('cuts what is too long for a line, and keeps who decided what', async () => {
    const facts = { long: Array(5000).fill('x') };
    await openAudit(directory).record(decisionOf({ problem: { code: 'long', facts } }));
    const [line = ''] = await linesIn();
    expect(line.length).toBeLessThan(8192);
    expect(JSON.parse(line)).toMatchObject({ user: 'U1', problem: { code: 'long' }, isCut: true });
    await verifyAudit(directory);
  });

  it('says that it cannot be written, cries out, and goes on once it can', async () => {
    const cries: string[] = [];
    const audit = openAudit(join(directory, 'gone'), { alarm: (event) => cries.push(event) });
    const { code } = await problemOf(audit.record(decisionOf()));
    expect([code, cries]).toEqual(['audit-unwritable', ['audit-unwritable']]);
    await chmod(directory, 0o700);
    const good = openAudit(directory);
    await good.record(decisionOf());
    await rm(path);
    // Somebody moved the file away: the new one goes on where it ended.
    await good.record(decisionOf());
    expect(await verifyAudit(directory)).toMatchObject({ first: 2, head: { number: 2 } });
  });

  it('tells its newest line to be kept elsewhere, and does not fail when that fails', async () => {
    const heads: Head[] = [];
    const cries: string[] = [];
    let isAway = false;
    const audit = openAudit(directory, {
      alarm: (event) => cries.push(event),
      keepHead: async (head) => {
        if (isAway) throw new Error('store away');
        heads.push(head);
      },
    });
    await audit.record(decisionOf());
    await audit.record(decisionOf());
    isAway = true;
    await audit.record(decisionOf());
    await audit.record(decisionOf());
    expect(heads.map(({ number }) => number)).toEqual([1, 2]);
    expect(cries).toContain('audit-head-not-kept');
    expect((await verifyAudit(directory, heads[1])).head.number).toBe(4);
  });
});

describe('an end that a crash cut', () => {
  it('at any byte is kept and marked, and no line before it is lost', async () => {
    await written(3);
    const whole = await readFile(path);
    const start = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    const some = [0, 1, 2, 9, 60, 150, whole.length - start - 2, whole.length - start - 1];
    for (const length of [...some, whole.length - start].map((bytes) => start + bytes)) {
      await writeFile(path, whole.subarray(0, length));
      const isWhole = length >= whole.length - 1;
      const isTorn = length > start && !isWhole;
      expect((await verifyAudit(directory)).isEndTorn).toBe(isTorn);
      await openAudit(directory).record(decisionOf({ user: 'U9' }));
      const found = await verifyAudit(directory);
      expect([found.mended, found.isEndTorn]).toEqual([isTorn ? 1 : 0, false]);
      expect(await users()).toEqual(['U1', 'U2', ...(isWhole ? ['U3'] : []), 'U9']);
      const kept = (await readFile(path)).subarray(0, length);
      expect(kept).toEqual(whole.subarray(0, length));
    }
  });

  it('while an earlier cut was being marked is marked with it', async () => {
    await written(1);
    await appendFile(path, '{"half": "of a li');
    const before = await readFile(path);
    await written(1);
    const mended = await readFile(path);
    for (let length = before.length; length < mended.length; length += 40) {
      await writeFile(path, mended.subarray(0, length));
      await written(1);
      await verifyAudit(directory);
      const all = await users();
      expect([all[0], all.at(-1)]).toEqual(['U1', 'U1']);
    }
  });

  it('of many megabytes that are no lines is not written to', async () => {
    await written(1);
    await appendFile(path, Buffer.alloc(3 * 2 ** 20));
    expect((await problemOf(written(1))).code).toBe('audit-damaged');
    expect(await foundAt()).toBe(`audit-tampered ${AUDIT_FILE} 2`);
  });
});

describe('what somebody changed', () => {
  beforeEach(() => written(12));

  it('is found with its line, whichever byte it is', async () => {
    const whole = await readFile(path);
    const lineAt = (byte: number): number =>
      whole.subarray(0, byte).filter((one) => one === 0x0a).length + 1;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length - 2 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const changed = Buffer.from(whole);
          changed[at] = (changed[at] ?? 0) ^ mask;
          await writeFile(path, changed);
          const { number, hash } = JSON.parse(whole.toString().trimEnd().split('\n').at(-1) ?? '');
          const found = await foundAt({ number, hash });
          // The last line looks like one that a crash cut, but for the kept head; so does one that
          // was joined with it.
          const isLast = at >= whole.lastIndexOf(0x0a, whole.length - 2);
          expect(found).toBe(
            isLast ? `audit-cut ${AUDIT_FILE} ` : `audit-tampered ${AUDIT_FILE} ${lineAt(at)}`,
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([1, 5, 11])('a line that is taken out is found at %p', async (number) => {
    const lines = await linesIn();
    lines.splice(number - 1, 1);
    await writeFile(path, `${lines.join('\n')}\n`);
    // Without the first line it looks like a rotated audit, which begins later.
    if (number === 1) expect((await verifyAudit(directory)).first).toBe(2);
    else expect(await foundAt()).toBe(`audit-tampered ${AUDIT_FILE} ${number}`);
  });

  it('a line that is put in, or changed with its own hash made anew, is found', async () => {
    const lines = await linesIn();
    const other = await mkdtemp(join(tmpdir(), 'ferry-audit-'));
    await openAudit(other).record(decisionOf({ user: 'U-FORGED' }));
    const [forged = ''] = await linesIn(join(other, AUDIT_FILE));
    await rm(other, { recursive: true });
    for (const removed of [0, 1]) {
      const changed = lines.toSpliced(4, removed, forged);
      await writeFile(path, `${changed.join('\n')}\n`);
      expect(await foundAt()).toBe(`audit-tampered ${AUDIT_FILE} 5`);
    }
  });

  it('a cut end is found by the head that was kept elsewhere, and a rotated file by its gap', async () => {
    const { head } = await verifyAudit(directory);
    const lines = await linesIn();
    await writeFile(path, `${lines.slice(0, 9).join('\n')}\n`);
    expect(await foundAt(head)).toBe(`audit-cut ${AUDIT_FILE} `);
    await truncate(path, 0);
    await written(30, { fileBytesMax: 1000 });
    const files = (await readdir(directory)).toSorted();
    await rm(join(directory, files[1] ?? ''));
    expect(await foundAt()).toBe(`audit-tampered ${files[2]} 1`);
  });

  it('a cut end is not forgotten when the bot goes on', async () => {
    const { head } = await verifyAudit(directory);
    const lines = await linesIn();
    await writeFile(path, `${lines.slice(0, 9).join('\n')}\n`);
    await written(1, { keptHead: async () => head });
    expect(await users()).toHaveLength(10);
    expect(await foundAt()).toBe(`audit-tampered ${AUDIT_FILE} 10`);
  });

  it('a cut end is seen by the bot that runs, too', async () => {
    const audit = openAudit(directory);
    await audit.record(decisionOf());
    await truncate(path, (await readFile(path)).indexOf(0x0a) + 1);
    await audit.record(decisionOf());
    expect(await foundAt()).toBe(`audit-tampered ${AUDIT_FILE} 2`);
  });

  it('a mark without what it marks, or with something else, is found', async () => {
    await appendFile(path, '{"half');
    await written(1);
    const lines = await linesIn();
    await writeFile(path, `${lines.filter((line) => line !== '{"half').join('\n')}\n`);
    expect(await foundAt()).toBe(`audit-tampered ${AUDIT_FILE} 13`);
    await writeFile(
      path,
      `${lines.map((line) => line.replace(/^\{"half$/, '{"full')).join('\n')}\n`,
    );
    expect(await foundAt()).toBe(`audit-tampered ${AUDIT_FILE} 13`);
  });
});
