import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { entryHash, type SignedEntry } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import { lockDirectory, readAddress, writeAddress } from '../../src/store/embedded/directory.ts';
import { startEmbeddedStore } from '../../src/store/embedded/start.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { until } from '../until.ts';
import { entryAfter, noted } from './entries.ts';
import { type StoreProcess, spawnStore, startStoreProcess } from './server.ts';

jest.setTimeout(120_000);

const KILLS = 5;
const WRITERS = 3;

describe('the embedded store', () => {
  let server: StoreProcess;
  beforeAll(async () => {
    server = await startStoreProcess();
  });
  afterAll(() => server?.stop());

  it(`loses nothing that it acknowledged in ${KILLS} kills under load, and its clients come back`, async () => {
    await using store = await openStore(server.url);
    const identities = new Set([await store.journal.identity()]);
    const acknowledged: SignedEntry[] = [];
    const stopped = new AbortController();
    using _ = { [Symbol.dispose]: () => stopped.abort() };
    const writing = Array.from({ length: WRITERS }, (_, index) =>
      writeOn(store, `m${index}`, { acknowledged, stopped: stopped.signal }),
    );
    const { url } = server;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const enough = acknowledged.length + 20;
      await Promise.race([until(() => acknowledged.length >= enough), ...writing]);
      await server.kill();
      await server.restart();
      identities.add(await untilAnswered(() => store.journal.identity()));
    }
    stopped.abort();
    const outages = await Promise.all(writing);
    expect(server.url).toBe(url);
    expect(identities.size).toBe(KILLS + 1);
    expect(outages.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    const kept = new Set<string>();
    for (const operation of await store.journal.list(WRITERS)) {
      for (const entry of await store.journal.read(operation)) kept.add(entryHash(entry));
    }
    expect(acknowledged.filter((entry) => !kept.has(entryHash(entry)))).toEqual([]);
  });

  it('says within seconds that it is away, without its password, and works again afterwards', async () => {
    await using store = await openStore(server.url);
    await server.kill();
    const { host, pathname, password } = new URL(server.url);
    const error = await store.journal.now().catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      code: 'store-unreachable',
      facts: { url: `postgres://${host}${pathname}` },
    });
    expect(String(error)).not.toContain(password);
    await expect(openStore(server.url)).rejects.toMatchObject({ code: 'store-unreachable' });
    await server.restart();
    expect(await untilAnswered(() => store.journal.now())).toBeGreaterThan(0);
  });

  it('does not start twice on one directory', async () => {
    const second = startEmbeddedStore({ directory: server.directory });
    await expect(second).rejects.toMatchObject({
      code: 'store-directory-in-use',
      facts: { directory: server.directory, pid: server.pid },
    });
  });

  it('keeps its password in a file that only its user may read', async () => {
    const { mode } = await stat(path.join(server.directory, 'store.json'));
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
    const { password } = await readAddress(server.directory);
    expect(new URL(server.url).password).toBe(password);
  });

  it('says which port is taken', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'ferry-store-'));
    const port = Number(new URL(server.url).port);
    await expect(startEmbeddedStore({ directory, port })).rejects.toMatchObject({
      code: 'store-port-in-use',
      facts: { directory, port },
    });
    // And it gave the directory back.
    await (await lockDirectory(directory))();
    await rm(directory, { recursive: true });
  });
});

/** Appends until stopped; how often the store was away meanwhile. */
async function writeOn(
  { journal }: Store,
  operation: string,
  { acknowledged, stopped }: { acknowledged: SignedEntry[]; stopped: AbortSignal },
): Promise<number> {
  let outages = 0;
  let last: SignedEntry | undefined;
  while (!stopped.aborted) {
    try {
      last ??= (await journal.read(operation)).at(-1);
      const entry = entryAfter(last, operation, noted('x'.repeat(200)));
      const { result } = await journal.append(entry);
      if (result === 'appended') acknowledged.push(entry);
      last = result === 'appended' ? entry : undefined;
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'store-unreachable') throw error;
      outages += 1;
      last = undefined;
      await pause(20);
    }
  }
  return outages;
}

async function untilAnswered<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt < 50; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'store-unreachable') throw error;
      await pause(100);
    }
  }
  return call();
}

describe('a directory of the embedded store', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'ferry-store-'));
  });
  afterEach(() => rm(path.join(directory, 'store.lock'), { force: true }));
  afterAll(() => rm(directory, { recursive: true }));

  it('is made the first time, also where an earlier first start was cut short', async () => {
    const fresh = path.join(directory, 'fresh');
    await (await lockDirectory(fresh))();
    const unfinished = path.join(fresh, 'data.unfinished');
    await writeFile(unfinished, 'no directory of PostgreSQL');
    const templates = path.join(directory, 'templates');
    for (const own of [fresh, path.join(directory, 'copied')]) {
      const { url, stop } = await spawnStore(own, templates);
      await using client = await openStore(url);
      expect(await client.journal.list(1)).toEqual([]);
      await stop();
      await expect(stat(path.join(own, 'store.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
    }
    await expect(stat(unfinished)).rejects.toMatchObject({ code: 'ENOENT' });
    // The second one was a copy of the first.
    const [template = ''] = await readdir(templates);
    const identities = [path.join(templates, template), ...['fresh/data', 'copied/data']].map(
      async (data) =>
        (await readFile(path.resolve(directory, data, 'global/pg_control'))).readBigUInt64LE(),
    );
    expect(new Set(await Promise.all(identities)).size).toBe(1);
  });

  it('is taken from a process that is dead', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const file = path.join(directory, 'store.lock');
    for (const left of [`${child.pid}`, '', 'nonsense']) {
      await writeFile(file, left);
      const unlock = await lockDirectory(directory);
      expect(await readFile(file, 'utf8')).toBe(`${process.pid}`);
      await expect(lockDirectory(directory)).rejects.toMatchObject({
        code: 'store-directory-in-use',
      });
      await unlock();
    }
  });

  it('has a random password at first, and the same one afterwards', async () => {
    const [one, other] = [await readAddress(directory), await readAddress(directory)];
    expect(one.password).not.toBe(other.password);
    await writeAddress(directory, { ...one, port: 5000 });
    expect(await readAddress(directory)).toEqual({ ...one, port: 5000 });
  });

  it('says which file is damaged', async () => {
    const file = path.join(directory, 'store.json');
    for (const text of ['{', '{}', '{"port":-1,"password":"12345678901234567890"}', '[]']) {
      await writeFile(file, text);
      await expect(readAddress(directory)).rejects.toMatchObject({
        code: 'store-address-damaged',
        facts: { file },
      });
    }
  });

  it('says that its database cannot be opened', async () => {
    const damaged = path.join(directory, 'damaged');
    await (await lockDirectory(damaged))();
    await writeFile(path.join(damaged, 'data'), 'no directory');
    await expect(startEmbeddedStore({ directory: damaged })).rejects.toMatchObject({
      code: 'store-directory-damaged',
    });
  });
});
