/** The whole package, as a Windows host gets it: made with the registry, opened by .NET's own reader of zips. */

import { execFile } from 'node:child_process';
import { cp, mkdtemp, open, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Packed, packWorker } from '../../../src/packaging/pack-worker.ts';
import { digestOf, filesIn } from '../../../src/packaging/sums.ts';
import { requireTool } from '../../tools.ts';
import { packagesOfLock } from './lock.ts';

jest.setTimeout(900_000);

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');
/** What of the repository goes into the package, or says what does. */
const PACKED = [
  'src',
  'jobs',
  'docs/worker-on-windows.md',
  '.env.example',
  'manifest.json',
  'package.json',
  'package-lock.json',
];
/** [PE format] where the offset of the header stands, its signature, and the machine of 64-bit x86. */
const PE = { offsetAt: 0x3c, signature: 'PE\0\0', x64: 0x8664 } as const;
/** How programs of other systems begin: ELF, Mach-O of both byte orders, and of several machines. */
const STRANGERS = ['7f454c46', 'cffaedfe', 'feedfacf', 'cefaedfe', 'feedface', 'cafebabe'];

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  describe('the package of the worker for Windows', () => {
    let work: string;
    let root: string;
    let packed: Packed;
    let folder: string;
    let files: string[];
    beforeAll(async () => {
      work = await mkdtemp(join(tmpdir(), 'ferry-package-'));
      // People may be at work on the sources while this runs.
      root = join(work, 'root');
      for (const name of PACKED) await cp(join(ROOT, name), join(root, name), { recursive: true });
      packed = await packWorker(join(work, 'dist'), root);
      folder = join(work, 'unpacked');
      const unpack = `[IO.Compression.ZipFile]::ExtractToDirectory('${packed.file}', '${folder}')`;
      await run(pwsh, ['-NoProfile', '-Command', unpack]);
      files = await filesIn(folder);
    });
    afterAll(() => rm(work, { recursive: true, force: true }));

    it('each program and library in it is for 64-bit Windows', async () => {
      const programs = files.filter((file) => /\.(exe|dll|node)$/i.test(file));
      expect(programs).toContain('node/node.exe');
      for (const file of programs)
        expect([file, await machineOf(join(folder, file))]).toEqual([file, PE.x64]);
    });

    it('nothing in it is a program for another system', async () => {
      const strangers: string[] = [];
      for (const file of files) {
        const start = (await beginningOf(join(folder, file), 4)).toString('hex');
        if (STRANGERS.includes(start)) strangers.push(file);
      }
      expect(strangers).toEqual([]);
    });

    it('has nothing of the lab, of the tests, or of what only development needs', async () => {
      const own = files.filter((file) => !file.startsWith('node_modules/'));
      expect(
        own.filter((file) => /(^|\/)(lab|test|packaging)\/|\.test\.|cli\/lab/.test(file)),
      ).toEqual([]);
      const { development } = await packagesOfLock(root);
      const there = new Set(await modulesIn(files));
      expect(development.filter((path) => there.has(path))).toEqual([]);
    });

    it('has each production dependency of the lock once, and no other', async () => {
      const { production } = await packagesOfLock(root);
      expect(await modulesIn(files)).toEqual([...production].sort());
      for (const path of production) {
        const { version } = JSON.parse(await readFile(join(folder, path, 'package.json'), 'utf8'));
        expect([path, version]).toEqual([path, (await packagesOfLock(root)).versions.get(path)]);
      }
    });

    it('SHA256SUMS names every other file, with its digest', async () => {
      const lines = (await readFile(join(folder, 'SHA256SUMS'), 'utf8')).trimEnd().split('\n');
      const found: string[] = [];
      for (const file of files.filter((name) => name !== 'SHA256SUMS')) {
        found.push(`${digestOf(await readFile(join(folder, file)))}  ${file}`);
      }
      expect(lines).toEqual(found);
    });

    it('has the licence of Node and of each package', async () => {
      const text = await readFile(join(folder, 'LICENCES.txt'), 'utf8');
      expect(text).toContain('Node.js is licensed for use as follows');
      const { production } = await packagesOfLock(root);
      const names = production.map((path) => path.slice(path.lastIndexOf('node_modules/') + 13));
      expect(names.filter((name) => !text.includes(`\n${name} `))).toEqual([]);
    });

    it('each of its modules loads, and each command starts', async () => {
      const modules = files.filter((file) => file.startsWith('src/') && file.endsWith('.ts'));
      const text = modules.map((file) => `await import('./${file}');`).join('\n');
      await using _ = await ownBindings(folder);
      const node = (...args: string[]) =>
        run(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
          cwd: folder,
        });
      await node('--input-type=module', '--eval', text);
      const { stdout } = await node('src/cli.js', 'worker', '--help');
      expect(stdout).toContain('Usage: ferry worker');
      expect((await node('src/cli.js', '--help')).stdout).not.toContain('simulated hosts');
    });

    it('made again, it has the same bytes', async () => {
      const again = await packWorker(join(work, 'again'), root);
      expect([again.id, again.sha256]).toEqual([packed.id, packed.sha256]);
    });
  });
}

async function beginningOf(file: string, bytes: number, position = 0): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** [PE format] the machine that the file is for; -1 where it is no such file. */
async function machineOf(file: string): Promise<number> {
  const start = await beginningOf(file, PE.offsetAt + 4);
  if (start.toString('latin1', 0, 2) !== 'MZ') return -1;
  const header = await beginningOf(file, 6, start.readUInt32LE(PE.offsetAt));
  return header.toString('latin1', 0, 4) === PE.signature ? header.readUInt16LE(4) : -1;
}

/** `node_modules/a/node_modules/b` for each package that is there. */
async function modulesIn(files: readonly string[]): Promise<string[]> {
  const found = files.filter((file) =>
    /(^|\/)node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(file),
  );
  return found.map((file) => file.slice(0, -'/package.json'.length)).sort();
}

/** The package has Windows' bindings alone: here those of this machine stand beside them. */
async function ownBindings(folder: string): Promise<AsyncDisposable> {
  const links: string[] = [];
  for (const scope of ['@node-rs', '@napi-rs']) {
    const modules = join(ROOT, 'node_modules', scope);
    for (const name of await readdir(modules)) {
      if (!name.includes(`-${process.platform}-${process.arch}`)) continue;
      const link = join(folder, 'node_modules', scope, name);
      await symlink(join(modules, name), link);
      links.push(link);
    }
  }
  expect(links.length).toBeGreaterThanOrEqual(2);
  return {
    [Symbol.asyncDispose]: async () => {
      for (const link of links) await rm(link);
    },
  };
}
