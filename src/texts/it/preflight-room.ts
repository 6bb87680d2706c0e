/** Words in Italian of the checks of the room for a VM, and of what needs it, with the commands that mend it. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { textsOfChecks } from '../checks.ts';
import type { preflightRoomProblems as english } from '../en/preflight-room.ts';
import { quoted } from '../powershell.ts';
import { bytesText, listText } from './amounts.ts';
import { keptText } from './kept.ts';

/** What each check looks at, for its `-ok` and `-unknown` texts. */
const LOOKS_AT = {
  dependencies: 'Se Ferry o gli host hanno bisogno di questa VM',
  'source-space': "Lo spazio libero all'origine",
  'target-files': 'I file già presenti a destinazione',
  'target-path': 'I percorsi a destinazione',
  'processor-count': 'Il numero di processori',
  numa: 'I nodi NUMA della destinazione',
  slots: 'Quanti spostamenti insieme permettono gli host',
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

const capacity = {
  'slots-ok': ({ busy }) => ({
    text: isEmpty(busy)
      ? 'Quanti spostamenti insieme permettono gli host: un posto è libero.'
      : `Su ${listText(busy)} sono in corso tutti gli spostamenti permessi; questo attende nella coda di Ferry.`,
    remedy: 'Non devi fare nulla.',
  }),
  'source-space': ({ host, volume, bytesFree, bytesNeeded, bytesKept }) => ({
    text: `${volume} su ${host} ha solo ${bytesText(bytesFree)} liberi; durante la copia la VM scrive lì e ha bisogno di ${bytesText(bytesNeeded)}.`,
    remedy: `${keptText(bytesKept)}Libera spazio su ${volume} di ${host}; un volume pieno ferma le VM.`,
  }),
  'source-space-tight': ({ host, volume, bytesFree, bytesKept }) => ({
    text: `${volume} su ${host} ha solo ${bytesText(bytesFree)} liberi, e durante la copia la VM scrive lì.`,
    remedy: `${keptText(bytesKept)}Libera spazio su ${volume} di ${host}, o sposta la VM quando scrive poco.`,
  }),
  'target-files': ({ vm, host, files }) => ({
    text: `I file che ${vm} avrebbe su ${host} ci sono già: ${listText(files)}.`,
    remedy:
      'Scegli un altro volume con "on <volume>". Se li ha lasciati uno spostamento precedente e nessuna VM li usa ' +
      `(Get-VM | Get-VMHardDiskDrive), esegui su ${host}: Remove-Item -LiteralPath ${quoted(files)}`,
  }),
  'target-path': ({ vm, host, paths, charsMax }) => ({
    text: `I percorsi che ${vm} avrebbe su ${host} superano ${charsMax} caratteri: ${listText(paths)}.`,
    remedy:
      'Scegli un volume dal percorso più corto con "on <volume>", o accorcia i nomi dei file dei dischi.',
  }),
  'target-path-name': ({ vm, host, paths }) => ({
    text: `Windows su ${host} non accetta i nomi che avrebbero i file di ${vm}: ${listText(paths)}.`,
    remedy:
      'Arresta la VM e rinomina i file dei suoi dischi con Rename-Item e Set-VMHardDiskDrive.',
  }),
  'memory-if-started': ({ vm, host, bytesNeeded, bytesFree }) => ({
    text: `${vm} è spenta e si sposta così, ma ${host} non potrebbe avviarla: servono ${bytesText(bytesNeeded)} di memoria, liberi ${bytesText(bytesFree)}.`,
    remedy: `Arresta o sposta altre VM su ${host} prima che ${vm} venga avviata lì, o accettalo.`,
  }),
  'memory-if-grown': ({ vm, host, bytesFree, bytesGrown }) => ({
    text: `Se ${vm} cresce fino a ${bytesText(bytesGrown)} di memoria dinamica, a ${host} con ${bytesText(bytesFree)} liberi viene a mancare.`,
    remedy: `Arresta o sposta altre VM su ${host}, abbassa il massimo di ${vm} (Set-VMMemory -MaximumBytes), o accettalo.`,
  }),
  'processor-count': ({ vm, id, host, processors, logical }) => ({
    text: `${vm} ha ${processors} processori virtuali, e ${host} solo ${logical} logici.`,
    remedy: `Arrestala ed esegui: Get-VM -Id ${quoted(id)} | Set-VMProcessor -Count ${logical}`,
  }),
  numa: ({ vm, id, host, together, processorsMax }) => ({
    text: `${vm} vuole ${together} processori in un nodo NUMA, e un nodo di ${host} ne ha ${processorsMax}; lì andrà più piano.`,
    remedy: `Arrestala ed esegui: Get-VM -Id ${quoted(id)} | Set-VMProcessor -MaximumCountPerNumaNode ${processorsMax}. O accettalo.`,
  }),
  'numa-spanning': ({ vm, host, bytesMax }) => ({
    text: `${vm} ha bisogno di più memoria di quanta ne abbia un nodo NUMA di ${host} (${bytesText(bytesMax)}), e ${host} tiene ogni VM in un nodo solo; potrebbe non avviarsi.`,
    remedy: `Esegui: Set-VMHost -ComputerName ${quoted(host)} -NumaSpanningEnabled $true, poi riavvia le sue VM. O accettalo.`,
  }),
  slots: ({ hosts }) => ({
    text: `Il numero di spostamenti insieme è azzerato su ${listText(hosts)}.`,
    remedy: `Esegui: Set-VMHost -ComputerName ${quoted(hosts)} -MaximumVirtualMachineMigrations 2 -MaximumStorageMigrations 2`,
  }),
} satisfies Record<string, TextOf>;

const needed = {
  dependencies: ({ vm, roles, hosts }) => ({
    text: `${vm} è, per ${listText(hosts)}, ${rolesText(roles)}. Mentre è spenta, ${consequences(roles)}; la migrazione non potrebbe proseguire.`,
    remedy:
      'Spostala con "live", che non ferma nulla, o metti prima lo store e il bot su un\'altra macchina.',
  }),
  'dependencies-stop': ({ vm, roles, hosts }) => ({
    text: `${vm} è, per ${listText(hosts)}, ${rolesText(roles)}. Mentre è spenta, ${consequences(roles)}.`,
    remedy: 'Dai agli host una seconda macchina per questo, spostala con "live", o accettalo.',
  }),
  'dependencies-live': ({ vm, roles, hosts }) => ({
    text: `${vm} è, per ${listText(hosts)}, ${rolesText(roles)}. Durante lo spostamento resta in esecuzione; se andasse molto male, ${consequences(roles)}.`,
    remedy:
      'Dai agli host una seconda macchina per questo, spostala mentre una persona è alle loro console, o accettalo.',
  }),
} satisfies Record<string, TextOf>;

export const preflightRoomProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  ...general,
  ...capacity,
  ...needed,
};

const isEmpty = (list: Fact | undefined): boolean => !Array.isArray(list) || list.length === 0;

const ROLES: Readonly<Record<string, string>> = {
  'domain-controller': "l'unico controller di dominio raggiungibile",
  'dns-server': "l'unico server DNS",
  gateway: 'il gateway predefinito',
  store: 'la macchina dello store di Ferry',
  bot: 'la macchina del bot',
};
const STOPS: Readonly<Record<string, string>> = {
  'domain-controller': 'nessuno può più autenticarsi, e gli host si rifiutano tra loro',
  'dns-server': 'i nomi non si trovano più',
  gateway: 'le altre reti e Slack sono irraggiungibili',
  store: 'Ferry sta fermo',
  bot: 'in Slack nessuno può approvare o annullare',
};
const mapped = (names: Readonly<Record<string, string>>, list: Fact | undefined): string =>
  listText((Array.isArray(list) ? list : []).map((name) => names[name] ?? name));
const rolesText = (roles: Fact | undefined): string => mapped(ROLES, roles);
const consequences = (roles: Fact | undefined): string => mapped(STOPS, roles);
