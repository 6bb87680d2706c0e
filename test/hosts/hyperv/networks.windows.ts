/** The switches of a fenced VM, with adapters of one name: the double of Windows knows adapters by names. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { requireTool } from '../../tools.ts';

const SCRIPTS = join(import.meta.dirname, '../../../src/hosts/hyperv/scripts');

/** Adapters as Windows has them, and the commands that connect them. */
const PLAY = `
param($Scripts, $File)
$ErrorActionPreference = 'Stop'
$global:adapters = @('LAN', '', 'DMZ') | ForEach-Object { [pscustomobject]@{ Name = 'Network Adapter'; SwitchName = $_ } }
function global:Get-VMNetworkAdapter { param($VM) $global:adapters }
function global:Get-VMSwitch { 'LAN', 'DMZ' | ForEach-Object { [pscustomobject]@{ Name = $_ } } }
function global:Disconnect-VMNetworkAdapter { process { $_.SwitchName = '' } }
function global:Connect-VMNetworkAdapter { param($SwitchName) process { $_.SwitchName = $SwitchName } }
foreach ($module in 'wire', 'prelude', 'networks') { Import-Module -Name "$Scripts/$module.psm1" -Global }
$vm = [pscustomobject]@{ Name = 'sql01' }
function Show { ($global:adapters | ForEach-Object { "[$($_.SwitchName)]" }) -join '' }
# A run that died behind the first adapter, and the one that follows it.
Save-Network $vm $File 'm1'
$global:adapters[0].SwitchName = ''
Save-Network $vm $File 'm1'
Disconnect-Network $vm
Show
Restore-Network $vm $File
Show
[System.IO.File]::Exists($File)
# What another operation left there says nothing any more.
Save-Network $vm $File 'm1'
$global:adapters[2].SwitchName = ''
Save-Network $vm $File 'm2'
Disconnect-Network $vm
Restore-Network $vm $File
Show
`;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  describe('the network of a fenced VM', () => {
    it('comes back as it was, adapter by adapter, and only as this operation has seen it', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'ferry-networks-'));
      try {
        const script = join(folder, 'play.ps1');
        await writeFile(script, PLAY);
        const file = join(folder, 'network.json');
        const args = ['-NoProfile', '-File', script, SCRIPTS, file];
        const { stdout } = await promisify(execFile)(pwsh, args);
        expect(stdout.trim().split('\n')).toEqual(['[][][]', '[LAN][][DMZ]', 'False', '[LAN][][]']);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  });
}
