import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { readCmdlets } from '../../../hyperv-module/data.ts';
import { requireTool } from '../../../tools.ts';
import { commandsPage, PAGE } from './commands.ts';

const COMMON = /^(ErrorAction|WarningAction|Confirm|WhatIf)$/;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  it('docs/hyper-v-commands.md names what the scripts call: `npm run commands` writes it', async () => {
    const page = await commandsPage(pwsh);
    expect(await readFile(PAGE, 'utf8')).toBe(page);
    expect(page).toMatch(/\| `Move-VM` \| .*DestinationHost/);
    const known = new Map([...readCmdlets().values()].flatMap((cmdlets) => [...cmdlets]));
    const rows = page.matchAll(/^\| `(?<name>[^`]+)` \| (?<parameters>[^|]+) \|/gm);
    for (const { groups: { name = '', parameters = '' } = {} } of rows) {
      const sets = Object.values(known.get(name)?.sets ?? {}).join(' ');
      // What is PowerShell's own is not among the doubles.
      if (sets === '' || parameters === 'none') continue;
      for (const one of parameters.split(', ')) {
        if (COMMON.test(one)) continue;
        expect(`${name} ${sets}`).toMatch(new RegExp(`-${one}\\b`));
      }
    }
  });
}
