/** `ferry disk …` as processes: what they print, and how they end. */

import { execFile } from 'node:child_process';
import { readFile, truncate } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { contentOf, type Folder, MIB, newFolder, pattern, sha256, write } from '../disks/folder.ts';

const COMMAND = pathToFileURL(`${import.meta.dirname}/../../src/cli/disk.ts`).href;
const PROGRAM = `
  import { diskCommand } from ${JSON.stringify(COMMAND)};
  await diskCommand().parseAsync(process.argv.slice(1), { from: 'user' });
`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const disk = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const options = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', PROGRAM];
    execFile(process.execPath, [...options, '--', ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

let folder: Folder;
let files: { base: string; child: string };

beforeAll(async () => {
  folder = await newFolder();
  files = { base: folder.path('base disk.vhdx'), child: folder.path('child.avhdx') };
  await createDisk(files.base, { virtualBytes: 8 * MIB, blockBytes: MIB });
  await write(files.base, 0, pattern(2 * MIB, 1));
  await createChild(files.child, files.base);
  await write(files.child, MIB, pattern(512, 2));
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

it('shows a chain in words and as JSON, and changes nothing', async () => {
  const before = await sha256(files.child);
  const words = await disk('info', files.child);
  expect(words).toMatchObject({ code: 0, stderr: '' });
  expect(words.stdout).toContain(`${files.child}\n  vhdx, differencing, ${8 * MIB} bytes`);
  expect(words.stdout).toContain(`parent ${files.base}`);
  const json = JSON.parse((await disk('info', files.child, '--json')).stdout);
  expect(json).toMatchObject([
    { type: 'differencing', allocatedBytes: 512, identity: { path: files.child } },
    { type: 'dynamic', allocatedBytes: 2 * MIB, identity: { path: files.base } },
  ]);
  expect(await sha256(files.child)).toBe(before);
});

it('exports what a guest reads, once', async () => {
  const raw = folder.path('raw');
  expect(await disk('export', files.child, '--to', raw)).toMatchObject({ code: 0, stderr: '' });
  expect((await readFile(raw)).equals(await contentOf(files.child))).toBe(true);
  const again = await disk('export', files.child, '--to', raw);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain(`${raw} exists already`);
});

it('compares: 0 for equal, 1 with the first difference, 2 for a problem with its remedy', async () => {
  expect(await disk('compare', files.child, files.child)).toMatchObject({
    code: 0,
    stdout: 'equal\n',
  });
  expect(await disk('compare', files.child, files.base)).toMatchObject({
    code: 1,
    stdout: `different from byte ${MIB}\n`,
  });
  const missing = await disk('compare', files.child, folder.path('none.vhdx'));
  expect(missing.code).toBe(2);
  expect(missing.stderr.trim().split('\n')).toEqual([
    `There is no file ${folder.path('none.vhdx')}`,
    'Check the path, and that its volume is mounted.',
  ]);
  expect(missing.stdout).toBe('');
});

it('says of a truncated disk where it ends', async () => {
  const path = folder.path('cut.vhdx');
  await createDisk(path, { virtualBytes: 8 * MIB });
  await truncate(path, 100_000);
  const ended = await disk('info', path);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain('is cut off');
  expect(ended.stderr).toContain('ends at 100000');
  expect(ended.stderr).not.toContain('    at ');
});
