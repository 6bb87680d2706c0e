import { describe, expect, it } from '@jest/globals';
import type { HyperVHostFacts } from '../../../src/domain/hyperv.ts';
import { textsIn } from '../../../src/texts/catalogue.ts';
import { LANGUAGES } from '../../../src/texts/words.ts';
import { type Changes, netAdapter, reachFacts, value, windowsSubject } from '../windows.ts';
import { findingOf, knownOf } from './ask.ts';

const { source, target } = windowsSubject();
if (!source.hyperv || !target.hyperv) throw new Error('The healthy hosts are Windows');
const migration = knownOf(source.hyperv.migration);
const both = (changes: Partial<HyperVHostFacts>): Changes => ({ source: changes, target: changes });
const SERVICE = 'Microsoft Virtual System Migration Service';

/** What is so, the check that says it, and the commands that its remedy must show in every language. */
const COMMANDS: readonly (readonly [string, Changes, readonly string[]])[] = [
  [
    'delegation',
    { source: { delegation: value({ allowedTo: [], anyProtocol: false }) } },
    [
      `Set-ADComputer 'hv-a' -Add @{'msDS-AllowedToDelegateTo'='cifs/hv-b','cifs/hv-b.corp.example','${SERVICE}/hv-b','${SERVICE}/hv-b.corp.example'}`,
      "Set-ADAccountControl (Get-ADComputer 'hv-a') -TrustedToAuthForDelegation $true",
      'klist purge -li 0x3e7',
    ],
  ],
  [
    'delegation-back',
    { target: { delegation: value({ allowedTo: [], anyProtocol: true }) } },
    [
      `Set-ADComputer 'hv-b' -Add @{'msDS-AllowedToDelegateTo'='cifs/hv-a','cifs/hv-a.corp.example','${SERVICE}/hv-a','${SERVICE}/hv-a.corp.example'}`,
    ],
  ],
  [
    'migration-enabled',
    both({ migration: value({ ...migration, enabled: false }) }),
    ["Enable-VMMigration -ComputerName 'hv-a','hv-b'"],
  ],
  [
    'migration-authentication',
    both({ migration: value({ ...migration, authentication: 'CredSSP' }) }),
    ["Set-VMHost -ComputerName 'hv-a','hv-b' -VirtualMachineMigrationAuthenticationType Kerberos"],
  ],
  [
    'any-network',
    { target: { migration: value({ ...migration, useAnyNetwork: true }) } },
    [
      "Add-VMMigrationNetwork '10.0.9.0/24' -ComputerName 'hv-b'",
      "Set-VMHost -ComputerName 'hv-b' -UseAnyNetworkForMigration $false",
    ],
  ],
  [
    'microsoft-client',
    { source: { adapters: value([netAdapter({ name: "Bob's card", msClient: value(false) })]) } },
    ["Enable-NetAdapterBinding -Name 'Bob''s card' -ComponentID ms_msclient"],
  ],
  [
    'file-sharing',
    {
      target: {
        adapters: value([netAdapter({ msServer: value(false) })]),
        fileServer: value({ serviceRunning: false, firewallOpen: false }),
      },
    },
    [
      "Enable-NetAdapterBinding -Name 'Migration' -ComponentID ms_server",
      'Start-Service LanmanServer',
      "Enable-NetFirewallRule -Group '@FirewallAPI.dll,-28502'",
    ],
  ],
  [
    'ports',
    { source: { reach: reachFacts('hv-a', { migrationPort: value(false) }) } },
    ['Enable-VMMigration', 'Enable-NetFirewallRule -Name VIRT-MIGL-In-TCP-NoScope'],
  ],
  [
    'processor-model',
    {
      target: {
        processor: value({ ...knownOf(source.hyperv.processor), name: 'another' }),
      },
    },
    [
      "Get-VM -Id '3F2504E0-4F89-11D3-9A0C-0305E82C3301' | Set-VMProcessor -CompatibilityForMigrationEnabled $true",
    ],
  ],
];

describe.each(LANGUAGES)('the remedies in %s', (language) => {
  it.each(COMMANDS)('of %s show the commands that mend it', (check, changes, commands) => {
    const finding = findingOf(check, windowsSubject(changes));
    if (!finding) throw new Error(`${check} does not apply`);
    const { remedy } = textsIn(language)(finding);
    for (const command of commands) expect(remedy).toContain(command);
  });
});

describe('what is missing for delegation', () => {
  it('is named entry by entry, with the protocol', () => {
    const allowedTo = ['cifs/hv-b', `${SERVICE}/HV-B.CORP.EXAMPLE`];
    const subject = windowsSubject({
      source: { delegation: value({ allowedTo, anyProtocol: false }) },
    });
    expect(findingOf('delegation', subject)?.facts.missing).toEqual([
      'cifs/hv-b.corp.example',
      `${SERVICE}/hv-b`,
      'TrustedToAuthForDelegation',
    ]);
  });
});
