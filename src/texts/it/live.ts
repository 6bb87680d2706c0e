/** Le parole di una live migration, in italiano. */

import type { Plan } from '../../domain/plan.ts';
import type { live as english } from '../en/live.ts';
import { lookingCommands } from '../typed.ts';
import { secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

const look = ({ vm, source, target }: Route): string =>
  `Guarda nella console di gestione di Hyper-V su ${target} e su ${source} dove si trova ${vm.name}. Lasciala dove è in esecuzione; non avviare nulla finché un suo spostamento è in corso.`;

const lookByHand = (route: Route): string =>
  `Esegui dove ci sono gli strumenti di Hyper-V, come amministratore di entrambi gli host, poi vedi docs/by-hand.md: ${lookingCommands(route).join('; ')}`;

export const live: typeof english = {
  chat: {
    state: {
      asking: ({ vm, source }) =>
        `In attesa dell'approvazione della live migration. ${vm.name} è in esecuzione su ${source}.`,
    },
    approve: 'Approva spostamento',
    confirmApprove: {
      title: 'Approvi lo spostamento?',
      text: ({ vm, source, target }) =>
        `${vm.name} viene spostata da ${source} a ${target} mentre è in esecuzione. Su ${source} non resta nessuna copia.`,
      yes: 'Sposta',
      no: 'Non ora',
    },
  },
  approvals: {
    asks: ({ vm, source, target }) =>
      `La live migration di ${vm.name} da ${source} a ${target} attende l'approvazione.`,
    remindsHalf: ({ vm }) => `Si attende ancora l'approvazione della live migration di ${vm.name}.`,
    reminds: ({ vm }, seconds) =>
      `La richiesta di approvare la live migration di ${vm.name} scade tra circa ${secondsText(seconds)}.`,
  },
  alerts: { byHand: { source: look, target: look, nowhere: look, unknown: lookByHand } },
};
