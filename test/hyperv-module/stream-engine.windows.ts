/** The streaming method's calls through the real PowerShell: what a script for 5.1 and 7 can write. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { call, commands, open } from '../hosts/hyperv/shell/fixture.ts';
import { requireTool } from '../tools.ts';
import { MODULE_PATH } from './data.ts';
import { bench, VM_ID } from './simulator-fixture.ts';
import { onlyAt, truth } from './simulator-moves.ts';
import { mergeEvents } from './stream-fixture.ts';

/** As scripts would have it: the only ways into the settings of WMI methods. */
const HELPERS = `
$ns = 'root/virtualization/v2'
$ErrorActionPreference = 'Stop'
function ConvertTo-Text($Instance) {
  $serializer = [Microsoft.Management.Infrastructure.Serialization.CimSerializer]::Create()
  $none = [Microsoft.Management.Infrastructure.Serialization.InstanceSerializationOptions]::None
  [System.Text.Encoding]::Unicode.GetString($serializer.Serialize($Instance, $none))
}
function Wait-Job2($Result) {
  if ($Result.ReturnValue -ne 4096) { throw "returned $($Result.ReturnValue)" }
  do { Start-Sleep -Milliseconds 50; $job = $Result.Job | Get-CimInstance } while ($job.JobState -lt 7)
  if ($job.JobState -ne 7) { throw $job.ErrorDescription }
  $job
}
$system = Get-CimInstance -Namespace $ns -ClassName Msvm_ComputerSystem -Filter "Name = '${VM_ID}'"
$snapshots = Get-CimInstance -Namespace $ns -ClassName Msvm_VirtualSystemSnapshotService
$management = Get-CimInstance -Namespace $ns -ClassName Msvm_VirtualSystemManagementService
`;

