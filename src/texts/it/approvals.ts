/** Words of roles, channels, approvals and the audit in Italian. */

import type { TextOf } from '../catalogue.ts';
import type { approvals as english, approvalProblems as englishProblems } from '../en/approvals.ts';
import { listText, secondsText } from './amounts.ts';

const GROUP_REMEDIES: Readonly<Record<string, string>> = {
  missing_scope: "Dai all'app lo scope usergroups:read e installala di nuovo.",
  no_such_subteam: "Correggi l'id del gruppo nella configurazione del bot.",
  plan_upgrade_required: 'Questo workspace non ha gruppi di utenti: indica persone (U…).',
};

const TAMPERED: Readonly<Record<string, string>> = {
  changed: 'non è come è stata scritta',
  cut: 'righe che la precedevano sono state tolte',
  gap: 'non segue la riga precedente',
  other: "lo store conosce un'altra riga al suo posto",
  'torn-missing': 'ciò che un crash ha lasciato prima di essa manca o è stato modificato',
};

const COMPARE =
  "Conserva tutti i file dell'audit e confrontali con una copia o un export più vecchi.";

export const approvalProblems: Readonly<Record<keyof typeof englishProblems, TextOf>> = {
  'own-approval': ({ operation }) => ({
    text: `Hai richiesto tu ${operation}, quindi la tua approvazione non conta.`,
    remedy: 'Chiedi a un altro approvatore di controllare e di fare clic.',
  }),
  'administrator-needed': ({ operation }) => ({
    text: `${operation} si basa su ciò che nessun host reale ha ancora mostrato, quindi tra chi approva deve esserci un amministratore. La tua approvazione sarebbe l'ultima, quindi non conta.`,
    remedy:
      'Chiedi a un amministratore di controllare e di fare clic, o fatti aggiungere a FERRY_ADMINISTRATORS del bot.',
  }),
  'approvers-too-few': ({ needed, found }) => ({
    text: `Approvazioni necessarie: ${needed}; al massimo ne sono possibili ${found}, chiunque chieda.`,
    remedy:
      'Indica più persone o gruppi in FERRY_APPROVERS, oppure abbassa FERRY_APPROVERS_NEEDED. Con FERRY_TWO_PERSONS=yes chi chiede non conta.',
  }),
  'group-unreadable': ({ group, error }) => ({
    text: `Non è stato possibile leggere il gruppo ${group} (${error}), quindi conta come vuoto.`,
    remedy:
      GROUP_REMEDIES[String(error)] ??
      'Riprova tra un minuto; se continua, avvisa un amministratore.',
  }),
  'group-empty': ({ group }) => ({
    text: `Il gruppo di utenti ${group} non ha membri, o è disattivato.`,
    remedy: 'Aggiungi persone al gruppo in Slack, o indicane altre nella configurazione del bot.',
  }),
  'channel-not-for-hosts': ({ hosts, here }) => ({
    text: `Non tra gli host di questo canale: ${listText(hosts)}.`,
    remedy:
      Array.isArray(here) && here.length > 0
        ? `Qui si tratta di ${listText(here)}. FERRY_CHANNELS del bot dice quale canale è per quali host.`
        : 'Questo canale non ha host. FERRY_CHANNELS del bot dice quale canale è per quali host.',
  }),
  'audit-unwritable': ({ path, reason }) => ({
    text: `Impossibile scrivere l'audit ${path}: ${reason}.`,
    remedy:
      'Libera spazio su quel disco del bot, poi richiedi. Annullamento e rollback funzionano anche senza.',
  }),
  'audit-damaged': ({ path }) => ({
    text: `La fine dell'audit ${path} è illeggibile, quindi non vi si può aggiungere nulla.`,
    remedy:
      'Conserva quel file in un posto sicuro e spostalo fuori dalla cartella; ne viene iniziato uno nuovo.',
  }),
  'audit-tampered': ({ path, line, reason }) => ({
    text: `L'audit ${path} è stato modificato, riga ${line}: ${TAMPERED[String(reason)] ?? reason}.`,
    remedy: COMPARE,
  }),
  'audit-cut': ({ path, found, wanted }) => ({
    text: `Manca la fine dell'audit ${path}: ha ${found} righe su ${wanted}.`,
    remedy: COMPARE,
  }),
  'audit-empty': ({ path }) => ({
    text: `Non c'è nessun audit in ${path}.`,
    remedy: "Usa l'ambiente del bot, oppure --env con il suo file.",
  }),
  'date-unreadable': ({ text }) => ({
    text: `"${text}" non è una data.`,
    remedy: 'Scrivila come 2026-01-31, o come 2026-01-31T18:00:00Z.',
  }),
};

export const approvals: typeof english = {
  askThere: 'Chiedi in:',
  whoMay: 'Chi può approvare:',
  oneAdministrator:
    'Si basa su ciò che nessun host reale ha ancora mostrato: tra chi approva deve esserci un amministratore.',
  noAdministrator:
    'Nessun amministratore può approvarlo, e ne serve uno. Fai aggiungere qualcuno diverso da te in',
  asks: ({ vm, source, target }) =>
    `Il passaggio finale (cutover) di ${vm.name} da ${source} a ${target} attende l'approvazione.`,
  remindsHalf: ({ vm }) => `Il cutover di ${vm.name} attende ancora l'approvazione.`,
  reminds: ({ vm }, seconds) =>
    `La richiesta di approvare il cutover di ${vm.name} scade tra circa ${secondsText(seconds)}.`,
  lookAbove: 'Piano e pulsanti sono nel messaggio in cima a questo thread.',
  expired: {
    'approval-expired': ({ vm, source }) =>
      `Nessuno ha approvato in tempo: tutto è annullato. ${vm.name} resta su ${source}; nulla è andato perso.`,
    'pause-expired': ({ vm, source }) =>
      `Nessuno ha ripreso in tempo: tutto è annullato. ${vm.name} resta su ${source}; nulla è andato perso.`,
  },
  askAgain: ({ vm, target }) => `Per chiedere di nuovo: /migrate "${vm.name}" to ${target}`,
  nobodyElse: 'Nessuno tranne te può approvare, e la richiesta è tua. Fai aggiungere qualcuno in',
  tooFewOthers: (others, needed) =>
    `Oltre a te ${others === 1 ? 'può' : 'possono'} approvare solo ${others} delle ${needed} persone necessarie. Fai aggiungere qualcuno in`,
};
