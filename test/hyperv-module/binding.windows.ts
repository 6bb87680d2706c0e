/** The doubles bind parameters as Windows' own commands do, and ask the simulator what was bound. */

import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { call, commands } from '../hosts/hyperv/shell/fixture.ts';
import { requireTool } from '../tools.ts';
import { ID, isGet, oneVm, openDouble, vm } from './double-fixture.ts';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const { simulator, powershell, run, errorId, lastAsked } = await openDouble(pwsh);

  describe('binding parameters', () => {
    it.each([
      ['Get-VM -Nmae x', 'NamedParameterNotFound,Get-VM'],
      ['Get-VM -Name x -Id (New-Guid)', 'AmbiguousParameterSet,Get-VM'],
      [`Get-VM -Id 'no guid'`, 'ParameterArgumentTransformationError,Get-VM'],
      [`Get-VM -Name ''`, 'ParameterArgumentValidationError,Get-VM'],
      ['Get-VM a b', 'PositionalParameterNotFound,Get-VM'],
      ['Get-VMSecurity', 'MissingMandatoryParameter,Get-VMSecurity'],
      [
        `Get-VMHardDiskDrive -VM 'dc02'`,
        'ParameterArgumentTransformationError,Get-VMHardDiskDrive',
      ],
      [
        `Get-VMHardDiskDrive -VM @{ Name = 'dc02' }`,
        'ParameterArgumentTransformationError,Get-VMHardDiskDrive',
      ],
      [`Set-VM -Name x -AutomaticStartAction Never`, 'ParameterArgumentTransformationError,Set-VM'],
      [`New-VM -Name x -Generation 3`, 'ParameterArgumentValidationError,New-VM'],
      [
        `Test-NetConnection hv-b -Port 70000`,
        'ParameterArgumentValidationError,Test-NetConnection',
      ],
      ['Get-VMColour', 'CommandNotFoundException'],
    ])('%s ends with %s, and asks nothing', async (text, id) => {
      simulator.tell({});
      expect(await errorId(text)).toBe(id);
      expect(simulator.asked).toEqual([]);
    });

    it.each([
      `-IncludeStorage -DestinationStoragePath 'D:\\x' -Vhds @(@{ SourceFilePath = 'a'; DestinationFilePath = 'b' })`,
      `-IncludeStorage -VirtualMachinePath 'D:\\x'`,
      `-Vhds @(@{ SourceFilePath = 'a'; DestinationFilePath = 'b' }) -DestinationStoragePath 'D:\\x'`,
    ])('Move-VM and Compare-VM do not take %s', async (options) => {
      simulator.tell(oneVm);
      for (const command of ['Move-VM', 'Compare-VM']) {
        const by = [`${command} -Name dc02`, `Get-VM -Id ${ID} | ${command}`];
        for (const begin of by) {
          const id = await errorId(`${begin} -DestinationHost hv-b ${options}`);
          expect(`${begin}: ${id}`).toMatch(/AmbiguousParameterSet/);
        }
      }
      expect(simulator.asked.filter((request) => !isGet(request))).toEqual([]);
    });

    // Two sets ask for no more than this, and neither is the default: so binds the real engine.
    it('a VM alone does not tell Move-VM which of its sets is meant, unless one is named', async () => {
      simulator.tell(oneVm);
      const begin = `Get-VM -Id ${ID} | Move-VM -DestinationHost hv-b`;
      expect(await errorId(begin)).toBe('AmbiguousParameterSet,Move-VM');
      expect(await errorId(`${begin} -IncludeStorage:$false`)).toBe('none');
      expect(lastAsked()).toMatchObject({ set: 'VMSingleDestination' });
    });

    it('an enum is taken by name, by number and by value', async () => {
      simulator.tell({});
      for (const value of ['Start', '4', '([Microsoft.HyperV.PowerShell.StartAction]::Start)']) {
        await run(`Set-VM -Name dc02 -AutomaticStartAction ${value}; @{}`);
        expect(lastAsked()?.parameters.AutomaticStartAction).toBe('Start');
      }
    });
  });

  describe('what the simulator is asked', () => {
    it('tells host, cmdlet, parameter set, language and parameters', async () => {
      simulator.tell({});
      await run(`Move-VM -Name 'dc02' -DestinationHost hv-b -VirtualMachinePath 'D:\\vms' -Passthru -Vhds @(
        @{ SourceFilePath = 'a'; DestinationFilePath = 'b' }); @{}`);
      expect(lastAsked()).toEqual({
        host: 'hv-a',
        cmdlet: 'Move-VM',
        module: '2.0.0.0',
        set: 'NameMultipleDestinations',
        language: 'en-US',
        parameters: {
          Name: 'dc02',
          DestinationHost: 'hv-b',
          VirtualMachinePath: 'D:\\vms',
          Passthru: true,
          Vhds: [{ SourceFilePath: 'a', DestinationFilePath: 'b' }],
        },
      });
    });

    it('an object comes back as the reference that it came with, from the pipeline too', async () => {
      simulator.tell(oneVm);
      const reference = { $type: 'VirtualMachine', $id: ID, ComputerName: 'hv-a' };
      await run(`Get-VM -Name dc02 | Start-VM; @{}`);
      expect(lastAsked()).toMatchObject({ set: 'VMObject', parameters: { VM: [reference] } });
      await run(
        `$found = @(Get-VM); Compare-VM -VM $found[0] -DestinationHost hv-b -IncludeStorage; @{}`,
      );
      expect(lastAsked()).toMatchObject({ parameters: { VM: reference } });
    });

    it('an object without an id comes back whole, and a password never', async () => {
      simulator.tell((request) =>
        isGet(request) ? { output: [{ $type: 'VMBootSource', Description: 'disk' }] } : {},
      );
      await run(`$order = @(Get-VMFirmware -VMName x)
        $secret = [pscredential]::new('admin', (ConvertTo-SecureString 'hidden' -AsPlainText -Force))
        Set-VMFirmware -VMName x -BootOrder $order -Credential $secret; @{}`);
      const { parameters } = lastAsked() ?? {};
      expect(parameters).toMatchObject({
        BootOrder: [{ $type: 'VMBootSource', Description: 'disk' }],
        Credential: [{ $type: 'PSCredential', UserName: 'admin' }],
      });
      expect(JSON.stringify(parameters)).not.toContain('hidden');
    });

    it('a property name binds to a parameter that takes it', async () => {
      simulator.tell(oneVm);
      await run('Get-VM | Select-Object VMId | Get-VHD | Out-Null; @{}');
      expect(lastAsked()).toMatchObject({
        cmdlet: 'Get-VHD',
        set: 'VMId',
        parameters: { VMId: [ID] },
      });
    });

    it.each(['quo"te', "'", '$x `n', '[a]*', 'dé\u{1F600}', 'line\nline'])(
      'the name %j arrives as it is',
      async (name) => {
        simulator.tell({ output: [vm({ Name: name })] });
        const given = { text: '@{ name = (Get-VM -Name $Given.name).Name }', name };
        const schema = z.object({ name: z.string() });
        expect(await powershell.ask(commands, given, { ...call, schema })).toEqual({ name });
        expect(lastAsked()?.parameters).toEqual({ Name: [name] });
      },
    );

    it('-WhatIf asks nothing, and what asks a person fails where there is none, unless it is forced', async () => {
      simulator.tell({});
      expect(await errorId('Remove-VM -Name dc02 -Force -WhatIf')).toBe('none');
      expect(await errorId('Remove-VM -Name dc02')).not.toBe('none');
      expect(simulator.asked).toEqual([]);
      expect(await errorId('Remove-VM -Name dc02 -Force')).toBe('none');
      expect(simulator.asked).toHaveLength(1);
    });
  });
}
