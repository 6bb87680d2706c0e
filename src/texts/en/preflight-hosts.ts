/** Words of the checks of two Hyper-V hosts as a pair, each with the commands that mend it. */

import type { Facts } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { textsOfChecks } from '../checks.ts';
import { mendingCommands, mendingOf } from '../mending.ts';
import { quoted, quotedOr } from '../powershell.ts';
import { listText } from './amounts.ts';

/** What each check looks at, for its `-ok` and `-unknown` texts. */
const LOOKS_AT = {
  'hyperv-role': 'Windows and Hyper-V on both hosts',
  'migration-enabled': 'Whether both hosts have live migration enabled',
  'processor-vendor': 'The makers of the processors',
  'processor-model': 'The models of the processors',
  domain: 'The domains of the hosts',
  'migration-authentication': 'The authentication of live migration',
  delegation: 'Constrained delegation from the source to the target',
  'delegation-back': 'Constrained delegation for the way back',
  'worker-account': "The rights of the workers' accounts",
  'host-names': 'The names of the hosts',
  'common-subnet': 'The migration networks that Hyper-V may use',
  'any-network': 'Whether Hyper-V keeps to the migration networks',
  'microsoft-client': 'The Client for Microsoft Networks',
  'file-sharing': 'File and Printer Sharing',
  antivirus: 'Whether the antivirus leaves VMs alone',
  ports: 'The ports between the hosts',
  'admin-share': 'The administrative share of the target',
  'switch-uplink': 'The cards of the virtual switches at the target',
  'fibre-channel': 'Virtual Fibre Channel',
};

const general = textsOfChecks(LOOKS_AT, {
  ok: (subject) => () => ({ text: `${subject}: well.`, remedy: 'Nothing to do.' }),
  unknown:
    (subject) =>
    ({ what }) => ({
      text: `${subject} could not be judged: ${what ?? 'the facts'} could not be read.`,
      remedy: 'Look at it by hand; approving the plan accepts it as it is.',
    }),
});

const identity = {
  'windows-too-old': ({ hosts }) => ({
    text: `Windows is older than Windows Server 2012 on ${listText(hosts)}.`,
    remedy:
      'Install a newer Windows Server there; older ones cannot move a VM without shared storage.',
  }),
  'hyperv-role': ({ hosts }) => ({
    text: `The role Hyper-V is not installed on ${listText(hosts)}.`,
    remedy: 'Run there: Install-WindowsFeature Hyper-V -IncludeManagementTools -Restart',
  }),
  'hyperv-service': ({ hosts }) => ({
    text: `The Hyper-V service (vmms) does not run on ${listText(hosts)}.`,
    remedy: 'Run there: Start-Service vmms',
  }),
  'windows-builds-differ': ({ builds }) => ({
    text: `The hosts run different builds of Windows: ${listText(builds)}.`,
    remedy:
      'Update the older one, or accept it: a VM can go to a newer Windows, and back only while ' +
      'its configuration version is known there (Get-VMHostSupportedVersion).',
  }),
  'migration-enabled': ({ hosts }) => ({
    text: `Live migration is not enabled on ${listText(hosts)}.`,
    remedy: `Run: Enable-VMMigration -ComputerName ${quoted(hosts)}`,
  }),
  'processor-vendor': ({ vm, vendors }) => ({
    text: `${vm} cannot move while it runs, because the processors have different makers: ${listText(vendors)}.`,
    remedy:
      'Move it by "stream", which starts it anew at the target, or shut it down before the move.',
  }),
  'processor-model': ({ vm, id, models }) => ({
    text: `The processors differ, and ${vm} was started without processor compatibility: ${listText(models)}.`,
    remedy:
      'Hyper-V has the last word right before the move. If it refuses, shut the VM down and run ' +
      `Get-VM -Id ${quoted(id)} | Set-VMProcessor -CompatibilityForMigrationEnabled $true, then start it.`,
  }),
  domain: ({ hosts }) => ({
    text: `These hosts are in no domain, which live migration needs: ${listText(hosts)}.`,
    remedy:
      'Join them with Add-Computer -DomainName DOMAIN -Restart, or move by "stream", which needs none.',
  }),
  'domain-trust': ({ domains }) => ({
    text: `The hosts are in domains that do not trust each other: ${listText(domains)}.`,
    remedy:
      'Make a two-way trust (netdom trust DOMAIN1 /Domain:DOMAIN2 /Add /Twoway), or move by "stream".',
  }),
  'domains-differ': ({ domains }) => ({
    text: `The hosts are in different domains that trust each other: ${listText(domains)}.`,
    remedy: 'See that the account of the workers has its rights in both, or accept it.',
  }),
  'migration-authentication': ({ hosts, modes }) => ({
    text: `The hosts authenticate live migration differently: ${listText(modes)}.`,
    remedy: kerberos(hosts),
  }),
  'credssp-service': ({ host, hosts }) => ({
    text: `Live migration is set to CredSSP, which needs somebody at the console of ${host}; Ferry runs there as a service.`,
    remedy: kerberos(hosts),
  }),
  'credssp-credential-guard': ({ guarded, hosts }) => ({
    text: `Live migration is set to CredSSP, which Credential Guard does not let through on ${listText(guarded)}.`,
    remedy: kerberos(hosts),
  }),
  delegation: (facts) => ({
    text:
      `${facts.host} may not act for others at ${facts.target}. In Active Directory its computer ` +
      `account lacks: ${listText(facts.missing)}.`,
    remedy: delegate(facts),
  }),
  'delegation-back': (facts) => ({
    text:
      `The way back is closed: ${facts.host} may not act for others at ${facts.target}. In Active ` +
      `Directory its computer account lacks: ${listText(facts.missing)}.`,
    remedy: `${delegate(facts)} Or accept that the VM cannot go back live.`,
  }),
  'worker-account': ({ host, account }) => ({
    text: `The worker on ${host} runs as ${account}, who is no administrator there.`,
    remedy:
      `Run on ${host}: Add-LocalGroupMember -SID S-1-5-32-544 -Member ${quoted(account)} ` +
      '(before Windows Server 2016: net localgroup). Then start the worker again.',
  }),
  'account-not-delegable': ({ host, account }) => ({
    text: `${account}, as whom the worker on ${host} runs, is marked as sensitive or a member of Protected Users; nobody can act for it.`,
    remedy:
      'Let the worker run as another account, or accept it if Hyper-V lets it move VMs all the same.',
  }),
} satisfies Record<string, TextOf>;

