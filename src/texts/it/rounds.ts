/** Problems of checkpoints and their merges on a Hyper-V host, in Italian. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import type { roundProblems as english } from '../en/rounds.ts';
import { listText } from './amounts.ts';
import { quoted } from './windows.ts';

const MISSING: Readonly<Record<string, string>> = {
  checkpoint: 'il checkpoint è ancora in elenco',
  status: 'Hyper-V mostra la VM ancora in unione o occupata',
  chain: 'la catena dei file dei dischi non è come dovrebbe',
  file: 'i file uniti ci sono ancora',
  event: "il log non dice che l'unione è finita (19080)",
};
const missing = (signs: Fact | undefined): string =>
  Array.isArray(signs) ? signs.map((sign) => MISSING[sign] ?? sign).join('; ') : '';
const bracketed = (hresult: Fact | undefined): string => (hresult ? ` (${hresult})` : '');

/** ERROR_SHARING_VIOLATION: somebody has a file open. */
const SHARING_VIOLATION = '0x80070020';

export const roundProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'checkpoint-failed': ({ host, vm, message }) => ({
    text: `${host} non è riuscito a creare un checkpoint di ${vm}: ${message}`,
    remedy: `Non è stato modificato nulla. Correggi su ${host} ciò che dice il messaggio (spazio sui volumi, dischi che non ammettono checkpoint), poi riprova.`,
  }),
  'checkpoint-not-removed': ({ host, vm, message }) => ({
    text: `${host} non è riuscito a eliminare un checkpoint di ${vm}: ${message}`,
    remedy: `${vm} resta in funzione. Guarda il log Hyper-V-VMMS-Admin su ${host}, poi riprova.`,
  }),
  'merge-failed': ({ host, vm, files, message, hresult }) => ({
    text: `L'unione dei checkpoint di ${vm} non è riuscita su ${host}${bracketed(hresult)}, neanche con un nuovo checkpoint e la sua eliminazione. File rimasti: ${listText(files)}.${quoted(message)}`,
    remedy:
      hresult === SHARING_VIOLATION
        ? `Un altro programma tiene aperto uno di questi file (un backup, un antivirus, una copia): chiudilo, poi riprova. ${vm} resta in funzione; non eliminare mai questi file a mano.`
        : `Correggi su ${host} ciò che dice il messaggio, poi riprova. ${vm} resta in funzione; non eliminare mai questi file a mano.`,
  }),
  'merge-lasts': ({ host, vm, minutes, signs, files, message }) => ({
    text: `L'unione dei checkpoint di ${vm} su ${host} non è finita dopo ${minutes} min: ${missing(signs)}. File rimasti: ${listText(files)}.${quoted(message)}`,
    remedy: `Guarda ${vm} nella console di Hyper-V su ${host} e il log Hyper-V-VMMS-Admin, poi riprova: Ferry aspetta di nuovo. Non eliminare mai questi file a mano.`,
  }),
  'rounds-note-damaged': ({ host, vm, file }) => ({
    text: `${host} non riesce a leggere ${file}, che dice quali checkpoint di ${vm} Ferry ha iniziato a creare o unire; non è stato modificato nulla.`,
    remedy: `Guarda i checkpoint di ${vm} su ${host} e attendi la fine delle unioni. Poi sposta altrove ${file} e riprova.`,
  }),
};
