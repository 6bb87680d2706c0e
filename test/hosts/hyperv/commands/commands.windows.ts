import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { type Cmdlet, readCmdlets } from '../../../hyperv-module/data.ts';
import { requireTool } from '../../../tools.ts';
import { commandsPage, PAGE, type ScriptNames, scriptNames } from './commands.ts';

jest.setTimeout(240_000);
const COMMON = /^(ErrorAction|WarningAction|Confirm|WhatIf)$/;

/** Functions of ours that speak with Hyper-V, and those that choose the module before. */
const SPEAKS = ['Get-RegisteredVm', 'Get-VmFact', 'Find-Vm', 'Invoke-VmAct'];
const CHOOSES = ['Use-HyperV', 'Get-Machine', 'Invoke-VmAct'];

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let names: ScriptNames;
  beforeAll(async () => {
    names = await scriptNames(pwsh);
  });

  it('every script that speaks with Hyper-V first chooses the module for its host', () => {
    const hyperv = readCmdlets().get('Hyper-V') ?? new Map<string, Cmdlet>();
    const called = Map.groupBy(names.calls, ({ file }) => file);
    const speaking = [...called].filter(
      ([file, calls]) =>
        file.endsWith('.ps1') &&
        calls.some(({ name }) => hyperv.has(name) || SPEAKS.includes(name)),
    );
    expect(speaking.length).toBeGreaterThan(8);
    const careless = speaking.filter(
      ([, calls]) => !calls.some(({ name }) => CHOOSES.includes(name)),
    );
    expect(careless.map(([file]) => file)).toEqual([]);
  });

  it('G.6 no script names a VM by its name: names are not unique', () => {
    const hyperv = readCmdlets().get('Hyper-V') ?? new Map<string, Cmdlet>();
    const byName = names.calls.filter(({ name, parameters }) => {
      // Where `Name` is that of a VM, `VMName` is another word for it.
      const isOfVm = hyperv.get(name)?.aliases?.Name?.includes('VMName');
      return parameters.some((one) => one === 'VMName' || (isOfVm && one === 'Name'));
    });
    expect(byName.map(({ name, file }) => `${name} in ${file}`)).toEqual([]);
    const parametersOfAll = (wanted: string) =>
      names.calls.flatMap(({ name, parameters }) => (name === wanted ? parameters : []));
    expect(parametersOfAll('Move-VM')).toContain('VM');
    expect(parametersOfAll('Get-VM')).toContain('Id');
  });

  it('docs/hyper-v-commands.md names what the scripts call: `npm run commands` writes it', async () => {
    const page = commandsPage(names);
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
