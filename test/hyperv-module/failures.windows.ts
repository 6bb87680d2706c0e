/** The doubles fail, run as jobs and hang as Windows' own commands do. */

import { describe, expect, it } from '@jest/globals';
import { problemOf, until } from '../hosts/hyperv/shell/fixture.ts';
import { requireTool } from '../tools.ts';
import { openDouble, vm } from './double-fixture.ts';

const failure = (more: object = {}) => ({
  terminating: false,
  errorId: 'OperationFailed,Microsoft.HyperV.PowerShell.Commands.MoveVM',
  message: 'Impossibile completare l\u2019operazione.',
  hresult: -2147024891,
  category: 'PermissionDenied',
  target: 'dc02',
  ...more,
});

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const { simulator, run, lastAsked } = await openDouble(pwsh);

  describe('errors', () => {
    it('of CIM is of the type that CIM throws', async () => {
      simulator.tell({ errors: [failure({ terminating: true, message: 'Invalid class' })] });
      const seen = await run(`try { Get-CimInstance Win32_None; @{} }
        catch [Microsoft.Management.Infrastructure.CimException] { @{ message = $_.Exception.Message } }`);
      expect(seen).toEqual({ message: 'Invalid class' });
    });

    const FACTS = `@{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId; hresult = $_.Exception.HResult
      type = $_.Exception.GetType().FullName; category = [string] $_.CategoryInfo.Category; target = $_.TargetObject; command = $_.CategoryInfo.Activity }`;
    const told = {
      message: 'Impossibile completare l\u2019operazione.',
      id: 'OperationFailed,Move-VM',
      hresult: -2147024891,
      type: 'Microsoft.HyperV.PowerShell.VirtualizationException',
      category: 'PermissionDenied',
      target: 'dc02',
      command: 'Move-VM',
    };
    const move = 'Move-VM -Name dc02 -DestinationHost hv-b';

    it.each([true, false])(
      'terminating %s: it is told in the host\u2019s language, with its facts',
      async (terminating) => {
        simulator.tell({ errors: [failure({ terminating })] });
        expect(await run(`try { ${move} -ErrorAction Stop; @{} } catch { ${FACTS} }`)).toEqual(
          told,
        );
      },
    );

    it('one that does not terminate lets the command give the rest', async () => {
      simulator.tell({ output: [vm()], errors: [failure()] });
      const seen =
        await run(`$found = Get-VM -Name dc02, gone -ErrorAction SilentlyContinue -ErrorVariable failed
        @{ found = @($found).Count; failed = $failed.Count; message = $failed[0].Exception.Message }`);
      expect(seen).toEqual({ found: 1, failed: 1, message: told.message });
    });

    it('a compiled cmdlet obeys its caller\u2019s preference, a function of a script module does not see it', async () => {
      simulator.tell({ errors: [failure()] });
      const caught = (command: string) =>
        run(`$PSDefaultParameterValues = @{}; $ErrorActionPreference = 'Stop'
          try { ${command} 2>$null; @{ caught = $false } } catch { @{ caught = $true } }`);
      expect(await caught(move)).toEqual({ caught: true });
      expect(await caught('Get-NetAdapter')).toEqual({ caught: false });
    });

    it('a terminating one ends the command whatever the preference', async () => {
      simulator.tell({ errors: [failure({ terminating: true })] });
      const seen = await run(
        `try { ${move} -ErrorAction SilentlyContinue; @{ id = 'none' } } catch { @{ id = $_.FullyQualifiedErrorId } }`,
      );
      expect(seen).toEqual({ id: told.id });
    });

    it('warnings are warnings', async () => {
      simulator.tell({ warnings: ['Riavviare l\u2019host.'] });
      expect(await run(`@{ told = @(Get-VM 3>&1 | ForEach-Object { $_.Message }) }`)).toEqual({
        told: ['Riavviare l\u2019host.'],
      });
    });
  });

  describe('-AsJob', () => {
    it('gives a job at once, which ends when the simulator says so', async () => {
      const { promise: over, resolve: end } = Promise.withResolvers<void>();
      simulator.tell(async () => {
        await over;
        return { output: [vm()] };
      });
      expect(
        await run(
          `$global:job = Move-VM -Name dc02 -DestinationHost hv-b -AsJob -Passthru; @{ state = [string] $job.State }`,
        ),
      ).toEqual({ state: 'Running' });
      end();
      const seen = await run(`$moved = $job | Wait-Job | Receive-Job
        @{ state = [string] $job.State; name = $moved.Name; type = $moved.GetType().Name }`);
      expect(seen).toEqual({ state: 'Completed', name: 'dc02', type: 'VirtualMachine' });
      expect(lastAsked()?.parameters).not.toHaveProperty('AsJob');
    });

    it('without it a cmdlet waits for the job that the simulator names', async () => {
      simulator.tell({ job: 'job 1' });
      simulator.tellJob({ job: 'job 1' });
      const moving = run('@{ name = (Move-VM -Name dc02 -DestinationHost hv-b -Passthru).Name }');
      await until(() => simulator.asked.length === 1);
      simulator.tellJob({ output: [vm()] });
      expect(await moving).toEqual({ name: 'dc02' });
    });

    it('is Completed also when nothing was moved, because the error did not terminate', async () => {
      simulator.tell({ errors: [failure()] });
      const seen = await run(`$job = Move-VM -Name dc02 -DestinationHost hv-b -AsJob | Wait-Job
        Receive-Job $job -ErrorAction SilentlyContinue -ErrorVariable failed
        @{ state = [string] $job.State; id = $failed[0].FullyQualifiedErrorId }`);
      expect(seen).toEqual({ state: 'Completed', id: 'OperationFailed,Move-VM' });
    });
  });

  it('a \\\\host\\share is looked for in the simulator, every other path here', async () => {
    simulator.tell({ output: [true] });
    const seen = await run(`Import-Module Hyper-V
      @{ share = Test-Path '\\\\hv-b\\admin$'; here = Test-Path -LiteralPath $Given.PSObject.TypeNames.GetType().Name; root = Test-Path / -PathType Container }`);
    expect(seen).toEqual({ share: true, here: false, root: true });
    expect(simulator.asked).toEqual([
      expect.objectContaining({ cmdlet: 'Test-Path', parameters: { Path: ['\\\\hv-b\\admin$'] } }),
    ]);
  });

  it('a cmdlet that hangs ends only with its PowerShell', async () => {
    simulator.tell({ hang: true });
    const problem = await problemOf(run('Get-VM; @{}', 4));
    expect(problem.code).toBe('powershell-timeout');
    simulator.tell({});
    expect(await run('Get-VM; @{ alive = $true }')).toEqual({ alive: true });
  });
}
