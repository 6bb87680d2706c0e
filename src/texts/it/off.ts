/** Le parole dello spostamento di una VM spenta, in italiano. */

import type { Plan } from '../../domain/plan.ts';
import type { off as english } from '../en/off.ts';
import { bytesText, secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

const isOff = ({ vm, source }: Route): string => `${vm.name} è spenta su ${source}`;
const RENAMED =
  'ridai ai suoi dischi i loro nomi (senza .ferry-fenced) e collega le sue schede di rete';

export const off: typeof english = {
  steps: [
    ({ vm }) => `${vm} è spenta, e resta spenta.`,
    ({ source, target, disks, volume, subnet, seconds, ...amounts }) => {
      const { virtualBytes, usedBytes, bytesPerSecondMax } = amounts;
      const used = usedBytes === undefined ? '' : `, ${bytesText(usedBytes)} usati`;
      const limit = bytesPerSecondMax ? ` con al massimo ${bytesText(bytesPerSecondMax)}/s` : '';
      const about = seconds === undefined ? '' : `: circa ${secondsText(seconds)}`;
      const its = disks === 1 ? 'il suo disco' : `i suoi ${disks} dischi`;
      return (
        `Dopo l'approvazione ${its} (${bytesText(virtualBytes)}${used}) ` +
        `${disks === 1 ? 'viene copiato' : 'vengono copiati'} in ${volume} su ${target} ` +
        `attraverso ${subnet}${limit}${about}. Nel frattempo nessuno può avviarla su ${source}.`
      );
    },
    ({ source }) => `I suoi dischi su ${source} restano com'erano.`,
  ],
  chat: {
    state: {
      preparing: () => 'Preparazione: la destinazione è riservata.',
      paused: (route) => `In pausa. ${isOff(route)}.`,
      asking: (route) => `In attesa dell'approvazione della copia. ${isOff(route)}.`,
      'cutting over': ({ vm, source, target }) =>
        `Spostamento di ${vm.name} su ${target} in corso. È spenta, e non si può avviare su ${source}.`,
      migrated: ({ vm, target }) => `Fatto: ${vm.name} è su ${target}, spenta com'era.`,
      'rolled back': ({ vm, source }) =>
        `Rollback completato: ${vm.name} è su ${source} come prima, e lì si può avviare.`,
    },
    approve: 'Approva la copia',
    confirmApprove: {
      title: 'Approvare la copia?',
      text: ({ vm, source, target }) =>
        `${vm.name} viene copiata da ${source} a ${target}, e nel frattempo non si può avviare. Resta spenta.`,
      yes: 'Copia',
      no: 'Non ora',
    },
    confirmRollback: {
      title: 'Eseguire il rollback?',
      text: ({ vm, source }) =>
        `Ciò che è stato fatto viene annullato finché è sicuro, così che ${vm.name} si possa avviare su ${source}.`,
      yes: 'Esegui il rollback',
      no: 'Non ora',
    },
  },
  approvals: {
    asks: ({ vm, source, target }) =>
      `La copia di ${vm.name}, che è spenta, da ${source} a ${target} attende l'approvazione.`,
    remindsHalf: ({ vm }) => `Si attende ancora l'approvazione della copia di ${vm.name}.`,
    reminds: ({ vm }, seconds) =>
      `La richiesta di approvare la copia di ${vm.name} scade tra circa ${secondsText(seconds)}.`,
  },
  alerts: {
    home: {
      nowhere: ({ vm, source }) =>
        `${vm.name} è spenta com'era prima, e non si può avviare su ${source} mentre viene copiata.`,
    },
    byHand: {
      nowhere: ({ vm, source, target }) =>
        `Verifica su ${target} che ${vm.name} non sia in esecuzione lì. Poi, su ${source}: ${RENAMED}.`,
      unknown: ({ vm, source, target }) =>
        `Controlla prima ${target}. Se ${vm.name} lì si può avviare, o è mai stata in esecuzione, lasciala e non avviarla mai su ${source}. ` +
        `Solo se lì è certamente bloccata, su ${source}: ${RENAMED}.`,
    },
  },
};
