/** Words of commands in Italian: help, and what they are answered with. What is typed stays English. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import type { commands as english, commandProblems as englishProblems } from '../en/commands.ts';
import { migrationLine } from '../typed.ts';
import { bytesText, secondsText } from './amounts.ts';

const HELP = 'Scrivi "/migrate help" per vedere che cosa si può chiedere.';
const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
const typedCommands = (commands: Fact | undefined): string =>
  (Array.isArray(commands) ? commands : []).map((one) => `/migrate ${one}`).join(' o ');
const or = (names: Fact | undefined): string => (Array.isArray(names) ? names : []).join(' o ');

export const commands: typeof english = {
  meaning: {
    ask: 'apre un modulo per pianificare uno spostamento; in una menzione mostra questo aiuto',
    migrate:
      "pianifica e avvia uno spostamento; prima del passaggio finale (cutover) si chiede l'approvazione",
    plan: 'mostra che cosa farebbe uno spostamento e che cosa lo impedisce; non avvia nulla',
    status: 'mostra che cosa è in corso, o a che punto è una VM',
    hosts: 'mostra gli host, il loro spazio libero e le loro VM',
    vms: 'mostra le VM, dove sono e quali hanno una copia altrove',
    history: "mostra che cosa è stato fatto: chi ha chiesto, chi ha approvato, com'è finita",
    cancel: 'ferma uno spostamento e annulla ciò che ha fatto',
    pause: "sospende la copia; la VM resta in esecuzione dov'è",
    resume: 'riprende uno spostamento in pausa',
    retry: 'ritenta ciò che richiede una persona, o ripianifica uno spostamento annullato',
    rollback: 'riporta indietro uno spostamento finché è sicuro',
    limit: 'limita la velocità di copia di uno spostamento, anche mentre è in corso',
    align: 'tiene giovane la copia di una VM su un altro host, mentre è in esecuzione',
    unalign: "smette di tenerla; la copia resta com'è",
    drain: 'svuota un host per lavorarci: sposta altrove le sue VM, chiesto una volta per tutte',
    return: 'riporta ciò che uno svuotamento ha spostato, e termina la manutenzione',
    'what-if': 'mostra quali VM si perderebbero con un host, e quali potrebbero ripartire',
    scheduled: 'mostra che cosa aspetta la sua ora, e quando è',
    window: 'imposta le ore in cui può cominciare un cutover su un host',
    restore: 'avvia una VM dalla sua copia quando il suo host è perso; approvano due persone',
    copies: 'mostra le copie delle VM, quanto sono vecchie e quanto grandi',
    delete: "elimina una copia dopo l'approvazione",
    enroll: 'autorizza il worker di un host con il codice che ha mostrato',
    unenroll: 'annulla la registrazione di un host: il suo worker non è più autorizzato',
    doctor: 'controlla store, host e Slack, e dice che cosa sistemare',
    help: 'mostra tutti i comandi, o uno solo',
  },
  option: {
    method: 'come viene spostata; senza, sceglie il piano',
    volume: 'il volume della destinazione che riceve i dischi',
    limit: 'quanto si può copiare al secondo, ad esempio 50MB/s o 400Mbit/s',
    pause: 'per quanto la VM può restare ferma, ad esempio 90s o 2m',
    at: 'quando comincia, secondo gli orologi del tuo profilo Slack; basta anche solo stasera',
    cutover: 'quando comincia al più presto il cutover; si può approvare prima',
    target: "l'host che prende tutto; senza, ovunque ci sia posto",
    stop: 'dopo una VM fallita, nessun altra comincia',
    switch: 'uno switch virtuale diverso da quello con lo stesso nome a destinazione',
  },
  audience: {
    anyone: 'tutti',
    viewer: 'osservatori, operatori e approvatori',
    operator: 'operatori',
    'operator or approver': 'operatori e approvatori',
  },
  help: 'Che cosa si può chiedere',
  helpUnknown: (command) => `Il comando ${command} non esiste.`,
  helpMore: 'Di più su uno di essi: /migrate help <command>.',
  helpNote:
    'I nomi con spazi vanno tra virgolette. Una menzione del bot funziona come /migrate, anche nei ' +
    'thread: in quello di uno spostamento non serve indicare la sua VM.',
  example: 'Ad esempio',
  whoMay: 'Chi può',
  more: (count) => `e altri ${count}`,
  allOf: (command) => `Solo quelli di una VM: /migrate ${command} <vm>.`,
  hosts: 'Host',
  noHosts: 'Nessun host è ancora noto. Avvia lì un worker; mostra che cosa scrivere qui.',
  hostState: {
    ready: 'pronto',
    away: 'assente: il suo worker non risponde',
    'not enrolled':
      'non registrato: scrivi "/migrate enroll <host> <code>" come dice il suo worker',
  },
  lastHeard: 'ultimo contatto',
  neverHeard: 'nessun contatto finora',
  free: (path, free, total) => `${bytesText(free)} liberi su ${bytesText(total)} in ${path}`,
  noVms: 'nessuna VM',
  vms: 'VM',
  noVmsAnywhere: 'Nessun host che risponde ha una VM.',
  vmState: {
    Running: 'in esecuzione',
    Off: 'spenta',
    Saved: 'salvata',
    Paused: 'in pausa',
    Starting: 'in avvio',
    Stopping: 'in arresto',
  },
  vmOn: (state, host) => `${state} su ${host}`,
  memory: (bytes) => `${bytesText(bytes)} di memoria`,
  disks: (count, bytes) => `${plural(count, 'disco', 'dischi')} (${bytesText(bytes)})`,
  copyOn: (hosts) => `una copia su ${hosts}`,
  underWay: (operation) => `${operation} è in corso`,
  notAsked: (hosts) => `Non elencate, perché il loro host non risponde: le VM di ${hosts}.`,
  status: 'In corso',
  idle: 'Nessuna migrazione è in corso.',
  history: 'Cronologia',
  historyOf: (vm) => `Cronologia di ${vm}`,
  noHistory: 'Finora non è stato fatto nulla.',
  newestOf: (shown, all) => `Sono mostrate le ${shown} più recenti di ${all}.`,
  lookedBack: (operations) =>
    `Sono state esaminate solo le ${operations} operazioni più recenti; le altre sono nello store.`,
  move: (vm, source, target) => `${vm} da ${source} a ${target}`,
  alignment: (vm, source, target) => `${vm} di ${source} allineata su ${target}`,
  restore: (vm, host) => `${vm} dalla sua copia su ${host}`,
  deletion: (vm, host) => `copia di ${vm} su ${host}`,
  outcome: {
    migrated: 'spostata',
    restored: 'ripristinata',
    deleted: 'eliminata',
    'rolled back': 'riportata indietro',
    open: 'in corso',
  },
  off: (seconds) => `ferma per ${secondsText(seconds)}`,
  took: (seconds) => `${secondsText(seconds)} in tutto`,
  askedBy: 'richiesto da',
  approvedBy: 'approvato da',
  approvedByNobody: 'approvato da nessuno',
  why: (why) => `perché: ${why}`,
  export: 'Esporta',
  confirmExport: {
    title: 'Esportare come file?',
    text: 'Tutti in questo canale possono leggere il file: chi ha fatto che cosa, e quando.',
    yes: 'Esporta',
    no: 'Non ora',
  },
  exported: (count, isCut) =>
    `${plural(count, 'riga è', 'righe sono')} nel file` +
    `${isCut ? '; le più vecchie non ci stavano: la riga di comando le esporta tutte' : ''}.`,
  nothingToExport: "Non c'è nulla da esportare.",
  copies: 'Copie',
  noCopies: 'Nessun host che risponde ha una copia di una VM.',
  copy: (vm, host) => `${vm} su ${host}`,
  size: (bytes) => bytesText(bytes),
  copyKind: {
    received: 'ricevuta da uno spostamento',
    'left behind': "lasciata da uno spostamento, con la VM com'era allora",
  },
  keptUntil: 'da conservare fino al',
  keptNoMore: 'si può eliminare dal',
  copyOf: (operation) => `di ${operation}`,
  age: (seconds) => `di ${secondsText(seconds)} fa`,
  inUse: 'in uso da uno spostamento in corso',
  deleteNote: 'Per eliminarne una: /migrate delete copy <vm> on <host>.',
  doctor: 'Che cosa è stato controllato',
  nothingLooked: 'Non è stato controllato nulla.',
  allWell: (count) =>
    count === 1 ? '1 controllo, tutto a posto.' : `Tutti i ${count} controlli sono a posto.`,
  othersWell: (count) => `${plural(count, 'controllo è', 'controlli sono')} a posto.`,
  paused: (what) => `${what} va in pausa: la copia si ferma al prossimo punto sicuro.`,
  resumed: (what) => `${what} riprende.`,
  limited: (what, bytesPerSecond) =>
    `D'ora in poi ${what} copia al massimo ${bytesText(bytesPerSecond)} al secondo.`,
  unlimited: (what) => `D'ora in poi ${what} copia senza limite.`,
  enrolled: (host) => `${host} è registrato.`,
  restorePlanned: (operation) => `Si chiede l'approvazione del ripristino: ${operation}, in`,
  deletionPlanned: (operation) => `Si chiede l'approvazione dell'eliminazione: ${operation}, in`,
  cannotDelete: (vm, host) => `La copia di ${vm} su ${host} non si può eliminare ora:`,
};

export const commandProblems: Readonly<Record<keyof typeof englishProblems, TextOf>> = {
  'command-too-long': ({ characters, charactersMax }) => ({
    text: `Sono ${characters} caratteri; un comando ne ha al massimo ${charactersMax}.`,
    remedy: HELP,
  }),
  'command-quote-open': ({ text }) => ({
    text: `Le virgolette sono aperte e non chiuse: ${text}`,
    remedy: 'Chiudile, o toglile se il nome non ha spazi.',
  }),
  'command-name-empty': () => ({
    text: 'Un nome tra virgolette è vuoto.',
    remedy: "Metti tra le virgolette il nome della VM o dell'host.",
  }),
  'command-quotes-needed': ({ typed }) => ({
    text: 'Un nome con spazi richiede le virgolette.',
    remedy: `Scrivi /migrate ${typed} se i nomi sono questi.`,
  }),
  'command-incomplete': ({ usage }) => ({
    text: "Manca qualcosa, o c'è qualcosa di troppo.",
    remedy: `Scrivi /migrate ${usage}`,
  }),
  'command-near': ({ text, near }) => ({
    text: `Non capito: ${text}. Non è stato fatto nulla.`,
    remedy: `Forse intendevi ${typedCommands(near)}`,
  }),
  'command-unknown': ({ text }) => ({ text: `Non capito: ${text}`, remedy: HELP }),
  'option-unknown': ({ text, typed }) => ({
    text: `"${text}" qui non ha significato.`,
    remedy: typed === undefined ? HELP : `Se fa parte del nome, scrivi /migrate ${typed}. ${HELP}`,
  }),
  'option-twice': ({ usage }) => ({
    text: `${usage} compare due volte.`,
    remedy: 'Togline una.',
  }),
  'option-incomplete': ({ usage }) => ({
    text: `Manca il valore di ${usage}.`,
    remedy: 'Scrivilo dopo la parola.',
  }),
  'rate-unreadable': ({ text }) => ({
    text: `"${text}" non è una velocità che si possa rispettare.`,
    remedy:
      'Scrivila con la sua unità, ad esempio 50MB/s, 1.5GiB/s o 400Mbit/s, da 1kB/s a 1TB/s; ' +
      '"off" è senza limite.',
  }),
  'duration-unreadable': ({ text }) => ({
    text: `"${text}" non è una durata che si possa rispettare.`,
    remedy: 'Scrivila con la sua unità, ad esempio 90s, 2m o 1m30s, da 1s a un giorno.',
  }),
  'vm-near': ({ name, near, typed }) => ({
    text: `Nessun host che risponde ha una VM ${name}. Forse intendevi ${or(near)}?`,
    remedy: `Scrivi ${typedCommands(typed)}`,
  }),
  'host-near': ({ name, near, typed }) => ({
    text: `Non c'è un host ${name}. Forse intendevi ${or(near)}?`,
    remedy: `Scrivi ${typedCommands(typed)}`,
  }),
  'volume-near': ({ name, near, typed }) => ({
    text: `Non c'è un volume ${name} lì. Forse intendevi ${or(near)}?`,
    remedy: `Scrivi ${typedCommands(typed)}`,
  }),
  'operation-near': ({ name, near, typed }) => ({
    text: `Nulla di ${name} è in corso. Forse intendevi ${or(near)}?`,
    remedy: `Scrivi ${typedCommands(typed)}`,
  }),
  'nothing-under-way': ({ vm }) => ({
    text: `Nessuna migrazione di ${vm} è in corso.`,
    remedy: 'Scrivi "/migrate status" per vedere tutte quelle in corso.',
  }),
  'history-cut': ({ operations }) => ({
    text: `Sono state esaminate solo le ${operations} operazioni più recenti.`,
    remedy: `Le altre sono nello store: "${migrationLine('show', undefined, 'bot.env')}" le mostra una per una.`,
  }),
  'no-history': ({ vm, operations }) => ({
    text:
      operations === undefined
        ? `Con ${vm} non è ancora stato fatto nulla.`
        : `Con ${vm} non è stato fatto nulla nelle ${operations} operazioni più recenti.`,
    remedy:
      'Scrivi "/migrate history" per vedere che cosa è stato fatto, o "/migrate vms" per le VM.',
  }),
  'history-near': ({ name, near, typed }) => ({
    text: `Con ${name} non è ancora stato fatto nulla. Forse intendevi ${or(near)}?`,
    remedy: `Scrivi ${typedCommands(typed)}`,
  }),
  'mention-edited': () => ({
    text: 'Hai modificato un messaggio; il bot non esegue ciò che è stato modificato.',
    remedy: 'Scrivilo come nuovo messaggio.',
  }),
  'mention-not-first': () => ({
    text: 'Il bot è stato menzionato, ma non interpellato: un comando comincia con la menzione.',
    remedy: HELP,
  }),
  'shortcut-unknown': ({ name }) => ({
    text: `Il bot non conosce la scorciatoia ${name}.`,
    remedy: HELP,
  }),
};
