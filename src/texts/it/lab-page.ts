/** Problems of the lab's page in Italian. */

import type { TextOf } from '../catalogue.ts';
import type { labPageProblems as english } from '../en/lab-page.ts';

export const labPageProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'lab-page-busy': ({ fault }) => ({
    text: `Il laboratorio è ancora occupato con "${fault}".`,
    remedy: 'Attendi che abbia finito, poi premi di nuovo.',
  }),
  'lab-page-no-file': ({ file }) => ({
    text: `Questa persona non vede nessun file ${file} nello Slack del laboratorio.`,
    remedy: 'Ricarica la pagina, e agisci come qualcuno che ne vede il messaggio.',
  }),
  'lab-page-request': ({ reason }) => ({
    text: `La richiesta della pagina è incompleta: ${reason}.`,
    remedy: 'Ricarica la pagina.',
  }),
};