const network = {
  'host-names': ({ host, from, names }) => ({
    text: `${from} finds no address of ${host} by: ${listText(names)}.`,
    remedy: `Enter ${host} in the DNS of the domain, then run on ${from}: Clear-DnsClientCache`,
  }),
  'host-names-back': ({ host, from, names }) => ({
    text: `The way back is closed: ${from} finds no address of ${host} by: ${listText(names)}.`,
    remedy: `Enter ${host} in the DNS of the domain, then run on ${from}: Clear-DnsClientCache`,
  }),
  'host-names-elsewhere': ({ host, from, addresses }) => ({
    text: `For ${host}, ${from} is given addresses that no network card of ${host} has: ${listText(addresses)}.`,
    remedy: `Correct the DNS entry of ${host} (on ${host}: Register-DnsClient), then run on ${from}: Clear-DnsClientCache`,
  }),
  'common-subnet': ({ source, target, sourceNetworks, targetNetworks }) => ({
    text:
      `${source} and ${target} have no subnet in common that both allow for live migration. ` +
      `${source}: ${listText(sourceNetworks)}. ${target}: ${listText(targetNetworks)}.`,
    remedy:
      'Allow one subnet on both; see Get-VMMigrationNetwork and run: ' +
      `Add-VMMigrationNetwork SUBNET -ComputerName ${quoted(source)},${quoted(target)}`,
  }),
  'any-network': ({ hosts, subnet }) => ({
    text: `Hyper-V may use any network for live migration on ${listText(hosts)}, also one that is slow or that others can read.`,
    remedy:
      `Run: Add-VMMigrationNetwork ${quotedOr(subnet, 'SUBNET')} -ComputerName ${quoted(hosts)}; ` +
      `Set-VMHost -ComputerName ${quoted(hosts)} -UseAnyNetworkForMigration $false. Or accept it.`,
  }),
  'microsoft-client': ({ host, adapters }) => ({
    text: `The Client for Microsoft Networks is off on the migration network of ${host}: ${listText(adapters)}.`,
    remedy: `Run on ${host}: Enable-NetAdapterBinding -Name ${quoted(adapters)} -ComponentID ms_msclient`,
  }),
  'microsoft-client-back': ({ host, adapters }) => ({
    text: `For the way back, the Client for Microsoft Networks is off on the migration network of ${host}: ${listText(adapters)}.`,
    remedy: `Run on ${host}: Enable-NetAdapterBinding -Name ${quoted(adapters)} -ComponentID ms_msclient. Or accept it.`,
  }),
  'file-sharing': (facts) => ({
    text: `${facts.host} cannot receive the disks, because File and Printer Sharing is off: ${listText(facts.off)}.`,
    remedy: shareFiles(facts),
  }),
  'file-sharing-back': (facts) => ({
    text: `For the way back, File and Printer Sharing is off on ${facts.host}: ${listText(facts.off)}.`,
    remedy: `${shareFiles(facts)}. Or accept it.`,
  }),
  antivirus: (facts) => ({
    text: `Microsoft Defender on ${facts.host} does not leave alone what Hyper-V has open: ${listText([...listOf(facts.extensions), ...listOf(facts.programs)])}. A move may fail at that.`,
    remedy: `Run on ${facts.host}: ${commandsFor('antivirus', facts)}. Or accept it.`,
  }),
  ports: ({ host, from, ports }) => ({
    text: `${from} cannot reach these TCP ports of ${host} on the migration network: ${listText(ports)}.`,
    remedy: openPorts(host),
  }),
  'ports-back': ({ host, from, ports }) => ({
    text: `For the way back, ${from} cannot reach these TCP ports of ${host}: ${listText(ports)}.`,
    remedy: `${openPorts(host)}. Or accept it.`,
  }),
  'management-port': ({ host, from, port }) => ({
    text: `${from} cannot reach ${host} for management by WinRM (TCP ${port}).`,
    remedy: `Run on ${host}: Enable-PSRemoting -Force. Or accept it, if management goes by RPC.`,
  }),
  'admin-share': ({ host, from }) => ({
    text: `The worker on ${from} cannot open the share admin$ of ${host}, by which disks travel.`,
    remedy:
      `Run on ${host}: Start-Service LanmanServer; Enable-NetFirewallRule -Group '@FirewallAPI.dll,-28502'. ` +
      `See that the worker's account on ${from} is an administrator of ${host}.`,
  }),
  'switch-uplink': ({ vm, host, switches }) => ({
    text: `${vm} would lose its network on ${host}: the network card of these switches is down: ${listText(switches)}.`,
    remedy: `Plug it in or enable it on ${host}; its name is shown by Get-VMSwitch -Name ${quoted(switches)} | Select-Object NetAdapterInterfaceDescription. Or accept it.`,
  }),
  'fibre-channel': ({ vm, host, sans }) => ({
    text: `${vm} uses virtual Fibre Channel, and ${host} lacks its SANs: ${listText(sans)}.`,
    remedy: `Make each on ${host} with the same name: New-VMSan -Name NAME -HostBusAdapter (Get-InitiatorPort -ConnectionType FibreChannel)`,
  }),
  'fibre-channel-zoning': ({ vm, host, sans }) => ({
    text: `${vm} uses virtual Fibre Channel (${listText(sans)}). Whether its disks are seen from ${host} is not known.`,
    remedy:
      'Zone and mask both sets of world wide names of each adapter (Get-VMFibreChannelHba), A and B; then accept it.',
  }),
} satisfies Record<string, TextOf>;

export const preflightHostProblems = { ...general, ...identity, ...network } satisfies Record<
  string,
  TextOf
>;

const listOf = (fact: Facts[string] | undefined): readonly string[] =>
  Array.isArray(fact) ? fact : [];

const commandsFor = (code: string, facts: Facts): string =>
  mendingCommands({ code, facts }).join('; ');

const kerberos = (hosts: Facts[string] | undefined): string =>
  `Run: ${commandsFor('migration-authentication', { hosts: hosts ?? [] })}. Kerberos also needs constrained delegation.`;

function delegate(facts: Facts): string {
  const [there, here] = mendingOf({ code: 'delegation', facts });
  return (
    `Run as an administrator of the domain: ${there?.commands.join('; ')}. ` +
    `Then on ${facts.host}: ${here?.commands.join('; ')} (or restart it, or wait a quarter of an hour).`
  );
}

const shareFiles = (facts: Facts): string =>
  `Run on ${facts.host}: ${commandsFor('file-sharing', facts)}`;

const openPorts = (host: Facts[string] | undefined): string =>
  `Run on ${host}: ${commandsFor('ports', { host: host ?? '' })}`;
