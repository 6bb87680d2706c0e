/** Labels and sentences of the bot's messages, in Italian. A VM is feminine: "spenta", "avviata". */

import type { chat as english } from '../en/chat.ts';
import { bytesText, secondsText } from './amounts.ts';

export const chat: typeof english = {
  title: ({ vm, source, target }) => `Sposta ${vm.name} da ${source} a ${target}`,
  askedBy: 'richiesto da',
  severity: { blocker: 'Blocco', unknown: 'Non noto', warning: 'Avviso', ok: 'A posto' },
  state: {
    preparing: (_) => 'Preparazione: la destinazione è riservata e le modifiche sono tracciate.',
    copying: ({ vm, source }) => `Copia in corso. ${vm.name} è in esecuzione su ${source}.`,
    aligned: ({ vm, source, target }) => `${vm.name} di ${source} è tenuta allineata su ${target}.`,
    paused: ({ vm, source }) => `In pausa. ${vm.name} è in esecuzione su ${source}.`,
    waiting: ({ vm, source }) => `In attesa della sua ora. ${vm.name} è su ${source}.`,
    asking: ({ vm, source }) =>
      `In attesa dell'approvazione del cutover. ${vm.name} è in esecuzione su ${source}.`,
    'cutting over': ({ vm, source, target }) =>
      `Cutover in corso: ${vm.name} si ferma su ${source} e si avvia su ${target}.`,
    'rolling back': ({ vm, source }) =>
      `Rollback in corso: ${vm.name} resta su ${source}, tutto il resto viene annullato.`,
    moving: ({ vm, source, target }) =>
      `Spostamento da ${source} a ${target} in corso. ${vm.name} resta in esecuzione.`,
    deleting: ({ vm, source }) => `Eliminazione della copia di ${vm.name} su ${source} in corso.`,
    deleted: ({ vm, source }) => `Fatto: la copia di ${vm.name} su ${source} è eliminata.`,
    migrated: ({ vm, target }) => `Fatto: ${vm.name} è in esecuzione su ${target}.`,
    restoring: ({ vm, target }) => `Avvio di ${vm.name} dalla sua copia su ${target}.`,
    restored: ({ vm, target }) =>
      `Fatto: ${vm.name} è in esecuzione su ${target}, dalla sua copia.`,
    'rolled back': ({ vm, source }) => `Rollback completato: ${vm.name} è su ${source} come prima.`,
    'needs a person': ({ vm }) => `Serve una persona: il thread dice che cosa si sa di ${vm.name}.`,
  },
  step: (step) => `passo ${step}`,
  goesOn: 'Prosegue da sola',
  cleanUpPending: (host) =>
    `La pulizia di ${host} è in sospeso; viene fatta appena quell'host può.`,
  percent: (percent) => `${percent} %`,
  done: (done, total) => `${bytesText(done)} di ${bytesText(total)}`,
  rate: (bytesPerSecond) => `${bytesText(bytesPerSecond)}/s`,
  left: (seconds) => `circa ${secondsText(seconds)} alla fine`,
  round: (round) => `giro ${round}`,
  approvedBy: 'Approvato da',
  approvalsMissing: (count) =>
    count === 1 ? 'Manca 1 approvazione.' : `Mancano ${count} approvazioni.`,
  askedUntil: 'Senza approvazione tutto viene annullato:',
  result: 'Risultato',
  totals: (virtual, allocated, sent) =>
    `${bytesText(virtual)} di dischi, ${bytesText(allocated)} allocati, ${bytesText(sent)} inviati`,
  rounds: (rounds) => `${rounds} ${rounds === 1 ? 'giro' : 'giri'}`,
  pause: (seconds) => `ferma per ${secondsText(seconds)}`,
  took: (seconds) => `${secondsText(seconds)} in tutto`,
  repeated: "Il bot è stato interrotto mentre pubblicava; forse sopra ce n'è già uno uguale.",
  button: {
    approve: 'Approva il cutover',
    cancel: 'Annulla',
    pause: 'Metti in pausa',
    resume: 'Riprendi',
    retry: 'Riprova',
    rollback: 'Esegui il rollback',
  },
  confirmApprove: {
    title: 'Approvare il cutover?',
    text: ({ vm, source, target }, seconds) =>
      `${vm.name} viene arrestata su ${source} e avviata su ${target}. ` +
      `Resta ferma al massimo ${secondsText(seconds)}.`,
    yes: 'Esegui il cutover',
    no: 'Non ora',
  },
  confirmRollback: {
    title: 'Eseguire il rollback?',
    text: ({ vm, source }) =>
      `Ciò che è stato fatto viene annullato finché è sicuro, così che ${vm.name} funzioni su ${source}.`,
    yes: 'Esegui il rollback',
    no: 'Non ora',
  },
  unenroll: {
    asks: (host) =>
      `${host} è ancora registrato. Premi il pulsante per porvi fine: nulla viene spostato lì o da lì ` +
      'finché il suo worker non è registrato di nuovo. Le sue VM e copie restano come sono.',
    button: 'Annulla registrazione',
    confirm: {
      title: (host) => `Annullare la registrazione di ${host}?`,
      text: (host) => `La chiave di ${host} non è più considerata attendibile.`,
      yes: 'Annulla registrazione',
      no: 'Non ora',
    },
    done: (host) => `${host} non è più registrato.`,
  },
  planned: (operation) => `Il piano è pronto: ${operation}, in`,
  cancelled: (what) => `Annullamento di ${what} in corso; il suo messaggio mostra a che punto è.`,
  approvalCounts: (waitingFor) =>
    waitingFor === 1
      ? 'La tua approvazione conta; ne serve ancora 1.'
      : `La tua approvazione conta; ne servono ancora ${waitingFor}.`,
  retried: (operation) => `Nuovo tentativo per ${operation}.`,
  plannedAnew: (what, operation) => `Nuovo piano per ${what}: ${operation}, in`,
  rolledBack: (operation) => `Rollback di ${operation} in corso.`,
  cannotMove: (vm, target) => `${vm} non si può spostare su ${target} ora:`,
  whoMay: 'Chi può:',
};
