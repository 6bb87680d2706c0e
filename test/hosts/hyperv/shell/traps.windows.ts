/** node-powershell's traps, by the numbers of `session.ts`; 1 and 11 are also in `corpus.windows.ts`. */

import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it, jest } from '@jest/globals';
import { PowerShell as NodePowerShell } from 'node-powershell';
import { defaultExecutable, Session } from '../../../../src/hosts/hyperv/shell/session.ts';
import { requireTool } from '../../../tools.ts';
import { call, commands, echo, isRunning, newFolder, open, problemOf, until } from './fixture.ts';

const run = promisify(execFile);
const CONTROL_MILLISECONDS = 500;

async function fakeShell(path: string): Promise<void> {
  const file = fileURLToPath(new URL('./fake-shell.ts', import.meta.url));
  const flags = '--disable-warning=ExperimentalWarning';
  await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' ${flags} '${file}'\n`);
  await chmod(path, 0o755);
}

it('trap 2: an answer whose lines end as on Windows is not lost', async () => {
  await using folder = await newFolder();
  const fake = folder.file('powershell');
  await fakeShell(fake);
  const powershell = open(fake);
  expect(await powershell.ask(echo, {}, call)).toEqual({ from: 'the fake' });
  expect(await powershell.ask(echo, {}, call)).toEqual({ from: 'the fake' });
  await powershell.close();

  // The library by itself waits for ever: this is what the fake is for.
  const bare = new NodePowerShell({ executable: fake, invocationTimeout: CONTROL_MILLISECONDS });
  await expect(bare.invoke('anything')).rejects.toThrow('');
  await bare.dispose();
});

it('trap 5: on Windows the PowerShell of Windows itself is started, by its path', () => {
  expect(defaultExecutable('win32')).toBe(
    'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  );
  expect(defaultExecutable('linux')).toBe('pwsh');
});

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const powershell = open(pwsh);
  afterAll(() => powershell.close());
  const told = (text: string) => powershell.ask(commands, { text }, call);
  const pid = async () => (await told('@{ pid = $PID }')).pid;

  it('trap 1: commands of many lines, blank ones and unfinished ones are data', async () => {
    expect(await told(`$a = @(\n1\n\n\n2\n)\n\n@{\n\n  a = $a\n}\n`)).toEqual({ a: [1, 2] });
    expect((await problemOf(told('if ('))).code).toBe('powershell-failed');
    expect((await problemOf(told("@'\nnever closed"))).code).toBe('powershell-failed');
    expect(await told('@{ still = "here" }')).toEqual({ still: 'here' });
  });

  it('trap 4: exit in a script ends the script alone', async () => {
    const before = await pid();
    const problem = await problemOf(told('exit 3'));
    expect(problem.code).toBe('powershell-failed');
    expect(problem.facts.message).toContain('0 objects');
    expect(await pid()).toBe(before);
  });

  it('trap 4: the end of the whole process is reported, and the next call has another', async () => {
    const before = await pid();
    for (const code of [0, 3]) {
      const problem = await problemOf(
        told(`[Console]::Error.WriteLine('last words'); [Environment]::Exit(${code})`),
      );
      expect(problem.code).toBe('powershell-died');
      expect(problem.facts.said).toBe('last words');
    }
    expect(await pid()).not.toBe(before);
  });

  it('trap 5 and 10: neither a missing program nor a hung one ends Node or keeps it', async () => {
    const file = fileURLToPath(new URL('./bare-process.ts', import.meta.url));
    // Ends by itself, with code 0, or this waits until the test's own limit.
    const { stdout } = await run(process.execPath, [file, commands, pwsh]);
    const { codes, holder } = JSON.parse(stdout);
    expect(isRunning(holder)).toBe(true);
    process.kill(Number(holder), 'SIGKILL');
    expect(codes).toEqual(['powershell-missing', 'powershell-missing', 'stopped']);
  });

  it('trap 5: NODE_POWERSHELL does not decide what is started', async () => {
    process.env.NODE_POWERSHELL = 'no-such-powershell';
    try {
      const other = open(pwsh);
      expect(await other.ask(commands, { text: '@{ a = 1 }' }, call)).toEqual({ a: 1 });
      await other.close();
    } finally {
      delete process.env.NODE_POWERSHELL;
    }
  });

  it('trap 6: a script that hangs is killed at its limit, and the next call has another', async () => {
    const before = await pid();
    const text = `[Console]::Error.WriteLine('waiting'); Start-Sleep 600; @{}`;
    const hung = powershell.ask(commands, { text }, { ...call, timeoutSeconds: 2 });
    const problem = await problemOf(hung);
    expect(problem.code).toBe('powershell-timeout');
    expect(problem.facts).toMatchObject({ host: 'hv-a', script: 'text', seconds: 2 });
    await until(() => !isRunning(before));
    expect(await pid()).not.toBe(before);
  });

  it('trap 7: nothing that a script sets is there for the next one', async () => {
    await told(`$left = 1; $script:left = 2; $ErrorActionPreference = 'SilentlyContinue'
      Set-StrictMode -Off; $PSDefaultParameterValues = @{ '*:ErrorAction' = 'Ignore' }
      Get-Item '/no such' -ErrorAction SilentlyContinue; @{}`);
    expect((await problemOf(told(`Get-Item '/no such'`))).code).toBe('powershell-failed');
    expect((await problemOf(told('@{ a = $left }'))).code).toBe('powershell-failed');
    expect(await told('@{ errors = $Error.Count }')).toEqual({ errors: 0 });
  });

  it('trap 7: calls at the same time take turns in their order', async () => {
    const order: unknown[] = [];
    const ask = async (i: number) => order.push((await powershell.ask(echo, { i }, call)).i);
    await Promise.all(Array.from({ length: 10 }, (_, i) => ask(i)));
    expect(order).toEqual(Array.from({ length: 10 }, (_, i) => i));
  });

  it('trap 8: neither the library nor PowerShell keeps what was asked and answered', async () => {
    const invoke = jest.spyOn(Session.prototype, 'invoke');
    try {
      for (let i = 0; i < 5; i += 1) await powershell.ask(echo, { i }, call);
      const [session] = invoke.mock.contexts as Session[];
      expect(invoke.mock.calls).toHaveLength(5);
      expect(session?.history).toHaveLength(0);
    } finally {
      invoke.mockRestore();
    }
    expect(await told('@{ max = $global:MaximumHistoryCount }')).toEqual({ max: 1 });
  });

  it('trap 9: the code page of the console does not matter', async () => {
    const text = `param($Given) [Console]::OutputEncoding = [System.Text.Encoding]::ASCII; @{ back = $Given.name }`;
    const name = 'Città 😀 日本';
    expect(await powershell.ask(commands, { text, name }, call)).toEqual({ back: name });
    expect(await powershell.ask(echo, { name }, call)).toEqual({ name });
  });

  it('trap 12: one process answers all questions, and an effect finds the last one warm', async () => {
    expect(await pid()).toBe(await pid());
    const act = async () => (await powershell.act(commands, { text: '@{ pid = $PID }' }, call)).pid;
    const first = await act();
    expect(first).not.toBe(await pid());
    expect(await act()).toBe(first);
  });
}
