/** The doubles give objects as Windows' own commands do. */

import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { call, commands, problemOf } from '../hosts/hyperv/shell/fixture.ts';
import { requireTool } from '../tools.ts';
import { ID, isGet, openDouble, vm } from './double-fixture.ts';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const { simulator, powershell, run, lastAsked } = await openDouble(pwsh);

  describe('what it answers', () => {
    it('is an object of its type, with all properties of that type', async () => {
      simulator.tell({
        output: [vm({ Uptime: 90, CreationTime: { $date: '2026-02-01T10:00:00.000Z' } })],
      });
      const seen = await run(`Set-StrictMode -Version Latest
        $vm = Get-VM
        @{
          type = $vm.GetType().FullName
          names = @($vm.PSObject.TypeNames)
          id = $vm.Id.GetType().Name
          alias = $vm.VMName
          lacking = $null -eq $vm.ReplicationHealth
          uptime = $vm.Uptime
          created = $vm.CreationTime
          hidden = @($vm.PSObject.Properties.Name) -like '$*'
        }`);
      expect(seen).toEqual({
        type: 'Microsoft.HyperV.PowerShell.VirtualMachine',
        names: expect.arrayContaining([
          'Microsoft.HyperV.PowerShell.VirtualMachine',
          'Microsoft.HyperV.PowerShell.VirtualMachineBase',
        ]),
        id: 'Guid',
        alias: 'dc02',
        lacking: true,
        uptime: 90,
        created: '2026-02-01T10:00:00.000Z',
        hidden: [],
      });
    });

    it('an enum is a name, equals its name and its number, and is a number in JSON', async () => {
      simulator.tell({ output: [vm()] });
      const seen = await run(`$state = (Get-VM).State
        @{
          text = [string] $state
          name = $state -eq 'Running'
          other = $state -eq 'Off'
          number = $state -eq 2
          from = 2 -eq $state
          less = $state -lt 3
          in = $state -in 'Running', 'Paused'
          json = ConvertTo-Json @{ State = $state } -Compress
          enum = $state -is [enum]
        }`);
      expect(seen).toEqual({
        text: 'Running',
        name: true,
        other: false,
        number: true,
        from: true,
        less: true,
        in: true,
        json: '{"State":2}',
        enum: true,
      });
    });

    it('nested objects keep their types, which tell the source of an incompatibility', async () => {
      const source = (type: string) => ({
        $type: 'VMCompatibilityError',
        MessageId: 40010,
        Source: { $type: type },
      });
      simulator.tell({
        output: [
          {
            $type: 'VMCompatibilityReport',
            $id: 'report-1',
            VM: vm(),
            Incompatibilities: [source('DvdDrive'), source('HardDiskDrive')],
          },
        ],
      });
      const seen = await run(`$report = Compare-VM -Name dc02 -DestinationHost hv-b
        @{ vm = $report.VM.Name; sources = @($report.Incompatibilities | ForEach-Object { $_.Source.GetType().Name }) }`);
      expect(seen).toEqual({ vm: 'dc02', sources: ['DvdDrive', 'HardDiskDrive'] });
    });

    it('a CIM instance shows its class, and is what a method is invoked on', async () => {
      const job = {
        $type: 'Msvm_MigrationJob',
        $id: 'job-1',
        VirtualSystemName: ID,
        PercentComplete: 45,
      };
      simulator.tell((request) =>
        isGet(request) ? { output: [job] } : { output: [{ ReturnValue: 0 }] },
      );
      const seen = await run(`
        $job = Get-CimInstance -Namespace root/virtualization/v2 -ClassName Msvm_MigrationJob
        $done = Invoke-CimMethod -InputObject $job -MethodName RequestStateChange -Arguments @{ RequestedState = [uint16] 4 }
        @{ class = $job.CimClass.CimClassName; percent = $job.PercentComplete; cancellable = $job.Cancellable
          returned = $done.ReturnValue; shown = $job.PSObject.TypeNames[0] }`);
      expect(seen).toEqual({
        class: 'Msvm_MigrationJob',
        percent: 45,
        cancellable: null,
        returned: 0,
        shown:
          'Microsoft.Management.Infrastructure.CimInstance#ROOT/virtualization/v2/Msvm_MigrationJob',
      });
      expect(lastAsked()).toMatchObject({
        set: 'CimInstanceComputerSet',
        parameters: {
          InputObject: { $type: 'Msvm_MigrationJob', $id: 'job-1' },
          Arguments: { RequestedState: 4 },
        },
      });
    });

    it('a session made on another host goes with what is asked through it', async () => {
      const session = { $type: 'CimSession', $id: 'session-1', ComputerName: 'hv-b' };
      simulator.tell(({ cmdlet }) => (cmdlet === 'New-CimSession' ? { output: [session] } : {}));
      await run('$session = New-CimSession hv-b; Get-VM -CimSession $session; @{}');
      expect(lastAsked()?.parameters).toEqual({ CimSession: [session] });
    });

    it('the owner of a cluster group shows its name', async () => {
      simulator.tell({
        output: [
          {
            $type: 'ClusterGroup',
            Name: 'dc02',
            OwnerNode: { $type: 'ClusterNode', Name: 'hv-b' },
          },
        ],
      });
      expect(await run('@{ owner = [string] (Get-ClusterGroup -Name dc02).OwnerNode }')).toEqual({
        owner: 'hv-b',
      });
    });

    it('sizes beyond 2^53 and beyond 2^63 stay exact', async () => {
      // JSON.stringify would round them.
      simulator.tell(
        '{ "output": [{ "$type": "VirtualHardDisk", "Size": 18446744073709551615, "FileSize": 9007199254740993 }] }',
      );
      const schema = z.object({ size: z.bigint(), file: z.bigint() });
      const text = `$disk = Get-VHD -Path 'D:\\a.vhdx'; @{ size = $disk.Size; file = $disk.FileSize }`;
      expect(await powershell.ask(commands, { text }, { ...call, schema })).toEqual({
        size: 18446744073709551615n,
        file: 9007199254740993n,
      });
    });

    it.each([
      [{ $type: 'VirtualMachine', Colour: 'red' }, 'VirtualMachine has no property Colour'],
      [{ $type: 'VirtualMachin' }, 'no class VirtualMachin'],
      [{ $type: 'Msvm_MigrationJob', Percent: 4 }, 'Msvm_MigrationJob has no property Percent'],
      [{ $type: 'VirtualMachine', State: { $enum: 'VMStat', value: 1 } }, 'no enum VMStat'],
      [{ $type: 'VirtualMachine', State: 'Runing' }, 'Runing'],
    ])('what Windows has not is an error of the double: %j', async (answer, says) => {
      simulator.tell({ output: [answer] });
      const problem = await problemOf(run('Get-VM; @{}'));
      expect(String(problem.facts.message ?? JSON.stringify(problem.facts))).toContain(says);
    });
  });
}
