/** Words of configuration, hosts, requests and the workers' own problems, in Italian. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import type { operationProblems as english } from '../en/operations.ts';
import { migrationLine } from '../typed.ts';
import { outcomeText } from './names.ts';

const list = (names: Fact | undefined): string =>
  Array.isArray(names) && names.length > 0 ? names.join(', ') : 'nessuno';

const VMS_SHOWN_MAX = 5;

function firstVms(names: Fact | undefined): string {
  const rest = Array.isArray(names) ? names.slice(VMS_SHOWN_MAX).length : 0;
  const first = Array.isArray(names) ? names.slice(0, VMS_SHOWN_MAX) : names;
  return `${list(first)}${rest > 0 ? ` e altre ${rest}` : ''}`;
}

const mib = (bytes: Fact | undefined): string => `${Math.ceil(Number(bytes) / 2 ** 20)} MiB`;

export const operationProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'config-invalid': ({ variable, problem }) => ({
    text: `La variabile d'ambiente ${variable} non va bene: ${problem}.`,
    remedy: 'Impostala come mostra .env.example, e riavvia.',
  }),
  'config-missing': ({ variable }) => ({
    text: `Manca la variabile d'ambiente ${variable}.`,
    remedy:
      'Impostala come mostra .env.example, o indica prima del comando, con --env, il file che la imposta.',
  }),
  'reservation-no-space': ({ host, volume, missing }) => ({
    text: `Su ${host} mancano ${mib(missing)} in ${volume} per questa copia e quelle in corso.`,
    remedy: `Libera spazio in ${volume} di ${host}, o attendi le altre migrazioni.`,
  }),
  'reservation-no-memory': ({ host, missing }) => ({
    text: `Su ${host} mancano ${mib(missing)} di memoria per questa VM e quelle in corso.`,
    remedy: `Libera memoria su ${host}, o attendi le altre migrazioni.`,
  }),
  'reservation-no-slot': ({ host, slots }) => ({
    text: `${host} accetta al massimo ${slots} migrazioni alla volta.`,
    remedy: 'Attendi che una finisca, poi chiedi di nuovo.',
  }),
  'question-from-stranger': ({ operation }) => ({
    text: `Un host estraneo a ${operation} ha chiesto informazioni su di essa.`,
    remedy: 'Cerca il suo indirizzo nel log. Non è stato detto né fatto nulla.',
  }),
  'not-a-party': ({ vm }) => ({
    text: `Questo host non partecipa alla migrazione di ${vm}.`,
    remedy: "Usa il comando sull'host di origine o di destinazione.",
  }),
  'peer-wrong-registration': ({ host }) => ({
    text: `${host} si è annunciato con una chiave diversa da quella registrata.`,
    remedy: `Se ${host} è stato reinstallato, registralo di nuovo: /migrate enroll ${host} CODE.`,
  }),
  'operation-unknown': ({ operation }) => ({
    text: `Lo store non conosce nessuna operazione ${operation}.`,
    remedy: 'Scrivi /migrate status per vedere le operazioni.',
  }),
  'vm-claimed': ({ vm, holder }) => ({
    text: `Su ${vm} sta già lavorando ${holder}.`,
    remedy: `Attendi che ${holder} finisca, o annullala: /migrate cancel ${vm}.`,
  }),
  'left-over-claimed': ({ vm, host, holder }) => ({
    text: `${holder} non ha ancora ripulito ciò che ha lasciato di ${vm} su ${host}.`,
    remedy: `Verifica che il worker di Ferry su ${host} sia in esecuzione: ripulisce da solo. Poi chiedi di nuovo.`,
  }),
  'store-set-back': ({ tries }) => ({
    text: `Lo store è tornato a uno stato precedente: ha dato ${tries} numeri che altre operazioni hanno già.`,
    remedy: "Chiedi di nuovo. Se c'è una copia più recente dello store, ripristinala.",
  }),
  'bot-runs-already': ({ state }) => ({
    text: `Qui è già in esecuzione un bot con la cartella ${state}.`,
    remedy: 'Prima fermalo. Un solo bot serve tutti gli host.',
  }),
  'env-file-unreadable': ({ file, reason }) => ({
    text: `Il file di ambiente ${file} non è leggibile: ${reason}.`,
    remedy: 'Indica con --env un file che esiste, o copia .env.example.',
  }),
  'operation-over': ({ operation, outcome }) => ({
    text: `${operation} è finita: ${outcomeText(outcome)}.`,
    remedy: "Non c'è più nulla da farne. Avviane una nuova con /migrate <vm> to <host>.",
  }),
  'past-point-of-no-return': ({ operation, vm, host }) => ({
    text: `${operation} non si può più riportare indietro: ${vm} è stata avviata su ${host}, o potrebbe esserlo stata.`,
    remedy: `Lasciala finire, poi riporta ${vm} indietro con /migrate.`,
  }),
  'pause-too-late': ({ operation, vm }) => ({
    text: `${operation} è nel cutover: una pausa ora terrebbe ferma ${vm}.`,
    remedy: `Lasciala finire, o riportala indietro con /migrate cancel ${vm}.`,
  }),
  'not-paused': ({ operation }) => ({
    text: `${operation} non è in pausa.`,
    remedy: 'Scrivi /migrate status per vedere che cosa sta facendo.',
  }),
  'going-back': ({ operation }) => ({
    text: `Il rollback di ${operation} è in corso: non si copia più nulla.`,
    remedy: 'Attendi che finisca. Poi avviane una nuova con /migrate <vm> to <host>.',
  }),
  'replan-other-disks': ({ vm, disks }) => ({
    text: `${vm} ha dischi diversi da quelli in copia: ${list(disks)} (aggiunti, tolti o ridimensionati).`,
    remedy: `Scrivi /migrate cancel ${vm}, poi chiedi di nuovo la migrazione; oppure ripristina la modifica.`,
  }),
  'nothing-to-retry': ({ operation }) => ({
    text: `${operation} non attende nessuno.`,
    remedy: 'Scrivi /migrate status per vedere che cosa sta facendo.',
  }),
  'retry-vm-moved': ({ vm, host, operation, source, target }) => ({
    text: `Ora ${vm} è su ${host}; ${operation} doveva spostarla da ${source} a ${target}.`,
    remedy:
      host === target
        ? `È dove ${operation} doveva portarla: non c'è più nulla da fare.`
        : `Per spostarla da ${host}, scrivi /migrate "${vm}" to ${target}.`,
  }),
  'retry-other-vm': ({ vm, host, operation, target }) => ({
    text: `La VM ${vm} su ${host} non è quella di ${operation}: ha un altro Id.`,
    remedy: `Se intendi questa, scrivi /migrate "${vm}" to ${target}.`,
  }),
  'retry-needs-bot': ({ vm, host }) => ({
    text: `Il rollback della migrazione di ${vm} è stato eseguito: un nuovo tentativo è un'altra migrazione, da approvare di nuovo.`,
    remedy: `Scrivi /migrate ${vm} to ${host} in Slack.`,
  }),
  'nothing-to-cancel': ({ vm }) => ({
    text: `Nessuna migrazione di ${vm} è in corso.`,
    remedy: 'Scrivi /migrate status per vedere quelle in corso.',
  }),
  'enrolment-unknown-host': ({ host, known }) => ({
    text: `Nessun worker di un host ${host} si è annunciato. Annunciati: ${list(known)}.`,
    remedy: `Avvia il worker su ${host}, poi scrivi il codice che mostra.`,
  }),
  'host-unknown': ({ host, known }) => ({
    text: `Non c'è nessun host ${host}. Registrati: ${list(known)}.`,
    remedy: 'Scrivi /migrate hosts per vedere gli host, o registralo con /migrate enroll.',
  }),
  'host-not-enrolled': ({ host }) => ({
    text: `${host} non è registrato.`,
    remedy: `Scrivi /migrate enroll ${host} CODE, con il codice mostrato dal suo worker.`,
  }),
  'host-away': ({ host }) => ({
    text: `Il worker di ${host} non risponde.`,
    remedy: `Avvia il worker di Ferry su ${host}, e chiedi di nuovo.`,
  }),
  'same-host': ({ vm, host }) => ({
    text: `${vm} è già su ${host}.`,
    remedy: "Indica un altro host, o lasciala dov'è.",
  }),
  'vm-unknown': ({ host, vm, known, silent }) =>
    host === undefined
      ? {
          text:
            `Nessun host che risponde ha una VM ${vm}. VM: ${firstVms(known)}. ` +
            `Host che non rispondono: ${list(silent)}.`,
          remedy:
            "Scrivi il nome come lo mostra /migrate hosts, o avvia il worker dell'host che non risponde.",
        }
      : {
          text: `${host} non ha nessuna VM ${vm}.`,
          remedy: `Elenca le VM di ${host} con "/migrate hosts", e controlla il nome.`,
        },
  'worker-runs-already': ({ host }) => ({
    text: `Qui è già in esecuzione un worker di ${host}.`,
    remedy: 'Prima fermalo. Un solo worker serve un host.',
  }),
  'path-outside-root': ({ path, root }) => ({
    text: `Il piano indica ${path}, che non è sotto ${root}.`,
    remedy: 'Non è stato scritto nulla. Cerca la causa prima di riprovare.',
  }),
  'unfence-store-answers': ({ operation }) => ({
    text: 'Lo store risponde, quindi è il journal a decidere del fence.',
    remedy: `Usa: ${migrationLine('rollback', operation)}`,
  }),
  'unfence-not-source': ({ operation, host }) => ({
    text: `Il fence di ${operation} è su ${host}, non qui.`,
    remedy: `Usa il comando su ${host}.`,
  }),
  'off-longer-than-planned': ({ vm, seconds }) => ({
    text: `${vm} è ferma da più dei ${seconds} s approvati.`,
    remedy:
      'Vedi sotto che cosa fanno i suoi host. Ferry prosegue da solo finché entrambi i worker sono in esecuzione.',
  }),
  'takes-longer-than-planned': ({ vm, seconds }) => ({
    text: `La migrazione di ${vm} dura più dei ${seconds} s previsti.`,
    remedy: `Guarda la velocità nel suo messaggio. Attendi, o scrivi /migrate cancel ${vm}.`,
  }),
  'host-does-not-act': ({ vm, host, seconds }) => ({
    text: `${host} dovrebbe agire su ${vm} e non lo fa da ${seconds} s.`,
    remedy: `Avvia il worker di Ferry su ${host}, e guarda il suo log.`,
  }),
  'lab-fault-unknown': ({ fault, known }) => ({
    text: `Il laboratorio non ha un guasto ${fault}. Ha: ${list(known)}.`,
    remedy: 'Indica uno di questi.',
  }),
  'lab-fault-needs-own-store': () => ({
    text: 'Questo guasto rompe lo store, e il laboratorio non può rompere uno store tuo.',
    remedy: 'Togli --store e STORE_URL.',
  }),
  'lab-command-failed': ({ command, output }) => ({
    text: `Il comando "${command}" non è riuscito: ${output}`,
    remedy: 'Leggi i log nella cartella del laboratorio.',
  }),
  'lab-process-failed': ({ name, logFile }) => ({
    text: `Il processo ${name} del laboratorio è terminato prima di essere pronto.`,
    remedy: `Leggi ${logFile}.`,
  }),
};
