/**
 * The commands that mend a finding, by its code: the same in every language. Remedies show them, and
 * `ferry doctor --script` writes them down. Each changes nothing where the thing is well already.
 */

import type { Fact, Facts, ProblemRecord } from '../domain/problem.ts';
import { quoted } from './powershell.ts';

export interface Mending {
  /** The host on which they must run; absent: any machine with the rights and the modules will do. */
  readonly on?: string;
  readonly commands: readonly string[];
}

const FILE_SHARING = "Enable-NetFirewallRule -Group '@FirewallAPI.dll,-28502'";
const PORT_MAX = 65_535;

const anywhere = (...commands: string[]): Mending[] => [{ commands }];
const on = (host: Fact | undefined, ...commands: string[]): Mending[] => [
  { on: String(host), commands },
];
const onEach = (hosts: Fact | undefined, ...commands: string[]): Mending[] =>
  (Array.isArray(hosts) ? hosts : [String(hosts)]).flatMap((host) => on(host, ...commands));

const kerberos = ({ hosts }: Facts): Mending[] =>
  anywhere(
    `Set-VMHost -ComputerName ${quoted(hosts)} -VirtualMachineMigrationAuthenticationType Kerberos`,
  );

/** The recipe of the facts sheet, A.11: four entries, any authentication protocol, fresh tickets. */
const delegate = ({ host, computer, entries }: Facts): Mending[] => [
  ...anywhere(
    `Set-ADComputer ${quoted(computer)} -Add @{'msDS-AllowedToDelegateTo'=${quoted(entries)}}`,
    `Set-ADAccountControl (Get-ADComputer ${quoted(computer)}) -TrustedToAuthForDelegation $true`,
  ),
  ...on(host, 'klist purge -li 0x3e7'),
];

const bind = (adapters: Fact | undefined, component: 'ms_msclient' | 'ms_server'): string =>
  `Enable-NetAdapterBinding -Name ${quoted(adapters)} -ComponentID ${component}`;

const excluded = (list: string, names: Fact | undefined): string[] =>
  Array.isArray(names) && names.length > 0 ? [`Add-MpPreference -${list} ${quoted(names)}`] : [];

const shareFiles = ({ host, adapters }: Facts): Mending[] =>
  on(
    host,
    ...(Array.isArray(adapters) && adapters.length > 0 ? [bind(adapters, 'ms_server')] : []),
    'Set-Service LanmanServer -StartupType Automatic',
    'Start-Service LanmanServer',
    FILE_SHARING,
  );

const openPorts = ({ host }: Facts): Mending[] =>
  on(
    host,
    'Enable-VMMigration',
    'Enable-NetFirewallRule -Name VIRT-MIGL-In-TCP-NoScope',
    FILE_SHARING,
    'Enable-PSRemoting -Force',
  );

const MENDING: Readonly<Record<string, (facts: Facts) => Mending[]>> = {
  'hyperv-role': ({ hosts }) =>
    onEach(hosts, 'Install-WindowsFeature Hyper-V -IncludeManagementTools'),
  'hyperv-service': ({ hosts }) => onEach(hosts, 'Start-Service vmms'),
  'migration-enabled': ({ hosts }) => anywhere(`Enable-VMMigration -ComputerName ${quoted(hosts)}`),
  'migration-authentication': kerberos,
  'credssp-service': kerberos,
  'credssp-credential-guard': kerberos,
  delegation: delegate,
  'delegation-back': delegate,
  'worker-account': ({ host, account }) =>
    on(host, `Add-LocalGroupMember -SID S-1-5-32-544 -Member ${quoted(account)}`),
  'host-names': ({ from }) => on(from, 'Clear-DnsClientCache'),
  'host-names-elsewhere': ({ host, from }) => [
    ...on(host, 'Register-DnsClient'),
    ...on(from, 'Clear-DnsClientCache'),
  ],
  'any-network': ({ hosts, subnet }) =>
    // Without a subnet that both have, nobody can say which one it should be.
    subnet === undefined
      ? []
      : anywhere(
          `Add-VMMigrationNetwork ${quoted(subnet)} -ComputerName ${quoted(hosts)}`,
          `Set-VMHost -ComputerName ${quoted(hosts)} -UseAnyNetworkForMigration $false`,
        ),
  'microsoft-client': ({ host, adapters }) => on(host, bind(adapters, 'ms_msclient')),
  'microsoft-client-back': ({ host, adapters }) => on(host, bind(adapters, 'ms_msclient')),
  'file-sharing': shareFiles,
  'file-sharing-back': shareFiles,
  ports: openPorts,
  'ports-back': openPorts,
  'management-port': ({ host }) => on(host, 'Enable-PSRemoting -Force'),
  'admin-share': ({ host }) => on(host, 'Start-Service LanmanServer', FILE_SHARING),
  antivirus: ({ host, extensions, programs }) =>
    on(
      host,
      ...excluded('ExclusionExtension', extensions),
      ...excluded('ExclusionProcess', programs),
    ),
  'doctor-reach-failed': ({ to, port }) =>
    isPort(port)
      ? on(
          to,
          `New-NetFirewallRule -DisplayName Ferry -Direction Inbound -Protocol TCP -LocalPort ${port} -Action Allow`,
        )
      : [],
  'doctor-clock-off': ({ host }) => (host === 'bot' ? [] : on(host, 'w32tm /resync')),
};

/** Facts come from other machines; a number is the only one that stands without quotes. */
const isPort = (port: Fact | undefined): boolean =>
  typeof port === 'number' && Number.isInteger(port) && port > 0 && port <= PORT_MAX;

/** What is to be run where; nothing when the finding is well, or a person must decide first. */
export const mendingOf = ({ code, facts }: ProblemRecord): readonly Mending[] =>
  Object.hasOwn(MENDING, code) ? (MENDING[code]?.(facts) ?? []) : [];

/** All of them, wherever they run. */
export const mendingCommands = (finding: ProblemRecord): readonly string[] =>
  mendingOf(finding).flatMap(({ commands }) => commands);
