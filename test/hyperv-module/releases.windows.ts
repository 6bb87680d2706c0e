/** What a release of Windows lacks, the doubles lack: as the simulator says when a module is loaded. */

import { expect, it } from '@jest/globals';
import { textsIn } from '../../src/texts/catalogue.ts';
import { LANGUAGES } from '../../src/texts/words.ts';
import { problemOf } from '../hosts/hyperv/shell/fixture.ts';
import { requireTool } from '../tools.ts';
import { parametersOf, readCmdlets } from './data.ts';
import { openDouble } from './double-fixture.ts';

const REMOTING = ['CimSession', 'Credential'];
/** As Windows Server 2012: facts A.1, A.5, A.6. */
const LACKS = {
  modules: ['Defender'],
  cmdlets: ['Get-VMSecurity'],
  parameters: {
    'Get-VM': REMOTING,
    'Get-VMHost': REMOTING,
    'Move-VM': [...REMOTING, 'DestinationCimSession', 'DestinationCredential'],
    'Compare-VM': [...REMOTING, 'DestinationCimSession', 'DestinationCredential'],
    'Move-VMStorage': [...REMOTING, 'Name'],
    '*': ['CheckpointType'],
  },
  properties: { VirtualMachine: ['Version'] },
};

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const { simulator, run } = await openDouble(pwsh, LACKS);

  it('a cmdlet that is lacking is found by nobody, one of a lacking module neither', async () => {
    expect(
      await run(`@{
        security = $null -eq (Get-Command Get-VMSecurity -ErrorAction SilentlyContinue)
        defender = $null -eq (Get-Command Get-MpPreference -ErrorAction SilentlyContinue)
        memory = $null -eq (Get-Command Get-VMMemory -ErrorAction SilentlyContinue)
        call = try { Get-VMSecurity -VMName x; 'none' } catch { $_.FullyQualifiedErrorId }
      }`),
    ).toEqual({ security: true, defender: true, memory: false, call: 'CommandNotFoundException' });
    expect(simulator.met).toEqual([{ host: 'hv-a', lack: 'Get-VMSecurity' }]);
  });

  it('a parameter that is lacking does not bind, and its own set is gone', async () => {
    expect(
      await run(`@{
        known = (Get-Command Get-VM).Parameters.ContainsKey('CimSession')
        everywhere = (Get-Command Set-VM).Parameters.ContainsKey('CheckpointType')
        rest = (Get-Command Set-VM).Parameters.ContainsKey('Notes')
        sets = @((Get-Command Get-VMHost).ParameterSets.Name)
        call = try { Get-VM -CimSession x; 'none' } catch { $_.FullyQualifiedErrorId }
      }`),
    ).toEqual({
      known: false,
      everywhere: false,
      rest: true,
      sets: ['ComputerName'],
      call: 'NamedParameterNotFound,Get-VM',
    });
  });

  it.each(['Move-VM', 'Compare-VM', 'Move-VMStorage'])(
    '%s has the sets of its time',
    async (name) => {
      const older = readCmdlets().get('Hyper-V')?.get(name)?.older;
      const { sets, standard } = await run(`$command = Get-Command ${name}
      $sets = @{}
      foreach ($set in $command.ParameterSets) { $sets[$set.Name] = $set.ToString() }
      @{ standard = $command.DefaultParameterSet; sets = $sets }`);
      const parameters = (lines: unknown) =>
        Object.fromEntries(
          Object.entries(lines as Record<string, string>).map(([set, line]) => [
            set,
            parametersOf(line),
          ]),
        );
      expect(standard).toBe(older?.default);
      expect(parameters(sets)).toEqual(parameters(older?.sets));
    },
  );

  it('places for all and places for each disk are not told apart there', async () => {
    await run(
      `Move-VM -Name dc02 -DestinationHost hv-b -IncludeStorage -Vhds @(@{ SourceFilePath = 'a' }); @{}`,
    );
    expect(simulator.asked.at(-1)).toMatchObject({ cmdlet: 'Move-VM', set: 'Name' });
  });

  it('who looks for a lacking parameter is told of, and nobody who looks for another', async () => {
    simulator.met.length = 0;
    expect(
      await run(`$parameters = (Get-Command Get-VMHost).Parameters
        @{
          some = $parameters.ContainsKey('computername')
          count = $parameters.Count -gt 3
          lacking = (Get-Command Get-VMHost).Parameters.ContainsKey('Credential')
          other = (Get-Command Get-VMMemory).Parameters.ContainsKey('Credential')
        }`),
    ).toEqual({ some: true, count: true, lacking: false, other: true });
    expect(simulator.met).toEqual([{ host: 'hv-a', lack: 'Get-VMHost -Credential' }]);
  });

  it('a property that is lacking is an error under strict mode', async () => {
    simulator.tell({ output: [{ $type: 'VirtualMachine', Name: 'dc02' }] });
    expect(
      await run(`Set-StrictMode -Version Latest
        @{ id = try { (Get-VM).Version; 'none' } catch { $_.FullyQualifiedErrorId } }`),
    ).toEqual({ id: 'PropertyNotFoundStrict' });
    expect(simulator.met).toContainEqual({ host: 'hv-a', lack: 'VirtualMachine.Version' });
  });

  it('who looks for a lacking property is told of, by the host whose object it is', async () => {
    const output = [{ $type: 'VirtualMachine', Name: 'dc02', ComputerName: 'hv-b' }];
    simulator.tell({ output });
    simulator.met.length = 0;
    expect(
      await run(`$vm = Get-VM
        @{
          name = [string] $vm.Name
          none = $null -eq $vm.PSObject.Properties['Version']
          others = @($vm.PSObject.Properties.Name).Count -gt 20 -and $null -eq $vm.PSObject.Properties['Colour']
          json = (ConvertTo-Json $vm -Depth 1).Contains('"Version"')
          text = "$vm".Length -gt 0
          type = $vm.GetType().Name
        }`),
    ).toEqual({
      name: 'dc02',
      none: true,
      others: true,
      json: false,
      text: true,
      type: 'VirtualMachine',
    });
    expect(simulator.met).toEqual([{ host: 'hv-b', lack: 'VirtualMachine.Version' }]);
  });

  // As another host's worker asks a host before 2016.
  it('the old module is there beside the new one, without what came later', async () => {
    simulator.tell({ output: [{ $type: 'VirtualMachine', Name: 'dc02', VirtualMachineType: 3 }] });
    const seen = await run(`Get-Module Hyper-V | Remove-Module
      $old = Get-Module -ListAvailable Hyper-V | Where-Object { $_.Version.Major -lt 2 }
      Import-Module -ModuleInfo $old
      $command = Get-Command Move-VM
      @{
        version = [string] $command.Version
        sets = @($command.ParameterSets.Name | Sort-Object)
        session = $command.Parameters.ContainsKey('CimSession')
        later = $null -eq (Get-VM -ComputerName hv-old).PSObject.Properties['VirtualMachineType']
      }`);
    expect(seen).toEqual({
      version: '1.1',
      sets: ['CompatibilityReport', 'Name', 'VM'],
      session: false,
      later: true,
    });
  });

  const used = (host: string) => `Use-HyperV ${host}
    $command = Get-Command Get-VM
    @{ version = [string] $command.Version; loaded = @(Get-Module Hyper-V).Count; security = $null -ne (Get-Command Get-VMSecurity -ErrorAction SilentlyContinue) }`;

  it('each host is asked by the module for it, however often they take turns', async () => {
    const windows = (BuildNumber: string) =>
      simulator.tell({ output: [{ $type: 'Win32_OperatingSystem', BuildNumber }] });
    const [old, own] = [
      { version: '1.1', loaded: 1, security: false },
      { version: '2.0.0.0', loaded: 1, security: false },
    ];
    windows('9600');
    expect(await run(used('hv-old'))).toEqual(old);
    expect(await run(used('hv-old'))).toEqual(old);
    expect(await run(used(''))).toEqual(own);
    expect(await run(used('hv-old'))).toEqual(old);
    windows('14393');
    expect(await run(used('hv-c'))).toEqual(own);
    // What it lacks by itself is not what another host's module lacked.
    expect(
      await run(`Use-HyperV
        @{ wait = $null -ne (Get-Command Wait-VM -ErrorAction SilentlyContinue) }`),
    ).toEqual({ wait: true });
  });

  it('where the old module is missing a script ends, and says so', async () => {
    simulator.tell({ output: [{ $type: 'Win32_OperatingSystem', BuildNumber: '9600' }] });
    const problem = await problemOf(
      run(`function global:Get-Module { }
        try { Use-HyperV hv-old } finally { Remove-Item function:global:Get-Module }
        @{}`),
    );
    expect(problem).toMatchObject({
      code: 'hyperv-module-missing',
      facts: { host: 'hv-a', computer: 'hv-old' },
    });
    for (const language of LANGUAGES) {
      expect(textsIn(language)(problem).remedy).toContain('Get-Module -ListAvailable Hyper-V');
    }
  });
}