const FREEZE = `
$settings = New-CimInstance -ClientOnly -Namespace $ns -ClassName Msvm_VirtualSystemSnapshotSettingData -Property @{
  ConsistencyLevel = [byte] 2; IgnoreNonSnapshottableDisks = $false }
$result = Invoke-CimMethod -InputObject $snapshots -MethodName CreateSnapshot -Arguments @{
  AffectedSystem = $system; SnapshotSettings = (ConvertTo-Text $settings); SnapshotType = [uint16] 32768 }
$job = Wait-Job2 $result
$taken = Get-CimAssociatedInstance -InputObject $job -Association Msvm_AffectedJobElement -ResultClassName Msvm_VirtualSystemSettingData
`;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const windows = await bench();
  const exportFolder = join(windows.dir, 'hosts', 'hv-a', 'more-disks', 'export');
  Object.assign(process.env, windows.simulator.env('hv-a'));
  const targetFolder = join(windows.dir, 'hosts', 'hv-b', 'more-disks', 'moved');
  const powershell = open(pwsh, { modulePath: MODULE_PATH });
  afterAll(async () => {
    await powershell.close();
    delete process.env.FERRY_DOUBLE_URL;
    delete process.env.FERRY_DOUBLE_HOST;
    await windows[Symbol.asyncDispose]();
  });
  const run = (text: string) => powershell.ask(commands, { text: HELPERS + text }, call);

  describe('the streaming method in PowerShell', () => {
    it('freezes by WMI, names what it took, and removes it', async () => {
      const seen = await run(`${FREEZE}
        $id = [guid] $taken.InstanceID.Substring('Microsoft:'.Length)
        $shown = Get-VMSnapshot -Id $id
        Rename-VMSnapshot -VMSnapshot $shown -NewName 'ferry m1 round 0'
        $named = Get-CimAssociatedInstance -InputObject $system -Association Msvm_MostCurrentSnapshotInBranch
        $removed = Invoke-CimMethod -InputObject $snapshots -MethodName DestroySnapshot -Arguments @{ AffectedSnapshot = $taken }
        [void] (Wait-Job2 $removed)
        @{ type = [string] $shown.SnapshotType; kind = $taken.VirtualSystemType; name = $named.ElementName; keyOnly = $null -eq $result.Job.JobState
          disks = @($shown.HardDrives).Count; before = $taken.ElementName -like 'sql01 - Backup - *' }`);
      expect(seen).toEqual({
        type: 'Recovery',
        kind: 'Microsoft:Hyper-V:Snapshot:Recovery',
        name: 'ferry m1 round 0',
        keyOnly: true,
        disks: 2,
        before: true,
      });
      await windows.simulator.mergesEnded(VM_ID);
      expect(mergeEvents(windows)).toEqual([19070, 19080]);
    });

    it.each([
      ['SnapshotType = 32768', 'Type mismatch for parameter "SnapshotType"'],
      ['SnapshotKind = [uint16] 32768', 'Invalid parameter: SnapshotKind (0x80070057).'],
    ])('CIM takes no argument like %s', async (argument, message) => {
      const seen = await run(`try {
          Invoke-CimMethod -InputObject $snapshots -MethodName CreateSnapshot -Arguments @{ AffectedSystem = $system; ${argument} }; @{}
        } catch { @{ message = $_.Exception.Message } }`);
      expect(seen).toEqual({ message });
    });

    it('a setting of a wrong type is refused by the method, one that is read-only by CIM', async () => {
      const seen = await run(`
        $settings = New-CimInstance -ClientOnly -Namespace $ns -ClassName Msvm_VirtualSystemSnapshotSettingData -Property @{ ConsistencyLevel = 2 }
        $result = Invoke-CimMethod -InputObject $snapshots -MethodName CreateSnapshot -Arguments @{
          AffectedSystem = $system; SnapshotSettings = (ConvertTo-Text $settings); SnapshotType = [uint16] 32768 }
        $merge = Get-CimAssociatedInstance -InputObject $system -Association Msvm_ElementSettingData -ResultClassName Msvm_DiskMergeSettingData
        $readOnly = try { $merge.EnabledState = 0; $false } catch { $true }
        @{ returned = $result.ReturnValue; readOnly = $readOnly; id = $merge.InstanceID; state = $merge.EnabledState }`);
      expect(seen).toEqual({
        returned: 6,
        readOnly: true,
        id: `Microsoft:${VM_ID.toUpperCase()}`,
        state: 1,
      });
    });

    it('exports the definition alone, and switches merging on again', async () => {
      const seen = await run(`
        $settings = Get-CimAssociatedInstance -InputObject $system -Association Msvm_SystemExportSettingData
        $settings.CopySnapshotConfiguration = 1
        $settings.CopyVmRuntimeInformation = $false
        $settings.CopyVmStorage = $false
        $settings.DisableDifferentialOfIgnoredStorage = $true
        $result = Invoke-CimMethod -InputObject $management -MethodName ExportSystemDefinition -Arguments @{
          ComputerSystem = $system; ExportDirectory = '${exportFolder}'; ExportSettingData = (ConvertTo-Text $settings) }
        [void] (Wait-Job2 $result)
        $of = @{ InputObject = $system; Association = 'Msvm_ElementSettingData'; ResultClassName = 'Msvm_DiskMergeSettingData' }
        $off = (Get-CimAssociatedInstance @of).EnabledState
        $merge = New-CimInstance -ClientOnly -Namespace $ns -ClassName Msvm_DiskMergeSettingData -Property @{
          InstanceID = (Get-CimAssociatedInstance @of).InstanceID; EnabledState = [uint32] 1 }
        $back = Invoke-CimMethod -InputObject $management -MethodName ModifyDiskMergeSettings -Arguments @{ SettingData = (ConvertTo-Text $merge) }
        @{ off = $off; returned = $back.ReturnValue; on = (Get-CimAssociatedInstance @of).EnabledState }`);
      expect(seen).toEqual({ off: 0, returned: 0, on: 1 });
      const file = join(exportFolder, 'sql01', 'Virtual Machines', `${VM_ID.toUpperCase()}.vmcx`);
      expect(existsSync(file)).toBe(true);
    });

    it('imports with the report of its own process, by what is at fault in it', async () => {
      const seen = await run(`
        Stop-VM -Name sql01
        $disks = @(Get-VMHardDiskDrive -VMName sql01 | ForEach-Object { $_.Path })
        $target = '${targetFolder}'
        [void] [System.IO.Directory]::CreateDirectory($target)
        foreach ($disk in $disks) { [System.IO.File]::Copy($disk, "$target/" + [System.IO.Path]::GetFileName($disk)) }
        [void] [System.IO.Directory]::CreateDirectory("$target/Virtual Machines")
        foreach ($file in [System.IO.Directory]::GetFiles('${exportFolder}/sql01/Virtual Machines')) {
          [System.IO.File]::Copy($file, "$target/Virtual Machines/" + [System.IO.Path]::GetFileName($file)) }
        $definition = "$target/Virtual Machines/${VM_ID.toUpperCase()}.vmcx"
        $there = @{ ComputerName = 'hv-b' }
        $report = Compare-VM -Path $definition -Register @there
        $kinds = @($report.Incompatibilities | ForEach-Object { "$($_.MessageId) $($_.Source.GetType().Name)" })
        foreach ($item in $report.Incompatibilities) {
          $item.Source | Set-VMHardDiskDrive -Path ("$target/" + [System.IO.Path]::GetFileName($item.Source.Path))
        }
        Set-VM -VM $report.VM -Notes 'on its way'
        $left = Compare-VM -CompatibilityReport $report
        $vm = Import-VM -CompatibilityReport $left
        Remove-VM -Name sql01 -Force
        Start-VM -VM $vm
        @{ kinds = $kinds; left = @($left.Incompatibilities).Count; id = [string] $vm.Id; notes = $vm.Notes; on = $vm.ComputerName }`);
      expect(seen).toEqual({
        kinds: ['40010 HardDiskDrive', '40010 HardDiskDrive'],
        left: 0,
        id: VM_ID,
        notes: 'on its way',
        on: 'hv-b',
      });
      expect(await truth(windows)).toEqual(onlyAt('hv-b'));
    });

    it('reads the log, and is told when there is nothing by an error of its own', async () => {
      const seen = await run(`
        $since = (Get-Date).AddMinutes(-10)
        $of = @{ LogName = 'Microsoft-Windows-Hyper-V-VMMS-Admin'; Id = 19070, 19080, 19090, 19100; StartTime = $since }
        $events = @(Get-WinEvent -FilterHashtable $of -Oldest)
        $of.Id = 19100
        $none = try { Get-WinEvent -FilterHashtable $of; '' } catch { $_.FullyQualifiedErrorId }
        @{ ids = @($events | ForEach-Object { $_.Id }); vm = $events[0].Properties[1].Value; none = $none }`);
      expect(seen).toEqual({
        ids: [19070, 19080],
        vm: VM_ID.toUpperCase(),
        none: 'NoMatchingEventsFound,Get-WinEvent',
      });
    });
  });
}
