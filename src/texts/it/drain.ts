/** Words of drains and returns, in Italian. */

import type { TextOf } from '../catalogue.ts';
import type { drain as english, drainProblems as problems } from '../en/drain.ts';
import { bytesText, listText, secondsText } from './amounts.ts';

const WHAT: Readonly<Record<string, string>> = { bot: 'il bot', store: 'lo store' };
const whatText = (what: unknown): string => WHAT[String(what)] ?? String(what);

export const drainProblems: Readonly<Record<keyof typeof problems, TextOf>> = {
  'drain-claimed': ({ host, holder }) => ({
    text: `${holder} riguarda già ${host}, e non è finita.`,
    remedy: `Aspetta che finisca, o scrivi /migrate cancel ${holder}.`,
  }),
  'drain-carries-ferry': ({ host, what, vm }) => ({
    text: `${host} non può essere svuotato: ${whatText(what)} di Ferry è ${vm === undefined ? 'su di esso' : `nella sua VM ${vm}`}. Fermarlo fermerebbe lo svuotamento.`,
    remedy: `Sposta prima ${whatText(what)} su un'altra macchina: docs/fleet.md, "Move the bot and the store", dice come.`,
  }),
  'drain-onto-itself': ({ host }) => ({
    text: `Le VM di ${host} non possono andare su ${host}.`,
    remedy: `Indica un altro host, o nessuno: /migrate drain ${host}.`,
  }),
  'drain-nowhere': ({ host }) => ({
    text: `Nessun altro host prende le VM di ${host}: nessuno risponde, o chi risponde è in manutenzione.`,
    remedy: 'Scrivi /migrate hosts per vederli.',
  }),
  'drain-nothing': ({ host }) => ({
    text: `${host} non ha VM: non c'è nulla da svuotare.`,
    remedy: 'Nulla da fare.',
  }),
  'drain-no-room': ({ vm, host, bytesMissing, memoryBytesMissing, leaveOff }) => ({
    text: `${vm} non sta su ${host} accanto alle altre: mancano ${bytesText(memoryBytesMissing)} di memoria e ${bytesText(bytesMissing)} di disco.`,
    remedy:
      Array.isArray(leaveOff) && leaveOff.length > 0
        ? `Ci sta se queste VM sono spente: ${listText(leaveOff)}. Spegnile, e chiedi di nuovo.`
        : `Fai spazio su ${host}, o sposta ${vm} da sola.`,
  }),
  'drain-over': ({ operation }) => ({
    text: `${operation} è finita.`,
    remedy: 'Nulla è cambiato. Scrivi /migrate history per vedere come è finita.',
  }),
  'operation-of-many': ({ host }) => ({
    text: `È uno svuotamento o un rientro di ${host}: l'operazione di molte VM, che solo il bot scrive.`,
    remedy: `Si guida in Slack: /migrate status ${host}. Ciascuno dei suoi spostamenti si guida con il proprio nome.`,
  }),
  'return-nothing': ({ host }) => ({
    text: `Da ${host} non è stato svuotato nulla che non sia tornato.`,
    remedy: 'Sposta le VM una per una: /migrate <vm> to <host>.',
  }),
  'return-gone': ({ vm, host }) => ({
    text: `${vm} è andata su ${host}, e ora non è su nessun host che risponde.`,
    remedy: 'Scrivi /migrate hosts per vedere quali host rispondono; riportala da sola più tardi.',
  }),
  'return-elsewhere': ({ vm, host, now }) => ({
    text: `${vm} è andata su ${host}, e ormai è su ${now}: qualcuno l'ha spostata.`,
    remedy: `Se deve tornare, spostala da sola da ${now}.`,
  }),
  'host-in-maintenance': ({ host, operation }) => ({
    text: `${host} è in manutenzione da ${operation}: nulla viene pianificato verso di esso.`,
    remedy: `Per terminarla e riportare le sue VM, scrivi /migrate return ${host}.`,
  }),
};

export const drain: typeof english = {
  chat: {
    title: {
      drain: (host) => `Svuotare ${host}`,
      return: (host) => `Tornare su ${host}`,
    },
    state: {
      asking: "Aspetta l'approvazione: si chiede una volta per tutte le VM.",
      moving: 'In corso.',
      paused: 'In pausa: ciò che si sta spostando arriva alla fine, e nessun altra VM comincia.',
      stopping:
        'Sta finendo: ciò che si sta spostando arriva alla fine, e nessun altra VM comincia.',
      drained: 'Fatto.',
      returned: 'Fatto.',
      cancelled: 'Finita prima che tutto fosse spostato.',
    },
    moved: (moved, all) => `${moved} VM spostate su ${all}.`,
    row: {
      'not opened': 'comincia',
      runs: 'si sposta',
      asks: 'si sposta',
      stuck: 'serve una persona',
      moved: 'spostata',
      failed: "fallita; resta dov'era",
      waits: 'aspetta',
      stays: 'resta',
      'not begun': 'non cominciata; resta',
    },
    to: (vm, target) => `${vm} su ${target}`,
    estimate: (bytes, seconds, pause) =>
      `${bytesText(bytes)} in circa ${secondsText(seconds)}, spenta per circa ${secondsText(pause)}`,
    order: (atOnce) =>
      `Al massimo ${atOnce} alla volta, in questo ordine; ciò da cui le altre dipendono si sposta per ultimo, e torna per primo.`,
    stopsOnFailure: 'Dopo una VM fallita, nessun altra comincia.',
    goesOn: "Una VM che fallisce resta dov'era; le altre continuano.",
    approving: {
      drain: (host) =>
        `Chi approva approva il piano di ogni VM, pausa compresa, e mette ${host} in manutenzione: nulla viene pianificato verso di esso fino a /migrate return ${host}.`,
      return: (host) =>
        `Chi approva approva il piano di ogni VM, pausa compresa. Poi la manutenzione di ${host} è finita.`,
    },
    accepted: (warnings) =>
      warnings === 1 ? 'un avviso è accettato' : `${warnings} avvisi sono accettati`,
    more: (rows) => `e altre ${rows}`,
    approve: 'Approva tutto',
    askedUntil: 'Senza, finisce il',
    endedBy: 'Terminata da',
    confirm: {
      title: 'Approvare tutto?',
      text: {
        drain: (host) => `Tutte le VM della lista lasciano ${host}, una dopo l'altra.`,
        return: (host) => `Tutte le VM della lista tornano su ${host}, una dopo l'altra.`,
      },
      yes: 'Approva',
      no: 'Non ora',
    },
  },
  planned: (operation) => `Pianificata come ${operation}; approvala in`,
  maintenance: (operation) => `in manutenzione da ${operation}`,
  outcome: { drained: 'svuotato', returned: 'tornate', cancelled: 'finita prima della fine' },
  left: {
    drain: (host, count) =>
      count === 1 ? `Una VM è ancora su ${host}:` : `${count} VM sono ancora su ${host}:`,
    return: (host, count) =>
      count === 1 ? `Una VM non è tornata su ${host}:` : `${count} VM non sono tornate su ${host}:`,
    lost: "Nulla è perso: ognuna è in esecuzione dov'era prima, o il suo messaggio dice altro.",
  },
};
