/** `ferry audit …` as processes, beside a bot's folder and a store with one journal. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openAudit } from '../../src/bot/audit.ts';
import { keepHead } from '../../src/bot/past.ts';
import { newOperation, operation, world } from '../bot/world-of-test.ts';
import { type StoreProcess, startStoreProcess } from '../store/server.ts';
import { type Ended, ferry } from './ferry.ts';

let server: StoreProcess;
let state = '';
beforeAll(async () => {
  server = await startStoreProcess();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  await newOperation({ url: server.url, namespace: 'ferry' });
  state = join(world.directory, 'state');
  await mkdir(state);
  await rename(join(world.directory, 'bot'), join(state, 'identity'));
  const audit = openAudit(state, { keepHead: (head) => keepHead(world.store.records, head) });
  const said = { user: 'U1', channel: 'C1', how: 'command', what: 'status' } as const;
  await audit.record({ ...said, text: 'status sql1', outcome: 'done' });
  await audit.record({ ...said, what: 'cancel', operation, outcome: 'done' });
});

async function audit(...args: string[]): Promise<Ended> {
  const file = join(world.directory, 'bot.env');
  await writeFile(file, `STORE_URL=${server.url}\nFERRY_STATE="${state}"`);
  return await ferry(['--env', file, 'audit', ...args]);
}

describe('audit export', () => {
  it('has the audit and the journals as JSON lines, of all or of one VM', async () => {
    const all = await audit('export');
    expect([all.code, all.err]).toEqual([0, '']);
    const lines = all.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ source }) => source).toSorted()).toEqual(['audit', 'audit', 'journal']);
    const one = await audit('export', '--vm', 'SQL1');
    expect(
      one.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).text),
    ).toEqual(['status sql1']);
    expect((await audit('export', '--since', '2999-01-01')).out).toBe('');
    const { code, err } = await audit('export', '--since', 'yesterday');
    expect([code, err]).toEqual([2, expect.stringContaining('"yesterday" is not a date')]);
  });
});

describe('audit verify', () => {
  it('says that all is whole, finds the line that was changed, and a cut end', async () => {
    const whole = await audit('verify');
    expect([whole.code, whole.err]).toEqual([0, '']);
    expect(whole.out).toMatch(
      /2 lines in 1 file, all whole.*\nNewest: line 2, hash [0-9a-f]{64}\n$/,
    );
    const path = join(state, 'audit.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"status sql1"', '"status sql2"'));
    const changed = await audit('verify');
    expect([changed.code, changed.err]).toEqual([2, expect.stringContaining('line 1')]);
    await writeFile(path, text.slice(0, text.indexOf('\n') + 1));
    const cut = await audit('verify');
    expect([cut.code, cut.err]).toEqual([2, expect.stringContaining('it has 1 lines of 2')]);
  });

  it('of another folder makes nothing there', async () => {
    state = join(world.directory, 'nothing');
    const { code, err } = await audit('verify');
    expect([code, err]).toEqual([2, expect.stringContaining('There is no audit')]);
    await expect(readFile(state)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
