/** PGlite on a directory, flushed to disk like a real server. */

import * as fs from 'node:fs';
import { cp, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { Problem } from '../../domain/problem.ts';

export interface Database {
  /** Runs whole protocol messages up to a Sync or a Query and returns what comes back. */
  exec(messages: Buffer): Promise<Uint8Array>;
  readonly serverVersion: string;
  close(): Promise<void>;
}

/** What we use of the module that PGlite hands to its file systems. */
interface EmscriptenModule {
  readonly NODEFS: {
    readonly stream_ops: { fsync?: (stream: { readonly nfd: number }) => number };
  };
}

/** PGlite leaves out fsync: with it, an acknowledged entry also survives a power cut. */
class FlushedFileSystem extends NodeFS {
  override async init(...parameters: Parameters<NodeFS['init']>) {
    const result = await super.init(...parameters);
    const preRun = (module: unknown) => {
      (module as EmscriptenModule).NODEFS.stream_ops.fsync = ({ nfd }) => {
        fs.fsyncSync(nfd);
        return 0;
      };
    };
    const { emscriptenOpts } = result;
    return {
      emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), preRun] },
    };
  }
}

/** `-F` is "no fsync". */
const START_PARAMETERS = PGlite.defaultStartParams.filter((parameter) => parameter !== '-F');

/** A journal is small; the default of 128 MB would be taken from the machine at once. */
const SHARED_BUFFERS = 'shared_buffers=16MB';

export interface OpenOptions {
  readonly directory: string;
  /** Tells this start from every other one: `current_setting('ferry.start_id')`. */
  readonly startId: string;
  /** Where empty databases are kept to be copied, as making one takes 8 CPU-seconds and 1 GiB. */
  readonly templates?: string | undefined;
}

/**
 * Opens the database in `directory`/data, and makes it the first time. A directory whose making
 * was interrupted is made again.
 * @throws Problem `store-directory-damaged`.
 */
export async function openDatabase({
  directory,
  startId,
  templates,
}: OpenOptions): Promise<Database> {
  const data = path.join(directory, 'data');
  if (!fs.existsSync(data)) await createDatabase(directory, data, templates);
  try {
    // PGlite would make a new database without asking where it finds none.
    await stat(path.join(data, 'PG_VERSION'));
    return await start(data, startId);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('store-directory-damaged', { directory: data, reason }, { cause });
  }
}

async function createDatabase(
  directory: string,
  data: string,
  templates: string | undefined,
): Promise<void> {
  const unfinished = path.join(directory, 'data.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  const template = templates && path.join(templates, `pglite-${await pgliteVersion()}`);
  if (template && fs.existsSync(template)) {
    await cp(template, unfinished, { recursive: true });
  } else {
    await mkdir(unfinished, { mode: 0o700 });
    await (await start(unfinished, '')).close();
    if (template) await keep(unfinished, template);
  }
  await flushTree(unfinished);
  await rename(unfinished, data);
}

/** A database is an affair of the version that made it. */
async function pgliteVersion(): Promise<string> {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(await readFile(path.join(main, '../../package.json'), 'utf8'));
  return version;
}

async function keep(database: string, template: string): Promise<void> {
  await mkdir(path.dirname(template), { recursive: true });
  const copy = await mkdtemp(`${template}-`);
  await cp(database, copy, { recursive: true });
  // Another process may have been quicker: its own is as good.
  await rename(copy, template).catch(async (error: unknown) => {
    if (!fs.existsSync(template)) throw error;
    await rm(copy, { recursive: true });
  });
}

async function start(data: string, startId: string): Promise<Database> {
  const settings = ['wal_sync_method=fsync', SHARED_BUFFERS, `ferry.start_id=${startId}`];
  const db = await PGlite.create({
    fs: new FlushedFileSystem(data),
    startParams: [...START_PARAMETERS, ...settings.flatMap((setting) => ['-c', setting])],
  });
  const { rows } = await db.query<{ server_version: string }>('SHOW server_version');
  return {
    exec: (messages) => db.execProtocolRaw(messages),
    serverVersion: rows[0]?.server_version ?? '',
    close: () => db.close(),
  };
}

/** What initdb wrote, it did not flush. */
async function flushTree(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  for (const name of names) {
    const file = path.join(directory, name);
    if (!(await stat(file)).isFile()) continue;
    await using handle = await open(file, 'r+');
    await handle.sync();
  }
}
