/** What a release of Windows lacks, the doubles lack: as the simulator says when a module is loaded. */

import { expect, it } from '@jest/globals';
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
    expect(simulator.met).toEqual([
      { host: 'hv-a', cmdlet: 'Get-VMSecurity' },
      { host: 'hv-a', cmdlet: 'Get-VMSecurity' },
    ]);
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

  it('a property that is lacking is an error under strict mode', async () => {
    simulator.tell({ output: [{ $type: 'VirtualMachine', Name: 'dc02' }] });
    expect(
      await run(`Set-StrictMode -Version Latest
        @{ id = try { (Get-VM).Version; 'none' } catch { $_.FullyQualifiedErrorId } }`),
    ).toEqual({ id: 'PropertyNotFoundStrict' });
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
}
