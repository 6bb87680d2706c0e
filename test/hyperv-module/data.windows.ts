/** The doubles' commands are what the data says, as PowerShell itself sees them. */

import { readdir } from 'node:fs/promises';
import { afterAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { call, commands, open } from '../hosts/hyperv/shell/fixture.ts';
import { requireTool } from '../tools.ts';
import { type Cmdlet, lackedBy, MODULE_PATH, parametersOf, readCmdlets } from './data.ts';

const seenSchema = z.object({
  name: z.string(),
  default: z.string().nullable(),
  sets: z.array(z.object({ name: z.string(), line: z.string(), pipeline: z.array(z.string()) })),
  aliases: z.array(z.string()),
  validation: z.array(z.string()),
});
type Seen = z.infer<typeof seenSchema>;

/** All commands of a module, with what `Get-Command` tells of them. */
const LOOK = `
$common = [System.Management.Automation.PSCmdlet]::CommonParameters
$commands = foreach ($name in (Import-Module $Given.module -PassThru).ExportedFunctions.Keys) {
  $command = Get-Command $name
  @{
    name = $name
    default = $command.DefaultParameterSet
    sets = @($command.ParameterSets | ForEach-Object { @{
      name = $_.Name
      line = $_.ToString()
      pipeline = @($_.Parameters | ForEach-Object {
        if ($_.ValueFromPipeline) { "$($_.Name) value" }
        if ($_.ValueFromPipelineByPropertyName) { "$($_.Name) name" }
      })
    } })
    aliases = @($command.Parameters.Values | Where-Object { $_.Name -notin $common -and $_.Name -notin 'WhatIf', 'Confirm' } |
      ForEach-Object { $parameter = $_; $_.Aliases | ForEach-Object { "$($parameter.Name)=$_" } })
    validation = @($command.Parameters.Values | Where-Object { $_.Name -notin $common } | ForEach-Object {
      foreach ($attribute in $_.Attributes) {
        if ($attribute -is [ValidateSet]) { "$($_.Name) $($attribute.ValidValues -join ',')" }
        if ($attribute -is [ValidateRange]) { "$($_.Name) $($attribute.MinRange)..$($attribute.MaxRange)" }
      }
    })
  }
}
@{ commands = @($commands) }`;

/** What the data says, in the same form. */
function told(name: string, { sets, pipeline = {}, ...cmdlet }: Cmdlet): Seen {
  const takes = (parameter: string, set: string): string[] => {
    const how = pipeline[parameter];
    if (how === 'both') return [`${parameter} value`, `${parameter} name`];
    const here = typeof how === 'object' ? how[set] : how;
    return here === undefined ? [] : [`${parameter} ${here}`];
  };
  const pairs = (of: Readonly<Record<string, readonly unknown[]>> = {}) => Object.entries(of);
  return {
    name,
    default: cmdlet.default ?? null,
    sets: Object.entries(sets).map(([set, line]) => ({
      name: set === '*' ? '__AllParameterSets' : set,
      line,
      pipeline: parametersOf(line).flatMap((text) => takes(/-(\w+)/.exec(text)?.[1] ?? '', set)),
    })),
    aliases: pairs(cmdlet.aliases).flatMap(([of, names]) => names.map((each) => `${of}=${each}`)),
    validation: [
      ...pairs(cmdlet.values).map(([of, values]) => `${of} ${values.join(',')}`),
      ...pairs(cmdlet.range).map(([of, range]) => `${of} ${range.join('..')}`),
    ],
  };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
  a.name < b.name ? -1 : 1;
/** Without the order that says nothing. */
const plain = ({ sets, aliases, validation, ...seen }: Seen) => ({
  ...seen,
  sets: sets
    .map(({ name, line, pipeline }) => ({
      name: name === '*' ? '__AllParameterSets' : name,
      parameters: parametersOf(line),
      pipeline: pipeline.toSorted(),
    }))
    .sort(byName),
  aliases: aliases.toSorted(),
  validation: validation.toSorted(),
});

const cmdlets = readCmdlets();

it('each module of the data is there, and none that the data does not know', async () => {
  const folders = (await readdir(MODULE_PATH)).filter((name) => name !== 'FerryDouble');
  expect(folders.sort()).toEqual([...cmdlets.keys()].sort());
});

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const powershell = open(pwsh, { modulePath: MODULE_PATH });
  afterAll(() => powershell.close());
  const look = async (module: string) => {
    const schema = z.object({ commands: z.array(seenSchema) });
    const text = LOOK;
    return (await powershell.ask(commands, { module, text }, { ...call, schema })).commands;
  };

  it.each([...cmdlets])('%s has exactly the commands of the data', async (module, of) => {
    const seen = (await look(module)).filter(({ name }) => name !== 'Test-Path');
    expect(seen.map(plain).sort(byName)).toEqual(
      [...of].map(([name, cmdlet]) => plain(told(name, cmdlet))).sort(byName),
    );
  });

  it('each command loads its module by itself, and no module promises another', async () => {
    const schema = z.object({ promised: z.record(z.string(), z.string()) });
    const text = `$promised = @{}
      foreach ($module in Get-Module -ListAvailable $Given.modules) {
        $names = (Import-PowerShellDataFile $module.Path).FunctionsToExport
        $promised["$($module.Name) $($module.Version)"] = @($names | Sort-Object) -join ' '
      }
      @{ promised = $promised }`;
    const given = { modules: [...cmdlets.keys()], text };
    const { promised } = await powershell.ask(commands, given, { ...call, schema });
    const words = (names: readonly string[]) => names.toSorted().join(' ').toLowerCase();
    const expected = Object.fromEntries(
      [...cmdlets].map(([module, of]) => [`${module} 2.0.0.0`, [...of.keys()]]),
    );
    const newest = [...(expected['Hyper-V 2.0.0.0'] ?? []), 'Test-Path'];
    expected['Hyper-V 2.0.0.0'] = newest;
    expected['Hyper-V 1.1'] = newest.filter((name) => !lackedBy('Hyper-V-1.1').includes(name));
    for (const [name, names] of Object.entries(expected)) {
      const seen = promised[name]?.split(' ') ?? [];
      expect(`${name}: ${words(seen)}`).toBe(`${name}: ${words(names)}`);
    }
    expect(Object.keys(promised).sort()).toEqual(Object.keys(expected).sort());
  });
}
