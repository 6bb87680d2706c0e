/** Words of alerts in Italian, and the problems of showing and acknowledging them. */

import type { TextOf } from '../catalogue.ts';
import type { alerts as english, alertProblems as englishProblems } from '../en/alerts.ts';

export const alertProblems: Readonly<Record<keyof typeof englishProblems, TextOf>> = {
  'alert-unknown': ({ operation }) => ({
    text: `Questo allarme di ${operation} non è più noto; il clic non ha cambiato nulla.`,
    remedy: 'Scrivi "/migrate status" per vedere la situazione.',
  }),
  'alert-heard-already': () => ({
    text: 'Qualcuno ha già preso in carico questo allarme.',
    remedy: 'Non devi fare nulla: non seguono promemoria.',
  }),
  'slack-away': ({ method, error }) => ({
    text: `Slack non è raggiungibile per ${method}: ${error}.`,
    remedy: 'Il bot ritenta da solo; se continua, controlla la rete e HTTPS_PROXY.',
  }),
};

const RENAMED =
  'ridai ai suoi dischi i loro nomi (senza .ferry-fenced), collega le sue schede di rete e avviala (Hyper-V: docs/by-hand.md)';

export const alerts: typeof english = {
  title: 'Allarme',
  late: 'in ritardo: sorto',
  home: {
    source: ({ vm, source }) => `${vm.name} è su ${source}.`,
    target: ({ vm, target }) => `${vm.name} è su ${target}.`,
    nowhere: ({ vm, source, target }) =>
      `${vm.name} è spenta; i suoi dischi sono su ${source} e ${target}.`,
    unknown: ({ vm, source, target }) =>
      `Non si sa dove ${vm.name} sia in esecuzione. Controlla ${source} e ${target}; non avviare nulla a mano prima di saperlo.`,
  },
  lost: {
    'at-source': ({ vm, source }) =>
      `Nulla è andato perso: i dischi su ${source} hanno tutto ciò che ${vm.name} ha scritto.`,
    'at-both': ({ vm, source, target }) =>
      `Nulla è andato perso: ${source} e ${target} hanno entrambi tutto ciò che ${vm.name} ha scritto.`,
    'at-target': ({ vm, source, target }) =>
      `Nulla è andato perso: ${target} ha tutto ciò che ${vm.name} ha scritto; ciò che resta su ${source} è più vecchio.`,
    'at-target-perhaps': ({ vm, target }) =>
      `Nulla è andato perso finché nessun disco viene eliminato. Non si sa se ${vm.name} sia stata in ` +
      `esecuzione su ${target}: in tal caso solo ${target} ha ciò che ha scritto lì.`,
    'restore-older': ({ vm, source, target }) =>
      `Ciò che ${vm.name} ha scritto dopo l'ultima copia non è su ${target}; solo i dischi di ${source} possono averlo.`,
    'copy-whole': () => 'Nulla è andato perso: la copia è integra.',
    'copy-perhaps': () => 'Non si sa se la copia sia integra: non farci affidamento.',
    'copy-deleted': () => 'La copia è stata eliminata, come approvato.',
    'not-known': ({ source, target }) =>
      'Non si sa che cosa sia andato perso: il journal non è integro. ' +
      `Nel frattempo Ferry non elimina nulla; conserva i dischi su ${[...new Set([source, target])].join(' e ')}.`,
  },
  doNext: 'Che cosa fare',
  inSlack: 'In Slack',
  press: (labels, typed) =>
    labels.length === 0 ? `scrivi ${typed}` : `premi ${labels.join(' o ')}, oppure scrivi ${typed}`,
  onCommandLine: 'Da riga di comando, sul bot o su un host',
  byHandTitle: "A mano, se Ferry non c'è più",
  byHand: {
    source: ({ vm, source, target }) =>
      `Lascia ${vm.name} su ${source}. Non avviarne nessuna copia su ${target}.`,
    target: ({ vm, source, target }) =>
      `Lascia ${vm.name} su ${target}. Non avviare mai quella vecchia su ${source}: i suoi dischi sono rimasti indietro.`,
    nowhere: ({ vm, source, target }) =>
      `Verifica su ${target} che ${vm.name} non sia in esecuzione lì. Poi, su ${source}: ${RENAMED}.`,
    unknown: ({ vm, source, target }) =>
      `Controlla prima ${target}. Se ${vm.name} è in esecuzione lì, o lo è mai stata, lasciala e non avviarla mai su ${source}. ` +
      `Solo se certamente non lo è mai stata, su ${source}: ${RENAMED}.`,
  },
  acknowledge: 'Prendi in carico',
  acknowledged: (operation) =>
    `Hai preso in carico l'allarme di ${operation}: non seguono promemoria.`,
  heardBy: 'Preso in carico da',
  mendedAt: 'Risolto,',
  reminder: (number, count) =>
    `Promemoria ${number} di ${count}: nessuno ha preso in carico questo allarme, che è ancora aperto.`,
  failedAgain: 'Un nuovo tentativo è fallito allo stesso modo.',
  report: (operation) => `Che cosa sa il bot di ${operation}`,
  notInChannel: 'Il bot non è in questo canale, perciò il messaggio è qui:',
  inviteHere: 'Per vedere le migrazioni in questo canale, invita qui il bot con /invite.',
  inviteThere: 'Invitalo là con /invite per avere là il prossimo.',
};
