import { writeFile } from 'node:fs/promises';
import { afterAll, expect, it } from '@jest/globals';
import { Problem, Verdict } from '../../../../src/domain/problem.ts';
import { scriptErrorOf } from '../../../../src/hosts/hyperv/shell/failure.ts';
import { catalogueCodes, textOf } from '../../../../src/texts/catalogue.ts';
import { hypervProblems as italian } from '../../../../src/texts/it/hyperv.ts';
import { requireTool } from '../../../tools.ts';
import { call, commands, newFolder, open, problemOf } from './fixture.ts';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const noise: string[] = [];
  const powershell = open(pwsh, { onNoise: (_, lines) => noise.push(...lines) });
  afterAll(() => powershell.close());
  const told = (text: string) => powershell.ask(commands, { text }, call);
  const failed = (text: string) => problemOf(told(text));
  const factsOf = async (text: string) => scriptErrorOf(await failed(text))?.facts;

  it('an error of a command is data: its message, id, category, target and type', async () => {
    const problem = await failed(`Get-Item -LiteralPath '/no such "file"'`);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).not.toBeInstanceOf(Verdict);
    expect(problem.code).toBe('powershell-failed');
    expect(problem.facts).toMatchObject({ host: 'hv-a', script: 'text', command: 'Get-Item' });
    expect(scriptErrorOf(problem)?.facts).toMatchObject({
      message: expect.stringContaining('/no such "file"'),
      category: 'ObjectNotFound',
      errorId: expect.stringContaining('PathNotFound'),
      target: '/no such "file"',
      sourceType: 'System.Management.Automation.ItemNotFoundException',
    });
    expect(textOf(problem).text).toContain('Get-Item failed on hv-a');
  });

  it('the type is that of the exception inside a .NET call, and its HRESULT is told', async () => {
    expect(await factsOf(`[System.IO.File]::ReadAllText('/no/such')`)).toMatchObject({
      sourceType: 'System.IO.DirectoryNotFoundException',
      hresult: '0x80070003',
    });
    const com = `New-Object System.Runtime.InteropServices.COMException 'x', -2147024809`;
    expect(await factsOf(`throw (New-Object System.Exception 'outer', (${com}))`)).toMatchObject({
      hresult: '0x80070057',
    });
  });

  it('an HRESULT that only the message names is told too; without one there is none', async () => {
    const message = `Move failed at ''HV-B'': refused. (0x8007274d).`;
    expect(await factsOf(`throw '${message}'`)).toMatchObject({
      message: message.replaceAll(`''`, `'`),
      hresult: '0x8007274D',
    });
    expect((await factsOf(`throw 'no number'`))?.hresult).toBeUndefined();
  });

  it('an error that does not end a command ends the script', async () => {
    await using folder = await newFolder();
    const module = folder.file('Speaks.psm1');
    await writeFile(
      module,
      `function Get-Advanced { [CmdletBinding()] param() Write-Error 'advanced'; 'went on' }
       function Get-Plain { Write-Error 'plain'; 'went on' }`,
    );
    const using = `Import-Module '${module}';`;
    expect((await factsOf(`${using} Get-Advanced`))?.message).toBe('advanced');
    expect((await factsOf(`${using} Get-Plain`))?.message).toBe('plain');
    const kept = `$kept = @(Get-Advanced 2>&1); @{ count = $kept.Count }`;
    expect((await factsOf(`${using} ${kept}`))?.message).toBe('advanced');
    const caught = `try { Get-Advanced } catch { $text = "caught $_" }; @{ text = $text }`;
    expect(await told(`${using} ${caught}`)).toEqual({ text: 'caught advanced' });
    expect((await factsOf(`Write-Error 'even then' -ErrorAction Continue; @{}`))?.message).toBe(
      'even then',
    );
    expect(
      await told(`Write-Error 'asked for' -ErrorAction SilentlyContinue; @{ on = 1 }`),
    ).toEqual({
      on: 1,
    });
  });

  it('an error that the script has caught is none', async () => {
    expect(
      await told(`try { throw 'x' } catch { $text = $_.Exception.Message }; @{ text = $text }`),
    ).toEqual({
      text: 'x',
    });
  });

  it('strict mode holds: an unknown variable or field is an error', async () => {
    expect((await factsOf('@{ a = $unknown }'))?.errorId).toContain('VariableIsUndefined');
    expect((await factsOf('param($Given) @{ a = $Given.unknown }'))?.errorId).toContain(
      'PropertyNotFoundStrict',
    );
  });

  it('a script that does not parse, or is not there, is a problem like any other', async () => {
    await using folder = await newFolder();
    const broken = folder.file('broken [1].ps1');
    await writeFile(broken, 'if (');
    const problem = await problemOf(powershell.ask(broken, {}, call));
    expect(problem.facts).toMatchObject({ script: 'broken [1]', at: expect.anything() });
    expect(problem.code).toBe('powershell-failed');
    const absent = await problemOf(powershell.ask(folder.file('absent.ps1'), {}, call));
    expect(absent.code).toBe('powershell-failed');
  });

  it('a script ends itself with a code of the catalogue, its facts, and a verdict or not', async () => {
    const stop = `Stop-Script 'vm-busy' @{ vm = 'dc02'; seconds = 60; names = @('a'); on = $true; no = $null; big = [long]::MaxValue }`;
    const problem = await failed(stop);
    expect(problem).not.toBeInstanceOf(Verdict);
    expect(problem).toMatchObject({
      code: 'vm-busy',
      facts: {
        host: 'hv-a',
        script: 'text',
        vm: 'dc02',
        seconds: 60,
        names: ['a'],
        on: true,
        no: 'null',
        big: '9223372036854775807',
      },
    });
    expect(await failed(`${stop} -Verdict`)).toBeInstanceOf(Verdict);
    const passedOn = await failed(`try { ${stop} } catch { throw }`);
    expect(passedOn.code).toBe('vm-busy');
  });

  it('an answer is one object of plain values, and anything else says what it was', async () => {
    expect((await factsOf('$null = 1'))?.message).toContain('0 objects');
    expect((await factsOf('@{ a = 1 }; @{ b = 2 }'))?.message).toContain('2 objects');
    expect((await factsOf('@{ list = New-Object System.Text.StringBuilder }'))?.message).toContain(
      'System.Text.StringBuilder',
    );
    expect((await factsOf('@{ not = [double]::NaN }'))?.message).toContain('NaN');
    const deep = '$deep = @{}; foreach ($i in 1..40) { $deep = @{ deep = $deep } }; $deep';
    expect((await factsOf(deep))?.message).toContain('32 levels');
    expect((await failed('break')).code).toBe('powershell-answer');
  });

  it('trap 3: warnings and what goes to the screen are no part of the answer', async () => {
    noise.length = 0;
    const text = `Write-Warning 'Careful 😀'; Write-Host 'screen'; Write-Verbose 'v' -Verbose
      Write-Information 'i' -InformationAction Continue; [Console]::Out.Write('beside'); @{ a = 1 }`;
    expect(await told(text)).toEqual({ a: 1 });
    expect(noise).toEqual(['Careful 😀']);
  });

  it('trap 3: a program that chatters on its error stream has not failed', async () => {
    noise.length = 0;
    const chatter = `process.stderr.write('chatter'); console.log('result')`;
    const text = `$out = & '${process.execPath}' -e "${chatter}"; [Console]::Error.WriteLine('direct'); @{ out = $out }`;
    expect(await told(text)).toEqual({ out: 'result' });
    expect(noise).toEqual(expect.arrayContaining(['chatter', 'direct']));
  });

  it('has words in both languages for all that it can say', () => {
    const said = {
      message: 'no',
      reason: 'r',
      said: 's',
      seconds: 1,
      hresult: '0x1',
      errorId: 'E',
    };
    const named = { host: 'hv-a', script: 'move', command: 'Move-VM', executable: 'pwsh' };
    const facts = { ...said, ...named, vm: 'dc02', computer: 'old', file: 'epoch.json' };
    for (const [code, textIn] of Object.entries(italian)) {
      expect(catalogueCodes()).toContain(code);
      const words = [textOf({ code, facts }), textIn(facts)].flatMap(Object.values).join(' ');
      expect(words).not.toContain('undefined');
      expect(words).toContain('hv-a');
    }
  });
}
