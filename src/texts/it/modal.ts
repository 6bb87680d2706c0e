/** Parole del modulo che chiede quale VM va dove, e di ciò che vi è sbagliato. */

import type { TextOf } from '../catalogue.ts';
import type { modal as english, modalProblems as englishProblems } from '../en/modal.ts';
import { listText } from './amounts.ts';

const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

export const modal: typeof english = {
  title: 'Sposta una VM',
  submit: 'Prepara il piano',
  close: 'Chiudi',
  asking: 'Chiedo agli host le loro VM …',
  checking: 'Controllo …',
  planning: 'Controllo gli host e preparo il piano …',
  vm: 'VM',
  choose: 'Scegli',
  target: 'Host di destinazione',
  option: {
    method: 'Metodo',
    volume: 'Volume a destinazione',
    limit: 'Limite della copia',
    pause: 'Fermo più lungo',
    switch: 'Altro switch virtuale',
  },
  hint: {
    method: 'Senza, sceglie il piano.',
    volume: (example) => `Ad esempio ${example}. Senza, si usa quello dell'host.`,
    limit: (example) => `Ad esempio ${example}. Senza, è il più veloce possibile.`,
    pause: (example) => `Ad esempio ${example}. Senza, si usa quello del bot.`,
    switch: (example) =>
      `Ad esempio ${example}: lo switch qui, poi quello a destinazione. Senza, restano i nomi.`,
  },
  choice: {
    stream: 'stream: copiata mentre è in esecuzione, un breve fermo',
    live: 'live: nessun fermo',
  },
  free: (bytes) => `${bytes} liberi`,
  noVms: 'Nessun host che risponde ha una VM.',
  noHosts: 'Nessun host è pronto. Guardali con /migrate hosts.',
  away: (hosts) =>
    `${listText(hosts)} non ${hosts.length === 1 ? 'risponde' : 'rispondono'}: ` +
    'le VM che sono lì non sono elencate.',
  notEnrolled: (hosts) =>
    hosts.length === 1
      ? `${listText(hosts)} non è registrato.`
      : `${listText(hosts)} non sono registrati.`,
  many: (count) => `${count} VM: scrivi una parte del nome.`,
  unlisted: (count) =>
    `${plural(count, 'VM ha', 'VM hanno')} un nome troppo lungo per questo elenco: ` +
    'scrivi /migrate <vm> to <host>.',
  first: 'Scegli una VM e un host; qui compaiono i controlli.',
  nothing:
    "Nulla inizia prima che tu prema il pulsante, e non c'è nessun cutover prima dell'approvazione.",
  needed: 'Scegline uno.',
};

export const modalProblems: Readonly<Record<keyof typeof englishProblems, TextOf>> = {
  'modal-field': ({ value, example }) => ({
    text: `"${value}" qui non è un valore valido.`,
    remedy: `Scrivilo così: ${example}.`,
  }),
  'modal-expired': () => ({
    text: 'Non è stato possibile aprire il modulo in tempo.',
    remedy: 'Scrivi di nuovo /migrate, oppure /migrate <vm> to <host>.',
  }),
};
