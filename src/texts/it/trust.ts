/** Keys, enrolment, signed journals, a host's memory, and the link between hosts, in Italian. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import type { trustProblems as english } from '../en/trust.ts';
import { migrationLine } from '../typed.ts';
import { listText } from './amounts.ts';
import { byAuthorText } from './names.ts';

const REPORT =
  'Non è stato fatto nulla. Cerca chi altro può scrivere nello store, poi segnala il caso.';
const SAME_VERSION = 'Porta entrambi i worker alla stessa versione di Ferry.';
const HEAL = (operation: Fact | undefined) =>
  `Scrivi "${migrationLine('heal-store', operation)}" su ogni host, e con bot.env sulla macchina del bot, poi riprova.`;

const identityProblems = {
  'identity-damaged': ({ file }) => ({
    text: `La chiave in ${file} non è leggibile.`,
    remedy: `Ripristina ${file} da un backup. Se non c'è, eliminalo, riavvia e registra l'host con il suo nuovo codice.`,
  }),
  'identity-other-name': ({ file, name, found }) => ({
    text: `${file} contiene la chiave di ${found}, ma questo processo si chiama ${name}.`,
    remedy: `Avvialo come ${found}, o dai a ${name} una cartella propria.`,
  }),
  'enrolment-wrong-code': ({ host }) => ({
    text: `Questo non è il codice di ${host}.`,
    remedy: `Copia il codice dal log del worker su ${host} e ripeti il comando.`,
  }),
  'unenroll-busy': ({ host, operations }) => ({
    text: `${host} fa parte di ciò che è in corso: ${listText(operations)}.`,
    remedy: 'Aspetta che finisca, o annullalo. Poi chiedi di nuovo.',
  }),
  'enrolment-malformed': ({ reason }) => ({
    text: `Una registrazione nello store non è leggibile: ${reason}.`,
    remedy: "Registra di nuovo l'host con il codice che mostra il suo worker.",
  }),
  'enrolment-forged': ({ host }) => ({
    text: `La registrazione di ${host} nello store non è firmata da questo bot.`,
    remedy: `Registra di nuovo ${host} con il codice che mostra il suo worker. Cerca chi altro può scrivere nello store.`,
  }),
  'registration-malformed': ({ reason }) => ({
    text: `L'annuncio di un worker nello store non è leggibile: ${reason}.`,
    remedy: 'Riavvia quel worker, con la stessa versione di Ferry del bot.',
  }),
  'registration-forged': ({ host }) => ({
    text: `L'annuncio di ${host} nello store non proviene da ${host}.`,
    remedy: `Riavvia il worker su ${host}. Se si ripete, cerca chi altro può scrivere nello store.`,
  }),
} satisfies Record<string, TextOf>;

const journalProblems = {
  'journal-not-opened': ({ operation }) => ({
    text: `Nello store manca l'inizio di ${operation}.`,
    remedy: HEAL(operation),
  }),
  'journal-opened-twice': ({ operation, position }) => ({
    text: `La voce ${position} di ${operation} la apre una seconda volta.`,
    remedy: REPORT,
  }),
  'journal-malformed': ({ operation, position, reason }) => ({
    text: `La voce ${position} di ${operation} non è leggibile: ${reason}.`,
    remedy:
      'Verifica che il bot e tutti i worker abbiano la stessa versione di Ferry. Se è così, segnala il caso.',
  }),
  'journal-wrong-bot': ({ operation, expected, found }) => ({
    text: `${operation} è stata aperta da un bot con impronta ${found}; questo host si fida di ${expected}.`,
    remedy: `Se il bot ha una nuova chiave, avvia il worker di questo host con --bot ${found}. Altrimenti cerca chi altro può scrivere nello store.`,
  }),
  'journal-wrong-plan': ({ operation }) => ({
    text: `Il piano di ${operation} non corrisponde al suo hash.`,
    remedy: REPORT,
  }),
  'journal-wrong-operation': ({ operation, position, found }) => ({
    text: `La voce ${position} di ${operation} appartiene a ${found ?? "un'altra operazione"}.`,
    remedy: REPORT,
  }),
  'journal-broken-chain': ({ operation, position }) => ({
    text: `La voce ${position} di ${operation} non segue la precedente.`,
    remedy: HEAL(operation),
  }),
  'journal-wrong-author': ({ operation, position, author, kind, step }) => ({
    text: `La voce ${position} di ${operation} è "${kind}${step === undefined ? '' : ` ${step}`}", scritta ${byAuthorText(author)}, che non può scriverla.`,
    remedy: REPORT,
  }),
  'journal-forged-signature': ({ operation, position, author }) => ({
    text: `La voce ${position} di ${operation} non è firmata ${byAuthorText(author)}.`,
    remedy: REPORT,
  }),
  'journal-other-move': ({ operation, position }) => ({
    text: `Il piano alla voce ${position} di ${operation} sposta altri dischi, o in un altro luogo, rispetto a prima.`,
    remedy: REPORT,
  }),
  'journal-replanned-late': ({ operation, position }) => ({
    text: `La voce ${position} di ${operation} cambia il piano senza che fosse in attesa di approvazione.`,
    remedy: REPORT,
  }),
  'approval-wrong-plan': ({ operation, position }) => ({
    text: `L'approvazione alla voce ${position} di ${operation} è per un altro piano.`,
    remedy: REPORT,
  }),
  'approval-too-few': ({ operation, found, needed }) => ({
    text: `${operation} è stata approvata da ${found} delle ${needed} persone diverse necessarie.`,
    remedy: REPORT,
  }),
} satisfies Record<string, TextOf>;

const memoryProblems = {
  'journal-behind': ({ operation, seen, found }) => ({
    text: `Lo store ha ${found} voci di ${operation}; questo host ne ha già viste ${seen}. Lo store è tornato a uno stato precedente.`,
    remedy: HEAL(operation),
  }),
  'journal-diverged': ({ operation, position }) => ({
    text: `Dalla voce ${position} in poi, lo store racconta di ${operation} una storia diversa da quella vista da questo host.`,
    remedy:
      "Nulla agisce più su di essa, e heal-store aggiunge solo ciò che manca. Verifica dov'è in esecuzione la VM e lasciala lì; ripristina un backup dello store che concordi con gli host.",
  }),
  'memory-damaged': ({ file, line }) => ({
    text: `La riga ${line} di ${file} non è leggibile. Finché è così, questo host non può sapere che cosa ha visto.`,
    remedy: `Controlla il disco. Ripristina ${file}, o spostalo altrove quando sai dov'è in esecuzione la VM, poi riprova.`,
  }),
  'memory-full': ({ file }) => ({
    text: `${file} è cresciuto oltre ciò che può servire a un'operazione.`,
    remedy: "Annulla l'operazione o eseguine il rollback, e segnala il caso.",
  }),
  'memory-unwritable': ({ file, reason }) => ({
    text: `${file} non è scrivibile: ${reason}`,
    remedy: 'Libera spazio su quel disco o correggine i permessi, poi riprova.',
  }),
} satisfies Record<string, TextOf>;

const linkProblems = {
  'link-cannot-listen': ({ host, port, reason }) => ({
    text: `Questo worker non può mettersi in ascolto su ${host} porta ${port}: ${reason}`,
    remedy: 'Scegli un indirizzo di questo host e una porta libera.',
  }),
  'peer-unreachable': ({ host, port, reason }) => ({
    text: `Il worker su ${host} porta ${port} non risponde${reason === undefined ? '' : `: ${reason}`}.`,
    remedy:
      "Verifica che l'host e il suo worker siano in funzione, e che il firewall lasci passare questa porta.",
  }),
  'peer-wrong-key': ({ host, port, expected, found }) => ({
    text: `Chi risponde su ${host} porta ${port} ha la chiave ${found}, non ${expected}.`,
    remedy:
      'Se quel worker è stato reinstallato, registralo con il suo nuovo codice. Altrimenti scopri chi risponde lì.',
  }),
  'peer-hung-up': ({ host, port }) => ({
    text: `Il worker su ${host} porta ${port} ha chiuso la connessione.`,
    remedy:
      'Guarda il suo log: lo dice quando non conosce questo host. Registra questo host, o riprova.',
  }),
  'peer-silent': ({ host, port, question, timeoutSeconds }) => ({
    text: `Il worker su ${host} porta ${port} non ha risposto a "${question}" entro ${timeoutSeconds} s.`,
    remedy: "Controlla quanto è carico quell'host, poi riprova.",
  }),
  'question-unknown': ({ question }) => ({
    text: `L'altro host non conosce la domanda "${question}".`,
    remedy: SAME_VERSION,
  }),
  'question-malformed': ({ question }) => ({
    text: `L'altro host non ha potuto leggere la domanda "${question}".`,
    remedy: SAME_VERSION,
  }),
  'question-too-large': ({ question, bytesMax }) => ({
    text: `La domanda "${question}" supera ${bytesMax} byte.`,
    remedy: 'Segnala il caso.',
  }),
  'answer-too-large': ({ question, bytesMax }) => ({
    text: `La risposta a "${question}" supera ${bytesMax} byte.`,
    remedy: 'Segnala il caso.',
  }),
  'answer-malformed': ({ host, port, question }) => ({
    text: `La risposta di ${host} porta ${port} a "${question}" non è leggibile.`,
    remedy: SAME_VERSION,
  }),
} satisfies Record<string, TextOf>;

export const trustProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  ...identityProblems,
  ...journalProblems,
  ...memoryProblems,
  ...linkProblems,
};
