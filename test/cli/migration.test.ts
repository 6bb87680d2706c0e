/** `ferry migration …` as processes, against a store with one journal. */

import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { copyClaim, type Entry, entryHash, vmClaim } from '../../src/domain/journal.ts';
import { openMemory } from '../../src/trust/memory.ts';
import { signEntry } from '../../src/trust/signatures.ts';
import { done, failed, started, stepsBefore } from '../bot/stories.ts';
import { dc02, kindsOf } from '../bot/world.ts';
import { newOperation, operation, planHash, read, world } from '../bot/world-of-test.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { type StoreProcess, startStoreProcess } from '../store/server.ts';
import { type Ended, ferry } from './ferry.ts';

let server: StoreProcess;
beforeAll(async () => {
  server = await startStoreProcess();
});
afterAll(() => server?.stop());
beforeEach(() => newOperation({ url: server.url, namespace: 'ferry' }));

/** Types the command where this party's process runs, with its environment file. */
async function migration(who: string, ...args: string[]): Promise<Ended> {
  const state = join(world.directory, `state of ${who}`);
  const file = join(world.directory, `${who}.env`);
  const lines = [
    `STORE_URL=${server.url}`,
    `FERRY_STATE="${state}"`,
    `FERRY_HOST=${who}`,
    `FERRY_BOT=${world.bot.fingerprint}`,
  ];
  await writeFile(file, lines.join('\n'));
  await copyIdentity(who, state);
  return await ferry(['--env', file, 'migration', ...args]);
}

async function copyIdentity(who: string, state: string): Promise<void> {
  await cp(join(world.directory, who), join(state, 'identity'), { recursive: true });
}

const memoryOf = (who: string) => openMemory(join(world.directory, `state of ${who}`, 'memory'));

