/** Problems of disk files in Italian, and the commands that inspect them. */

import type { TextOf } from '../catalogue.ts';
import type { diskProblems as english } from '../en/disks.ts';

const RESTORE = 'Ripristina il file da un backup, o riparalo dove è stato creato.';

export const diskProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'disk-missing': ({ file }) => ({
    text: `Il file ${file} non esiste`,
    remedy: 'Controlla il percorso, e che il suo volume sia montato.',
  }),
  'disk-exists': ({ file }) => ({
    text: `${file} esiste già e non viene sovrascritto`,
    remedy: 'Scegli un altro nome, o elimina il file se non serve a nessuno.',
  }),
  'disk-no-access': ({ file }) => ({
    text: `Questo utente non può aprire ${file}`,
    remedy: "Dai accesso al file all'utente con cui gira Ferry.",
  }),
  'disk-in-use': ({ file }) => ({
    text: `${file} è in uso da un altro programma`,
    remedy: 'Ferma ciò che lo usa: una VM accesa, un backup o un disco montato. Poi riprova.',
  }),
  'disk-no-space': ({ file }) => ({
    text: `Il volume di ${file} è pieno`,
    remedy: 'Libera spazio sul volume, poi riprova.',
  }),
  'disk-io-failed': ({ file }) => ({
    text: `Lo storage sotto ${file} segnala un errore`,
    remedy: 'Controlla il volume e il suo hardware prima di fare qualsiasi altra cosa.',
  }),
  'disk-not-a-disk': ({ file, found }) => ({
    text: `${file} non è un disco VHDX né VHD: inizia con ${found}`,
    remedy: 'Indica un file che finisce con .vhdx, .avhdx, .vhd o .avhd.',
  }),
  'disk-format-ambiguous': ({ file }) => ({
    text: `${file} sembra un VHDX all'inizio e un VHD alla fine`,
    remedy: 'Convertilo in un nuovo file con Convert-VHD a VM spenta.',
  }),
  'disk-unsupported': ({ file, what }) => ({
    text: `${file} richiede una funzione che Ferry non conosce: ${what}`,
    remedy: "Apri il file con il programma che l'ha creato e convertilo in un VHDX semplice.",
  }),
  'disk-truncated': ({ file, what, offset, length, fileBytes }) => ({
    text: `${file} è troncato: ${what}, ${length} byte a ${offset}, ma il file finisce a ${fileBytes}`,
    remedy: `Se è una copia, copia di nuovo il file per intero. Altrimenti: ${RESTORE}`,
  }),
  'disk-damaged': ({ file, what, offset, value }) => ({
    text: `${file} è danneggiato: ${what} al byte ${offset} vale ${value}`,
    remedy: RESTORE,
  }),
  'disk-metadata-full': ({ file, bytesNeeded }) => ({
    text: `${file} non ha posto per altri ${bytesNeeded} byte di metadati`,
    remedy: 'Uniscilo con Merge-VHD, o dai al suo disco padre un percorso più corto.',
  }),
  'disk-parent-missing': ({ file, looked }) => ({
    text: `Manca il disco padre di ${file}. Percorsi cercati: ${list(looked)}`,
    remedy:
      'Rimetti il padre dove il figlio lo indica, o indicalo di nuovo con Set-VHD -ParentPath.',
  }),
  'disk-wrong-parent': ({ file, parent, expected, found }) => ({
    text: `${parent} non è il disco da cui è stato creato ${file}: il suo contenuto è ${found}, non ${expected}`,
    remedy:
      'Rimetti il padre giusto. È stato sostituito, o modificato dopo la creazione del figlio.',
  }),
  'disk-has-no-parent': ({ file }) => ({
    text: `${file} non ha un disco padre`,
    remedy: "Indica un disco differenziale, ad esempio l'.avhdx di un checkpoint.",
  }),
  'disk-chain-loop': ({ file, parent, leaf }) => ({
    text: `La catena di ${leaf} è circolare: ${file} indica ${parent} come padre`,
    remedy: 'Indica il padre giusto con Set-VHD -ParentPath.',
  }),
  'disk-chain-too-long': ({ leaf, filesMax }) => ({
    text: `La catena di ${leaf} ha più di ${filesMax} file`,
    remedy: 'Elimina dei checkpoint, così che vengano uniti.',
  }),
  'disk-formats-differ': ({ file, parent, format, parentFormat }) => ({
    text: `${file} è un ${upper(format)}, ma il padre ${parent} è un ${upper(parentFormat)}`,
    remedy: 'Rimetti il padre giusto: un disco figlio ha lo stesso formato del padre.',
  }),
  'disk-sectors-differ': ({ file, parent, sectorBytes, parentSectorBytes }) => ({
    text: `${file} ha settori di ${sectorBytes} byte, ma ${parent} di ${parentSectorBytes}`,
    remedy: 'Rimetti il padre giusto: un disco figlio ha gli stessi settori del padre.',
  }),
  'disk-sizes-differ': ({ file, parent, virtualBytes, parentVirtualBytes }) => ({
    text: `${file} è un disco di ${virtualBytes} byte, ma ${parent} di ${parentVirtualBytes}`,
    remedy: 'Ridimensiona il più piccolo con Resize-VHD, o indica il padre giusto.',
  }),
  'disk-size-disputed': ({ disk, host, plannedBytes, virtualBytes }) => ({
    text: `${disk}: per ${host} il disco ha ${plannedBytes} byte, per il suo file ${virtualBytes}`,
    remedy:
      'Se è un VHD fatto da Virtual PC, convertilo in un nuovo file con Convert-VHD a VM spenta; poi chiedi di nuovo.',
  }),
  'disk-not-in-chain': ({ leaf, above }) => ({
    text: `${above} non è nella catena di ${leaf}`,
    remedy: 'Guarda la catena con "disk info" e indica uno dei suoi file.',
  }),
};

const upper = (format: unknown): string => `${format}`.toUpperCase();

const list = (paths: unknown): string => (Array.isArray(paths) ? paths.join(', ') : `${paths}`);
