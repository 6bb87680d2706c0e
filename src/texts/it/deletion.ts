/** Words of deleting copies, in Italian. */

import type { Plan } from '../../domain/plan.ts';
import type { TextOf } from '../catalogue.ts';
import type { deletion as english, deletionProblems as problems } from '../en/deletion.ts';
import { bytesText, listText, secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

export const deletionProblems: Readonly<Record<keyof typeof problems, TextOf>> = {
  'copy-unknown': ({ vm, host }) => ({
    text: `Non c'è nessuna copia di ${vm} su ${host}.`,
    remedy: 'Scrivi /migrate copies per vedere quali ci sono.',
  }),
  'copies-of-several-vms': ({ vm, host, folders }) => ({
    text: `${host} conserva copie di più VM di nome ${vm}: ${listText(folders)}.`,
    remedy: `Rinomina una di queste VM, o elimina a mano su ${host} la cartella di quella giusta.`,
  }),
  'copy-in-use': ({ vm, host, folder, by }) => ({
    text: `La copia di ${vm} su ${host} in ${folder} è usata da ${by}.`,
    remedy:
      "Non si elimina nulla. Un'operazione deve prima finire; una VM va prima spostata o rimossa.",
  }),
  'copy-changed': ({ vm, host, folder }) => ({
    text: `La copia di ${vm} su ${host} in ${folder} non è quella approvata.`,
    remedy: `Non ne è stato eliminato nulla. Guarda /migrate copies, poi chiedi di nuovo con /migrate delete copy ${vm} on ${host}.`,
  }),
  'copy-of-other-vm': ({ folder }) => ({
    text: `La cartella ${folder} contiene ormai la copia di un'altra VM.`,
    remedy: "Resta com'è. Guarda /migrate copies, poi chiedi di nuovo.",
  }),
  'copy-only-one': ({ vm }) => ({
    text: `Nessun host mostra ora ${vm}: questa può essere tutto ciò che ne resta.`,
    remedy: 'Accertati che non serva a nessuno, o che ci sia un backup.',
  }),
  'copy-kept-still': ({ vm, host, seconds }) => ({
    text: `${vm} ha lasciato ${host} tempo fa, e ciò che vi ha lasciato va conservato ancora per ${secondsText(seconds)}.`,
    remedy: "Eliminala ora solo se nessuno vorrà più la VM com'era allora.",
  }),
  'deletion-begun': ({ operation }) => ({
    text: `${operation} non si può annullare: l'eliminazione è cominciata.`,
    remedy: 'Lasciala finire.',
  }),
  'nothing-copies': ({ operation }) => ({
    text: `${operation} non copia nulla che si possa mettere in pausa o limitare.`,
    remedy: `Scrivi /migrate cancel ${operation} per annullarla.`,
  }),
};

const kept = ({ vm, source }: Route): string =>
  `Si tratta della copia di ${vm.name} su ${source}; ${vm.name} stessa non viene toccata.`;
const lapsed = ({ vm, source }: Route): string =>
  `Nessuno ha approvato in tempo: la copia di ${vm.name} su ${source} resta.`;
const byHand = ({ vm, source }: Route): string =>
  `Su ${source}, controlla che nessuna VM usi la copia di ${vm.name}, poi elimina la sua cartella.`;

export const deletion: typeof english = {
  whatHappens: 'Che cosa sarà eliminato',
  copy: (folder, bytes, operation) =>
    `${folder}: ${bytesText(bytes)}, fatta da ${operation}, risale a`,
  /** Before the time is over for which a moved VM's disks are meant to be kept. */
  expiry: {
    soon: ({ vm, host }: { vm: string; host: string }, bytes: number) =>
      `Ciò che ${vm} ha lasciato su ${host} spostandosi, ${bytesText(bytes)}, non va più conservato dopo il`,
    nothing: 'Nulla viene eliminato da solo.',
    ask: (vm: string, host: string) =>
      `Per eliminarlo, quando qualcuno l'ha approvato: /migrate delete copy "${vm}" on ${host}`,
  },
  chat: {
    title: ({ vm, source }) => `Elimina la copia di ${vm.name} su ${source}`,
    state: {
      asking: ({ vm, source }) =>
        `In attesa dell'approvazione per eliminare la copia di ${vm.name} su ${source}.`,
      'rolling back': ({ vm, source }) => `La copia di ${vm.name} su ${source} resta.`,
      'rolled back': ({ vm, source }) =>
        `Non eliminata: la copia di ${vm.name} su ${source} resta.`,
      'needs a person': ({ vm, source }) =>
        `Serve una persona: la copia di ${vm.name} su ${source} non si è potuta eliminare. Vedi il thread.`,
    },
    askedUntil: 'Senza approvazione la copia resta, e la richiesta scade:',
    approve: "Approva l'eliminazione",
    confirmApprove: {
      title: 'Eliminare la copia?',
      text: ({ vm, source }) =>
        `La copia di ${vm.name} su ${source} è eliminata per sempre. ${vm.name} stessa non viene toccata.`,
      yes: 'Elimina',
      no: 'Non ora',
    },
  },
  approvals: {
    asks: ({ vm, source }) =>
      `Ferry chiede di eliminare la copia di ${vm.name} su ${source}. ${vm.name} stessa non viene toccata.`,
    remindsHalf: ({ vm, source }) =>
      `Nessuno ha ancora deciso sulla copia di ${vm.name} su ${source}.`,
    reminds: ({ vm, source }, seconds) =>
      `La copia di ${vm.name} su ${source} resta, se non è approvata entro ${secondsText(seconds)}.`,
    expired: { 'approval-expired': lapsed, 'pause-expired': lapsed },
    askAgain: ({ vm, source }) =>
      `Per chiedere di nuovo: /migrate delete copy "${vm.name}" on ${source}`,
  },
  alerts: {
    home: { source: kept, target: kept, nowhere: kept, unknown: kept },
    byHand: { source: byHand, target: byHand, nowhere: byHand, unknown: byHand },
  },
};
