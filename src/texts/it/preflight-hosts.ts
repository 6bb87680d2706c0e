/** Words of the checks of two Hyper-V hosts in Italian, each with the commands that mend it. */

import type { Facts } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { textsOfChecks } from '../checks.ts';
import type { preflightHostProblems as english } from '../en/preflight-hosts.ts';
import { mendingCommands, mendingOf } from '../mending.ts';
import { quoted, quotedOr } from '../powershell.ts';
import { listText } from './amounts.ts';

/** What each check looks at, for its `-ok` and `-unknown` texts. */
const LOOKS_AT = {
  'hyperv-role': 'Windows e Hyper-V sui due host',
  'migration-enabled': 'Se la migrazione live è abilitata sui due host',
  'processor-vendor': 'I produttori dei processori',
  'processor-model': 'I modelli dei processori',
  domain: 'I domini degli host',
  'migration-authentication': "L'autenticazione della migrazione live",
  delegation: "La delega vincolata dall'origine alla destinazione",
  'delegation-back': 'La delega vincolata per il ritorno',
  'worker-account': 'I diritti degli account dei worker',
  'host-names': 'I nomi degli host',
  'common-subnet': 'Le reti di migrazione che Hyper-V può usare',
  'any-network': 'Se Hyper-V si limita alle reti di migrazione',
  'microsoft-client': 'Il Client per reti Microsoft',
  'file-sharing': 'La Condivisione file e stampanti',
  antivirus: "Le esclusioni dell'antivirus",
  ports: 'Le porte tra gli host',
  'admin-share': 'La condivisione amministrativa della destinazione',
  'switch-uplink': 'Le schede degli switch virtuali a destinazione',
  'fibre-channel': 'Il Fibre Channel virtuale',
};

const general = textsOfChecks(LOOKS_AT, {
  ok: (subject) => () => ({ text: `${subject}: a posto.`, remedy: 'Non devi fare nulla.' }),
  unknown:
    (subject) =>
    ({ what }) => ({
      text: `${subject}: impossibile giudicare, perché manca un dato (${what ?? 'ignoto'}).`,
      remedy: "Controlla a mano; approvando il piano lo si accetta così com'è.",
    }),
});

const identity = {
  'windows-too-old': ({ hosts }) => ({
    text: `Windows è più vecchio di Windows Server 2012 su ${listText(hosts)}.`,
    remedy:
      'Installa lì un Windows Server più recente; quelli vecchi non spostano una VM senza archiviazione condivisa.',
  }),
  'hyperv-role': ({ hosts }) => ({
    text: `Il ruolo Hyper-V non è installato su ${listText(hosts)}.`,
    remedy: 'Esegui lì: Install-WindowsFeature Hyper-V -IncludeManagementTools -Restart',
  }),
  'hyperv-service': ({ hosts }) => ({
    text: `Il servizio Hyper-V (vmms) è fermo su ${listText(hosts)}.`,
    remedy: 'Esegui lì: Start-Service vmms',
  }),
  'windows-builds-differ': ({ builds }) => ({
    text: `Gli host hanno build di Windows diverse: ${listText(builds)}.`,
    remedy:
      'Aggiorna il più vecchio, o accettalo: una VM può passare a un Windows più recente, e tornare ' +
      'solo se lì la sua versione di configurazione è nota (Get-VMHostSupportedVersion).',
  }),
  'migration-enabled': ({ hosts }) => ({
    text: `La migrazione live non è abilitata su ${listText(hosts)}.`,
    remedy: `Esegui: Enable-VMMigration -ComputerName ${quoted(hosts)}`,
  }),
  'processor-vendor': ({ vm, vendors }) => ({
    text: `${vm} non può spostarsi mentre è in esecuzione, perché i processori hanno produttori diversi: ${listText(vendors)}.`,
    remedy:
      'Spostala con "stream", che la riavvia a destinazione, o arrestala prima dello spostamento.',
  }),
  'processor-model': ({ vm, id, models }) => ({
    text: `I processori sono diversi, e ${vm} è stata avviata senza compatibilità del processore: ${listText(models)}.`,
    remedy:
      'Hyper-V decide subito prima dello spostamento. Se rifiuta, arresta la VM, esegui ' +
      `Get-VM -Id ${quoted(id)} | Set-VMProcessor -CompatibilityForMigrationEnabled $true, poi avviala.`,
  }),
  domain: ({ hosts }) => ({
    text: `Questi host non sono in un dominio, che la migrazione live richiede: ${listText(hosts)}.`,
    remedy:
      'Aggiungili con Add-Computer -DomainName DOMAIN -Restart, o sposta con "stream", che non ne ha bisogno.',
  }),
  'domain-trust': ({ domains }) => ({
    text: `Gli host sono in domini senza relazione di trust: ${listText(domains)}.`,
    remedy:
      'Crea un trust bidirezionale (netdom trust DOMAIN1 /Domain:DOMAIN2 /Add /Twoway), o sposta con "stream".',
  }),
  'domains-differ': ({ domains }) => ({
    text: `Gli host sono in domini diversi legati da un trust: ${listText(domains)}.`,
    remedy: "Verifica che l'account dei worker abbia i suoi diritti in entrambi, o accettalo.",
  }),
  'migration-authentication': ({ hosts, modes }) => ({
    text: `Gli host autenticano la migrazione live in modi diversi: ${listText(modes)}.`,
    remedy: kerberos(hosts),
  }),
  'credssp-service': ({ host, hosts }) => ({
    text: `La migrazione live usa CredSSP, che richiede una persona alla console di ${host}; lì Ferry è un servizio.`,
    remedy: kerberos(hosts),
  }),
  'credssp-credential-guard': ({ guarded, hosts }) => ({
    text: `La migrazione live usa CredSSP, che Credential Guard blocca su ${listText(guarded)}.`,
    remedy: kerberos(hosts),
  }),
  delegation: (facts) => ({
    text:
      `${facts.host} non può agire per altri su ${facts.target}. In Active Directory al suo account ` +
      `computer manca: ${listText(facts.missing)}.`,
    remedy: delegate(facts),
  }),
  'delegation-back': (facts) => ({
    text:
      `Il ritorno è chiuso: ${facts.host} non può agire per altri su ${facts.target}. In Active ` +
      `Directory al suo account computer manca: ${listText(facts.missing)}.`,
    remedy: `${delegate(facts)} O accetta che la VM non possa tornare live.`,
  }),
  'worker-account': ({ host, account }) => ({
    text: `Il worker su ${host} gira come ${account}, che lì non è amministratore.`,
    remedy:
      `Esegui su ${host}: Add-LocalGroupMember -SID S-1-5-32-544 -Member ${quoted(account)} ` +
      '(prima di Windows Server 2016: net localgroup). Poi riavvia il worker.',
  }),
  'account-not-delegable': ({ host, account }) => ({
    text: `${account}, con cui gira il worker su ${host}, è segnato come sensibile o fa parte di Protected Users; nessuno può agire per suo conto.`,
    remedy: 'Usa un altro account per il worker, o accettalo se Hyper-V sposta le VM lo stesso.',
  }),
} satisfies Record<string, TextOf>;

