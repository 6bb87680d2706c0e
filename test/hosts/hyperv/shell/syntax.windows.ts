/** The scripts must run on Windows PowerShell 5.1 too, which no Linux has. */

import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { scriptFile } from '../../../../src/hosts/hyperv/script-file.ts';
import { catalogueCodes } from '../../../../src/texts/catalogue.ts';
import { requireTool } from '../../../tools.ts';
import { call, newFolder, open } from './fixture.ts';

const RULES = `Set-StrictMode -Version Latest\n$ErrorActionPreference = 'Stop'\n`;
/** What only 7 knows, and what is found of it. */
const PLANTED: readonly (readonly [string, string])[] = [
  ['$a = $true ? 1 : 2', '? :'],
  ['$a = $b ?? 1', '??'],
  ['$a ??= 1', '??='],
  ['$' + '{a}?.b', '?.'],
  ['$' + '{a}?[0]', '?['],
  ['Get-Item x && Get-Item y', '&&'],
  ['Get-Item x || Get-Item y', '||'],
  ['Get-Item x &', '& at the end'],
  ['function f { clean { 1 } }', 'clean'],
  [`'{}' | ConvertFrom-Json -AsHashtable`, 'ConvertFrom-Json -AsHashtable'],
  [`'{}' | ConvertFrom-Json -DateK String`, 'ConvertFrom-Json -DateK'],
  ['1 | ForEach-Object -Parallel { 1 }', 'ForEach-Object -Parallel'],
  ['Join-Path a b c', 'Join-Path with three parts'],
  ['$a = 1, 2 | Join-String', 'Join-String'],
  ['if ($IsWindows) { 1 }', '$IsWindows'],
  ['[ulong] 1', '[ulong]'],
  ['$a = [ushort]::MaxValue', '[ushort]'],
  ['$a = 0b11', 'number 0b11'],
  ['$a = 12ul', 'number 12ul'],
  ['$a = "`u{1F600}"', '`u or `e'],
  ['if (', 'Missing'],
  [`'è'`, 'not ASCII'],
];

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const powershell = open(pwsh);
  afterAll(() => powershell.close());
  const schema = z.object({ findings: z.array(z.string()), codes: z.array(z.string()) });
  const look = (files: readonly string[]) =>
    powershell.ask(
      join(import.meta.dirname, 'scripts', 'only-seven.ps1'),
      { files },
      { ...call, schema },
    );

  it('the scripts hold nothing that only PowerShell 7 knows, and follow our rules', async () => {
    const folder = dirname(scriptFile('invoke'));
    const names = (await readdir(folder, { recursive: true })).filter((name) =>
      /\.psm?1$/.test(name),
    );
    expect(names.length).toBeGreaterThanOrEqual(2);
    const { findings, codes } = await look(names.map((name) => join(folder, name)));
    expect(findings).toEqual([]);
    expect(codes.filter((code) => !catalogueCodes().includes(code))).toEqual([]);
    expect(codes).toContain('epoch-behind');
  });

  it('what only 7 knows is found where it is planted', async () => {
    await using folder = await newFolder();
    const file = (i: number) => folder.file(`${i}.ps1`);
    await Promise.all(PLANTED.map(([text], i) => writeFile(file(i), `${RULES}${text}\n`)));
    const { findings } = await look(PLANTED.map((_, i) => file(i)));
    for (const [i, [text, what]] of PLANTED.entries()) {
      const found = findings.filter((line) => line.startsWith(`${i}.ps1:`)).join('\n');
      expect(`${text} => ${found}`).toContain(what);
    }
  });

  it('a script without the two rules is found', async () => {
    await using folder = await newFolder();
    await writeFile(folder.file('a.ps1'), '@{}');
    expect((await look([folder.file('a.ps1')])).findings).toHaveLength(2);
  });
}
