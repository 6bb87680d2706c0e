/** What is said outside of Slack, in Italian: the report as a file, and the command line. */

import type { outside as english } from '../en/outside.ts';

const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

export const outside: typeof english = {
  raisedLate: (at) => `(in ritardo: sorto ${at})`,
  report: {
    title: (operation, vm, source, target) => `${operation}: ${vm} da ${source} a ${target}`,
    state: 'Stato',
    lookedAt: (at) => `Letto ${at}, gli orari sono UTC secondo l'orologio dello store.`,
    alerts: 'Allarmi',
    halts: 'Arresti',
    journal: 'Journal',
    plan: 'Piano',
    findings: 'Controlli',
    log: 'Le ultime righe del log del bot',
    leftOut: '[… la parte centrale è omessa …]',
  },
  cli: {
    recorded: (operation) => `${operation}: registrato. I worker lo vedono entro pochi secondi.`,
    healed: (operation, entries) =>
      `${operation}: lo store ha di nuovo ${plural(entries, 'voce', 'voci')}.`,
    unfenced: (vm, source, target) =>
      `${vm} può essere avviata di nuovo su ${source}. ${target} non la avvierà.`,
    healthy: (connections) =>
      `tutto bene: lo store risponde, ${plural(connections, 'connessione', 'connessioni')} a Slack`,
    diskCheck: {
      damage: 'danno',
      warning: 'avviso',
      more: (count: number) => `e altri ${count} riscontri`,
      sound: (files: number) => `integro: ${files} file`,
      damaged: (count: number) => `danneggiato: ${plural(count, 'riscontro', 'riscontri')}`,
    },
    stream: {
      plain:
        'Senza cifratura: chiunque lungo la via può leggere e cambiare questo disco. Solo per misurare.',
    },
    audit: {
      whole: (files, lines, count) =>
        `${files}: ${plural(lines, 'riga', 'righe')} in ${count} file, tutto integro.`,
      dropped: (line) => `Le righe prima della ${line} sono state eliminate o spostate.`,
      mended: (count) =>
        `Un arresto anomalo ha troncato la fine ${plural(count, 'volta', 'volte')}; ognuna è segnata.`,
      torn: 'Un arresto anomalo ha troncato la fine; il bot lo segna con la sua prossima riga.',
      noHead: 'Lo store non conosce alcuna ultima riga: una fine troncata non si vedrebbe.',
      newest: (line, hash) => `Ultima: riga ${line}, hash ${hash}`,
    },
  },
};