describe('migration list and show', () => {
  it('show the migrations and a journal, entry by entry, with what is next', async () => {
    const why = { code: 'guest-will-not-stop', facts: { vm: 'dc02', seconds: 300 } };
    await world.write(operation, [
      ...stepsBefore('stopSource', planHash),
      ...failed('stopSource', 'roll back', why),
    ]);
    const list = await migration('hv-a', 'list');
    expect(list).toEqual({
      code: 0,
      out: `${operation}  dc02  hv-a -> hv-b  undo  (stopSource)\n`,
      err: '',
    });
    const show = await migration('bot', 'show', operation);
    expect(show.code).toBe(0);
    const lines = show.out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ {3}1 {2}\d{4}-.*Z {2}bot {2}opened/);
    expect(lines.at(-1)).toMatch(/^next: \{"kind":"undo"/);
    expect(show.out).toContain('"code":"guest-will-not-stop"');
  });

  it('show a drain as what it is, and leave it to the bot', async () => {
    world.looks.set('hv-a', async () => ({ host: hostFacts('hv-a', { vms: [vmFacts()] }) }));
    const drain = await world.operations.drain({ host: 'hv-a', user: 'U1', channel: 'C1' });
    const list = await migration('hv-b', 'list');
    expect(list.out).toContain(`${drain}  drain hv-a`);
    expect(list.code).toBe(0);
    const show = await migration('hv-b', 'show', drain);
    expect([show.code, show.out]).toEqual([0, expect.stringMatching(/bot {2}opened/)]);
    const cancel = await migration('hv-b', 'cancel', drain);
    expect([cancel.code, cancel.err]).toEqual([2, expect.stringContaining('drain')]);
    expect(kindsOf(await world.store.journal.read(drain))).toEqual(['opened']);
  });

  it('tell what they do not know, and exit 2', async () => {
    for (const unknown of ['m99', '../m1', 'x']) {
      const { code, err } = await migration('hv-a', 'show', unknown);
      expect([code, err]).toEqual([2, expect.stringContaining(`no operation ${unknown}`)]);
    }
  });

  it('show the others where one journal was forged', async () => {
    const [first] = await read();
    const place = { operation, position: 2, previous: first ? entryHash(first) : '' };
    const body = { kind: 'cancelled', by: 'U1' } as const;
    const forged = signEntry(world.workers['hv-c'], { ...place, author: 'bot', body });
    await world.store.journal.append(forged);
    const { code, out } = await migration('hv-a', 'list');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^${operation}  Entry 2 of ${operation} was not signed`));
    expect((await migration('hv-a', 'show', operation)).code).toBe(2);
  });
});

describe('migration cancel, rollback and retry', () => {
  it("are signed with this host's key, in its role", async () => {
    expect(await migration('hv-b', 'cancel', operation)).toMatchObject({ code: 0, err: '' });
    const last = (await read()).at(-1);
    expect([last?.author, last?.body]).toEqual(['target', { kind: 'cancelled', by: 'host hv-b' }]);
    // Everyone accepts it.
    expect((await world.operations.view(operation))?.state.kind).toBe('rolling back');
  });

  it('are refused on a host that has no part in it, and leave the journal as it was', async () => {
    const { code, err } = await migration('hv-c', 'cancel', operation);
    expect([code, err]).toEqual([2, expect.stringContaining('no part')]);
    expect(kindsOf(await read())).toEqual(['opened']);
    expect(await world.operations.view(operation)).toMatchObject({ alerts: [] });
  });

  it('follow the same rules as the buttons', async () => {
    const early = await migration('hv-a', 'retry', operation);
    expect([early.code, early.err]).toEqual([2, expect.stringContaining('does not wait')]);
    await world.write(operation, [...stepsBefore('startTarget', planHash), started('startTarget')]);
    for (const command of ['cancel', 'rollback']) {
      const late = await migration('hv-a', command, operation);
      expect([late.code, late.err]).toEqual([2, expect.stringContaining('cannot be taken back')]);
    }
  });

  it('send who wants to retry what was rolled back to the bot', async () => {
    await migration('bot', 'rollback', operation);
    await world.write(operation, done('trackChanges', {}, 'undo'));
    const { code, err } = await migration('bot', 'retry', operation);
    expect([code, err]).toEqual([2, expect.stringContaining('/migrate dc02 to hv-b')]);
  });
});

describe('migration pause, resume and limit', () => {
  it("are signed with this host's key, in its role", async () => {
    expect(await migration('hv-a', 'pause', operation)).toMatchObject({ code: 0, err: '' });
    expect((await world.operations.view(operation))?.state.kind).toBe('paused');
    expect(await migration('hv-b', 'resume', operation)).toMatchObject({ code: 0, err: '' });
    expect(await migration('bot', 'limit', operation, '50MB/s')).toMatchObject({ code: 0 });
    expect(await migration('hv-a', 'limit', operation, 'off')).toMatchObject({ code: 0 });
    const [, ...entries] = await read();
    expect(entries.map(({ author, body }) => [author, body])).toEqual([
      ['source', { kind: 'paused', by: 'host hv-a' }],
      ['target', { kind: 'resumed', by: 'host hv-b' }],
      ['bot', { kind: 'limited', by: 'host bot', bytesPerSecondMax: 50e6 }],
      ['source', { kind: 'limited', by: 'host hv-a', bytesPerSecondMax: 0 }],
    ]);
  });

  it('say what is no rate, and what comes too late', async () => {
    const wrong = await migration('hv-a', 'limit', operation, 'fast');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('"fast"')]);
    await world.write(operation, stepsBefore('stopSource', planHash));
    const late = await migration('hv-a', 'pause', operation);
    expect([late.code, late.err]).toEqual([2, expect.stringContaining('cutover')]);
  });
});

describe('migration heal-store', () => {
  let seen: Entry[] = [];
  beforeEach(async () => {
    seen = await world.write(operation, stepsBefore('createTargetDisks'));
    await memoryOf('hv-a').remember(operation, seen);
  });

  /** The store as it was when only this much was written. */
  async function setBack(entries: number): Promise<void> {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query('DELETE FROM ferry.entries WHERE position > $1', [entries]);
    const head = seen[entries - 1];
    const sql = 'UPDATE ferry.operations SET length = $1, head = $2';
    await client.query(sql, [entries, head ? entryHash(head) : '']);
    await client.query('DELETE FROM ferry.claims');
    await client.end();
  }

  it('gives a store that was set back what this host has seen, claims included', async () => {
    await setBack(2);
    const behind = await migration('hv-a', 'show', operation);
    expect([behind.code, behind.err]).toEqual([2, expect.stringContaining('set back')]);
    expect(await migration('hv-a', 'heal-store', operation)).toMatchObject({ code: 0, err: '' });
    expect((await read()).map(entryHash)).toEqual(seen.map(entryHash));
    expect(await world.store.journal.holder(vmClaim(dc02.id))).toBe(operation);
    expect(await world.store.journal.holder(copyClaim(dc02.id, 'hv-b'))).toBeUndefined();
    expect((await migration('hv-a', 'show', operation)).code).toBe(0);
  });

  it('changes nothing in a store that has everything', async () => {
    expect((await migration('hv-a', 'heal-store', operation)).code).toBe(0);
    expect(await read()).toEqual(seen);
  });

  it('refuses what does not continue the story of the store', async () => {
    await setBack(2);
    await world.write(operation, [['bot', { kind: 'cancelled', by: 'U1' }]]);
    const stored = await read();
    const { code, err } = await migration('hv-a', 'heal-store', operation);
    expect(code).toBe(2);
    expect(err.trim().split('\n').length).toBeGreaterThan(1);
    expect(await read()).toEqual(stored);
  });

  it('says when this host has seen nothing of it', async () => {
    for (const unknown of [operation, '../x']) {
      const { code, err } = await migration('hv-b', 'heal-store', unknown);
      expect([code, err]).toEqual([2, expect.stringContaining(`no operation ${unknown}`)]);
    }
  });
});
