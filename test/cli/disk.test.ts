/** `ferry disk …` as processes: what they print, and how they end. */

import { execFile } from 'node:child_process';
import { copyFile, readFile, truncate } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { contentOf, type Folder, MIB, newFolder, pattern, sha256, write } from '../disks/folder.ts';
import { put } from '../disks/harm.ts';

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

it('maps the whole chain without gaps, in words and as JSON', async () => {
  const words = await disk('map', files.child);
  expect(words).toMatchObject({ code: 0, stderr: '' });
  expect(words.stdout).toBe(`0 ${2 * MIB} data\n${2 * MIB} ${6 * MIB} absent\n`);
  const json = await disk('map', files.child, '--json');
  expect(JSON.parse(json.stdout)).toEqual([
    { offset: 0, length: 2 * MIB, kind: 'data' },
    { offset: 2 * MIB, length: 6 * MIB, kind: 'absent' },
  ]);
});

it('checks: 0 for sound, 1 with a line for each finding, 2 for what is no disk', async () => {
  expect(await disk('check', files.child)).toEqual({
    code: 0,
    stdout: 'sound: 2 files\n',
    stderr: '',
  });
  const path = folder.path('harmed.vhdx');
  await copyFile(files.base, path);
  await put(64 * 1024 + 20, [9])(path);
  await put(3 * MIB, [5])(path);
  const ended = await disk('check', path);
  expect(ended).toMatchObject({ code: 1, stderr: '' });
  const lines = ended.stdout.trim().split('\n');
  expect(lines[0]).toContain(`damage vhdx-header-checksum: ${path}, byte 65540: `);
  expect(lines[1]).toBe(
    `damage vhdx-block-state: ${path}, byte ${3 * MIB}: block 0 is in state 5, which it cannot be`,
  );
  expect(lines.at(-1)).toBe('damaged: 2 findings');
  const json = JSON.parse((await disk('check', path, '--json')).stdout);
  expect(json).toMatchObject({ sound: false, files: [path], more: 0 });
  expect(json.findings[1]).toMatchObject({
    severity: 'damage',
    code: 'vhdx-block-state',
    file: path,
    offset: 3 * MIB,
    value: 5,
    text: expect.stringContaining('block 0'),
    remedy: expect.stringContaining('backup'),
  });
  expect(await disk('check', import.meta.filename)).toMatchObject({ code: 2, stdout: '' });
  expect(await disk('check', folder.path('none.vhdx'))).toMatchObject({ code: 2, stdout: '' });
});