const network = {
  'host-names': ({ host, from, names }) => ({
    text: `${from} non trova un indirizzo di ${host} con: ${listText(names)}.`,
    remedy: `Registra ${host} nel DNS del dominio, poi esegui su ${from}: Clear-DnsClientCache`,
  }),
  'host-names-back': ({ host, from, names }) => ({
    text: `Il ritorno è chiuso: ${from} non trova un indirizzo di ${host} con: ${listText(names)}.`,
    remedy: `Registra ${host} nel DNS del dominio, poi esegui su ${from}: Clear-DnsClientCache`,
  }),
  'host-names-elsewhere': ({ host, from, addresses }) => ({
    text: `Per ${host}, ${from} riceve indirizzi che nessuna scheda di rete di ${host} ha: ${listText(addresses)}.`,
    remedy: `Correggi la voce DNS di ${host} (su ${host}: Register-DnsClient), poi esegui su ${from}: Clear-DnsClientCache`,
  }),
  'common-subnet': ({ source, target, sourceNetworks, targetNetworks }) => ({
    text:
      `${source} e ${target} non hanno una subnet comune che entrambi permettano per la migrazione live. ` +
      `${source}: ${listText(sourceNetworks)}. ${target}: ${listText(targetNetworks)}.`,
    remedy:
      'Permetti una stessa subnet su entrambi; vedi Get-VMMigrationNetwork ed esegui: ' +
      `Add-VMMigrationNetwork SUBNET -ComputerName ${quoted(source)},${quoted(target)}`,
  }),
  'any-network': ({ hosts, subnet }) => ({
    text: `Hyper-V può usare qualsiasi rete per la migrazione live su ${listText(hosts)}, anche una lenta o leggibile da altri.`,
    remedy:
      `Esegui: Add-VMMigrationNetwork ${quotedOr(subnet, 'SUBNET')} -ComputerName ${quoted(hosts)}; ` +
      `Set-VMHost -ComputerName ${quoted(hosts)} -UseAnyNetworkForMigration $false. O accettalo.`,
  }),
  'microsoft-client': ({ host, adapters }) => ({
    text: `Il Client per reti Microsoft è disattivato sulla rete di migrazione di ${host}: ${listText(adapters)}.`,
    remedy: `Esegui su ${host}: Enable-NetAdapterBinding -Name ${quoted(adapters)} -ComponentID ms_msclient`,
  }),
  'microsoft-client-back': ({ host, adapters }) => ({
    text: `Per il ritorno, il Client per reti Microsoft è disattivato sulla rete di migrazione di ${host}: ${listText(adapters)}.`,
    remedy: `Esegui su ${host}: Enable-NetAdapterBinding -Name ${quoted(adapters)} -ComponentID ms_msclient. O accettalo.`,
  }),
  'file-sharing': (facts) => ({
    text: `${facts.host} non può ricevere i dischi, perché la Condivisione file e stampanti è disattivata: ${listText(facts.off)}.`,
    remedy: shareFiles(facts),
  }),
  'file-sharing-back': (facts) => ({
    text: `Per il ritorno, la Condivisione file e stampanti è disattivata su ${facts.host}: ${listText(facts.off)}.`,
    remedy: `${shareFiles(facts)}. O accettalo.`,
  }),
  antivirus: (facts) => ({
    text: `Microsoft Defender su ${facts.host} non esclude ciò che Hyper-V tiene aperto: ${listText([...listOf(facts.extensions), ...listOf(facts.programs)])}. Uno spostamento può fallire per questo.`,
    remedy: `Esegui su ${facts.host}: ${commandsFor('antivirus', facts)}. O accettalo.`,
  }),
  ports: ({ host, from, ports }) => ({
    text: `${from} non raggiunge queste porte TCP di ${host} sulla rete di migrazione: ${listText(ports)}.`,
    remedy: openPorts(host),
  }),
  'ports-back': ({ host, from, ports }) => ({
    text: `Per il ritorno, ${from} non raggiunge queste porte TCP di ${host}: ${listText(ports)}.`,
    remedy: `${openPorts(host)}. O accettalo.`,
  }),
  'management-port': ({ host, from, port }) => ({
    text: `${from} non raggiunge ${host} per la gestione con WinRM (TCP ${port}).`,
    remedy: `Esegui su ${host}: Enable-PSRemoting -Force. O accettalo, se la gestione passa per RPC.`,
  }),
  'admin-share': ({ host, from }) => ({
    text: `Il worker su ${from} non può aprire la condivisione admin$ di ${host}, da cui passano i dischi.`,
    remedy:
      `Esegui su ${host}: Start-Service LanmanServer; Enable-NetFirewallRule -Group '@FirewallAPI.dll,-28502'. ` +
      `Verifica che l'account del worker su ${from} sia amministratore di ${host}.`,
  }),
  'switch-uplink': ({ vm, host, switches }) => ({
    text: `${vm} perderebbe la rete su ${host}: la scheda di rete di questi switch non è attiva: ${listText(switches)}.`,
    remedy: `Collegala o abilitala su ${host}; il suo nome lo mostra Get-VMSwitch -Name ${quoted(switches)} | Select-Object NetAdapterInterfaceDescription. O accettalo.`,
  }),
  'fibre-channel': ({ vm, host, sans }) => ({
    text: `${vm} usa il Fibre Channel virtuale, e su ${host} mancano le sue SAN: ${listText(sans)}.`,
    remedy: `Crea ciascuna su ${host} con lo stesso nome: New-VMSan -Name NAME -HostBusAdapter (Get-InitiatorPort -ConnectionType FibreChannel)`,
  }),
  'fibre-channel-zoning': ({ vm, host, sans }) => ({
    text: `${vm} usa il Fibre Channel virtuale (${listText(sans)}). Non è noto se da ${host} i suoi dischi si vedano.`,
    remedy:
      'Configura zoning e masking per i due insiemi di nomi mondiali di ogni scheda (Get-VMFibreChannelHba), A e B; poi accettalo.',
  }),
} satisfies Record<string, TextOf>;

export const preflightHostProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  ...general,
  ...identity,
  ...network,
};

const listOf = (fact: Facts[string] | undefined): readonly string[] =>
  Array.isArray(fact) ? fact : [];

const commandsFor = (code: string, facts: Facts): string =>
  mendingCommands({ code, facts }).join('; ');

const kerberos = (hosts: Facts[string] | undefined): string =>
  `Esegui: ${commandsFor('migration-authentication', { hosts: hosts ?? [] })}. Kerberos richiede anche la delega vincolata.`;

function delegate(facts: Facts): string {
  const [there, here] = mendingOf({ code: 'delegation', facts });
  return (
    `Esegui come amministratore del dominio: ${there?.commands.join('; ')}. ` +
    `Poi su ${facts.host}: ${here?.commands.join('; ')} (o riavvialo, o attendi un quarto d'ora).`
  );
}

const shareFiles = (facts: Facts): string =>
  `Esegui su ${facts.host}: ${commandsFor('file-sharing', facts)}`;

const openPorts = (host: Facts[string] | undefined): string =>
  `Esegui su ${host}: ${commandsFor('ports', { host: host ?? '' })}`;
