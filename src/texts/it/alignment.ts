/** Words of alignments, in Italian. */

import type { Plan } from '../../domain/plan.ts';
import type { TextOf } from '../catalogue.ts';
import type { alignment as english, alignmentProblems as problems } from '../en/alignment.ts';
import { bytesText, listText, secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

const COMMAND = '/migrate align';

export const alignmentProblems: Readonly<Record<keyof typeof problems, TextOf>> = {
  'aligned-disks-changed': ({ vm, host, disks }) => ({
    text: `${vm} su ${host} ha dischi diversi da quelli della sua copia: ${listText(disks)}.`,
    remedy: "Niente da fare: l'allineamento ricomincia da solo, con ciò che la copia ha già.",
  }),
  'not-aligned': ({ vm }) => ({
    text: `${vm} non è tenuta allineata da nessuna parte.`,
    remedy: `Per cominciare, scrivi ${COMMAND} "${vm}" to <host> every 15m.`,
  }),
  'alignment-nowhere': ({ vm, source, target }) => ({
    text: `${vm} non è su nessun host che risponde, quindi la sua copia invecchia. Era su ${source}, e la copia è su ${target}.`,
    remedy: `Se ${source} è spento, aspettalo. Se ${vm} non c'è più, scrivi /migrate unalign "${vm}"; la copia resta.`,
  }),
  'alignment-ends-slowly': ({ vm, operation, seconds }) => ({
    text: `${operation}, che tiene allineata ${vm}, non è finita entro ${secondsText(seconds)}: il checkpoint sul suo host si sta ancora unendo.`,
    remedy: 'Non è cominciato nulla. Chiedi di nuovo fra qualche minuto.',
  }),
  'alignment-needs-administrator': ({ vm }) => ({
    text: `Tenere ${vm} allineata si basa su ciò che nessun host reale ha ancora mostrato; vedi docs/hyper-v-unverified.md.`,
    remedy: "Quest'ordine lo deve dare un amministratore.",
  }),
  'every-too-often': ({ seconds, secondsMin, secondsMax }) => ({
    text: `Ogni ${secondsText(seconds)} non è fra ${secondsText(secondsMin)} e ${secondsText(secondsMax)}.`,
    remedy: 'Scrivi, per esempio, every 15m.',
  }),
  'record-forged': ({ record }) => ({
    text: `Il record ${record} nello store non è stato scritto da questo bot.`,
    remedy: "Non viene eseguito. Scopri chi può scrivere nello store, poi dai di nuovo l'ordine.",
  }),
};

const runs = ({ vm, source }: Route): string =>
  `${vm.name} resta su ${source} e non viene toccata.`;
const byHand = ({ vm, source }: Route): string =>
  `Su ${source}, guarda se ${vm.name} ha un checkpoint di Ferry, e uniscilo; docs/by-hand.md dice come.`;

export const alignment: typeof english = {
  what: ({ vm, source, target }, every) =>
    `Ciò che ${vm.name} cambia su ${source} viene copiato su ${target} ogni ${secondsText(every)}. ${vm.name} resta sempre in esecuzione.`,
  nothingYet: "Non c'è ancora una copia intera.",
  fresh: "La copia è com'era il",
  cost: (round, bytes, seconds) => `giro ${round}, ${bytesText(bytes)} in ${secondsText(seconds)}`,
  failed: "L'ultimo tentativo è fallito:",
  begun: (vm, target, every) =>
    `${vm} è tenuta allineata su ${target} ogni ${secondsText(every)} da adesso; vedi`,
  ended: (vm) => `${vm} non è più tenuta allineata. La sua copia resta.`,
  cannot: (vm, target) => `${vm} non può essere tenuta allineata su ${target} ora:`,
  every: (seconds) => `allineata ogni ${secondsText(seconds)}`,
  old: {
    text: (vm, target, age, every) =>
      `La copia di ${vm} su ${target} ha ${secondsText(age)}. Dovrebbe rinnovarsi ogni ${secondsText(every)}.`,
    never: (vm, target, every) =>
      `Non c'è ancora una copia di ${vm} su ${target}. Dovrebbe essercene una ogni ${secondsText(every)}.`,
    mended: (vm, target) => `La copia di ${vm} su ${target} è di nuovo fresca.`,
    lost: (vm) => `Nulla è perso: ${vm} stessa non viene toccata.`,
    look: 'Scrivi /migrate copies per vedere tutte le copie, e /migrate doctor per vedere che cosa non va.',
  },
  chat: {
    title: ({ vm, source, target }) => `Tieni ${vm.name} di ${source} allineata su ${target}`,
    state: {
      preparing: () => 'Preparazione della prima copia.',
      copying: ({ vm, target }) => `Prima copia di ${vm.name} su ${target} in corso.`,
      'rolling back': ({ vm }) => `In chiusura: la copia di ${vm.name} resta.`,
      'rolled back': ({ vm, target }) =>
        `Finito: ${vm.name} non è più tenuta allineata da questa. La copia su ${target} resta.`,
    },
  },
  alerts: {
    home: { source: runs, target: runs, nowhere: runs, unknown: runs },
    byHand: { source: byHand, target: byHand, nowhere: byHand, unknown: byHand },
  },
};
