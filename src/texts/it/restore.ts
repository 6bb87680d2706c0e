/** Words of restores, in Italian. */

import type { Plan } from '../../domain/plan.ts';
import type { TextOf } from '../catalogue.ts';
import type { restore as english, restoreProblems as problems } from '../en/restore.ts';
import { bytesText, secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

export const restoreProblems: Readonly<Record<keyof typeof problems, TextOf>> = {
  'copy-without-definition': ({ vm, host, folder }) => ({
    text: `La copia di ${vm} su ${host} in ${folder} ha i dischi, e non le impostazioni della VM.`,
    remedy:
      'Solo ciò che /migrate align mantiene ha entrambi. Crea a mano una VM da questi dischi, o ripristina un backup.',
  }),
  'restore-source-runs': ({ vm, host, target }) => ({
    text: `${host} risponde, e ha ${vm} in esecuzione. Non viene avviata anche su ${target}.`,
    remedy: `Spostala: /migrate "${vm}" to ${target}.`,
  }),
  'restore-source-there': ({ vm, host, target }) => ({
    text: `${host} risponde, e ${vm} è lì: non è persa.`,
    remedy: `Avviala su ${host}, o spostala: /migrate "${vm}" to ${target}.`,
  }),
  'restore-source-up': ({ vm, host, target }) => ({
    text: `${host} è acceso, ma il worker di Ferry non dà risposta: non è in esecuzione, o non raggiunge lo store. ${vm} può essere in esecuzione lì, quindi non viene avviata su ${target}.`,
    remedy: `Controlla che il worker su ${host} sia in esecuzione e raggiunga lo store; se non si può, spegni ${host} e chiedi di nuovo.`,
  }),
  'restore-cannot-fence': ({ vm, host, target }) => ({
    text: `${host} risponde, e non si è potuto impedirgli di avviare ${vm}. Quindi non viene avviata su ${target}.`,
    remedy: `Guarda il log del worker su ${host}; oppure spegni ${host} e chiedi di nuovo.`,
  }),
  'restore-not-approved': ({ operation }) => ({
    text: `Nessuno ha approvato ${operation}, quindi nulla viene bloccato per essa.`,
    remedy: 'Scopri chi lo chiede.',
  }),
  'restore-source-silent': ({ vm, host, seconds }) => ({
    text: `${host} tace da ${secondsText(seconds)}. Ferry non può vedere se ${vm} è ancora in esecuzione lì.`,
    remedy: `Accertati che ${host} sia spento, o scollegato da ogni rete, e che resti così.`,
  }),
  'restore-loses': ({ vm, seconds }) => ({
    text: `Ciò che ${vm} ha scritto negli ultimi ${secondsText(seconds)} non è nella copia. I suoi client possono averlo visto.`,
    remedy: 'Dillo agli utenti; confronta con ciò che altri sistemi hanno di quel periodo.',
  }),
  'lost-source-runs': ({ vm, host, target }) => ({
    text: `${host} è tornato e ha anche lui ${vm} in esecuzione, dai vecchi dischi. La ${vm} ripristinata è su ${target}.`,
    remedy: `Arresta subito ${vm} su ${host}. Ciò che scrive lì non è in quella ripristinata; i suoi dischi restano.`,
  }),
};

const older = ({ vm, target }: Route): string =>
  `${vm.name} deve andare in esecuzione su ${target}, dalla sua copia.`;
const byHand = ({ vm, source, target }: Route): string =>
  `Controlla che ${source} sia spento. Su ${target}, guarda in Hyper-V Manager se ${vm.name} è in esecuzione; avviala lì solo se non lo è altrove.`;
const lapsed = ({ vm, target }: Route): string =>
  `Non hanno approvato abbastanza persone in tempo: la copia di ${vm.name} su ${target} resta com'era.`;

export const restore: typeof english = {
  whatHappens: 'Che cosa succederà',
  starts: ({ vm, target }, bytes) =>
    `1. ${vm.name} viene avviata su ${target} dalla sua copia (${bytesText(bytes)}), con il suo Id e la sua rete.`,
  fresh: "2. È com'era il",
  lost: ({ vm }, seconds) =>
    `Ciò che ${vm.name} ha scritto nei ${secondsText(seconds)} seguenti è perso, a meno che tornino i dischi del vecchio host.`,
  sure: ({ source }) =>
    `3. Prima dell'avvio si chiede ancora una volta a ${source}. Se risponde, non deve avere la VM in esecuzione. Se tace, deve essere spento: solo tu puoi vederlo.`,
  back: ({ vm, source }) =>
    `4. Quando ${source} torna, ciò che ha di ${vm.name} resta come copia. Se lì si è avviata con l'host, viene arrestata subito.`,
  chat: {
    title: ({ vm, source, target }) =>
      `Ripristina ${vm.name} su ${target}, perché ${source} è perso`,
    state: {
      preparing: ({ vm, target }) => `Preparazione dell'avvio di ${vm.name} su ${target}.`,
      asking: ({ vm, source }) =>
        `In attesa dell'approvazione per avviare ${vm.name} dalla sua copia. ${source} deve essere spento.`,
      'rolling back': ({ vm }) => `Non avviata: la copia di ${vm.name} resta.`,
      'rolled back': ({ vm, target }) =>
        `Non ripristinata: la copia di ${vm.name} su ${target} è com'era.`,
    },
    askedUntil: 'Senza approvazione non si avvia nulla, e la richiesta scade:',
    approve: 'Approva il ripristino',
    confirmApprove: {
      title: 'Avviarla dalla sua copia?',
      text: ({ vm, source, target }) =>
        `${vm.name} viene avviata su ${target} com'era all'ultima copia. ${source} deve essere spento, e restarlo.`,
      yes: 'Ripristina',
      no: 'Non ora',
    },
  },
  approvals: {
    asks: ({ vm, source, target }) =>
      `Ferry chiede di avviare ${vm.name} su ${target} dalla sua copia, perché ${source} è perso.`,
    remindsHalf: ({ vm }) => `Nessuno ha ancora deciso sul ripristino di ${vm.name}.`,
    reminds: ({ vm }, seconds) =>
      `La richiesta di ripristinare ${vm.name} scade fra circa ${secondsText(seconds)}.`,
    expired: { 'approval-expired': lapsed, 'pause-expired': lapsed },
    askAgain: ({ vm, target }) =>
      `Per chiedere di nuovo: /migrate restore "${vm.name}" on ${target}`,
  },
  alerts: {
    home: { source: older, nowhere: older, unknown: older },
    byHand: { source: byHand, target: byHand, nowhere: byHand, unknown: byHand },
  },
};
