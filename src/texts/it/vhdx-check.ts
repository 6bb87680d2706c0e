/** What `disk check` finds in a VHDX, in Italian: byte of the file, what is wrong, and what stands there. */

import type { TextOf } from '../catalogue.ts';
import { at, hex } from '../disk-places.ts';
import type { vhdxCheckProblems as english } from '../en/vhdx-check.ts';

const RESTORE = 'Ripristina il file da un backup, o riparalo dove è stato creato.';
const CONVERT =
  "Il file viene letto dall'altra copia. Copia il contenuto in un nuovo file con Convert-VHD a VM spenta.";
const REPLAYED = 'Non serve fare nulla: il log vale ogni volta che il disco viene letto.';
const HARMLESS = 'Non serve fare nulla: ogni programma legge il disco allo stesso modo.';

export const vhdxCheckProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'vhdx-header-signature': (facts) => ({
    text: `${at(facts)} l'intestazione ${facts.number} non inizia come tale, ma con ${hex(facts)}`,
    remedy: CONVERT,
  }),
  'vhdx-header-checksum': (facts) => ({
    text: `${at(facts)} il checksum dell'intestazione ${facts.number} è sbagliato: ${hex(facts)}`,
    remedy: CONVERT,
  }),
  'vhdx-headers-lost': (facts) => ({
    text: `${at(facts)} entrambe le intestazioni sono perse`,
    remedy: RESTORE,
  }),
  'vhdx-headers-differ': (facts) => ({
    text: `${at(facts)} due intestazioni diverse hanno lo stesso numero, ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-header-version': (facts) => ({
    text: `${at(facts)} l'intestazione ${facts.number} è di versione ${facts.value}, che non esiste`,
    remedy: RESTORE,
  }),
  'vhdx-log-version': (facts) => ({
    text: `${at(facts)} il log è di versione ${facts.value}, che non esiste`,
    remedy: RESTORE,
  }),
  'vhdx-log-length': (facts) => ({
    text: `${at(facts)} il log non può essere lungo ${facts.value} byte`,
    remedy: RESTORE,
  }),
  'vhdx-log-place': (facts) => ({
    text: `${at(facts)} il log non può trovarsi al byte ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-log-full': (facts) => ({
    text: `${at(facts)} il log ${facts.value} non è ancora stato applicato: il file non è stato chiuso bene`,
    remedy: REPLAYED,
  }),
  'vhdx-log-entry': (facts) => ({
    text: `${at(facts)} la voce ${facts.value} del log non è intera: ${facts.what} è sbagliato`,
    remedy: RESTORE,
  }),
  'vhdx-regions-signature': (facts) => ({
    text: `${at(facts)} la tabella delle regioni ${facts.number} non inizia come tale, ma con ${hex(facts)}`,
    remedy: CONVERT,
  }),
  'vhdx-regions-checksum': (facts) => ({
    text: `${at(facts)} il checksum della tabella delle regioni ${facts.number} è sbagliato: ${hex(facts)}`,
    remedy: CONVERT,
  }),
  'vhdx-regions-lost': (facts) => ({
    text: `${at(facts)} entrambe le tabelle delle regioni sono perse`,
    remedy: RESTORE,
  }),
  'vhdx-regions-differ': (facts) => ({
    text: `${at(facts)} la seconda tabella delle regioni è diversa dalla prima: ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-regions-count': (facts) => ({
    text: `${at(facts)} una tabella delle regioni non ha ${facts.value} voci`,
    remedy: RESTORE,
  }),
  'vhdx-region-unknown': (facts) => ({
    text: `${at(facts)} la regione ${facts.value} è obbligatoria, e nessuno la conosce`,
    remedy: RESTORE,
  }),
  'vhdx-region-twice': (facts) => ({
    text: `${at(facts)} la regione ${facts.value} compare due volte`,
    remedy: RESTORE,
  }),
  'vhdx-region-missing': (facts) => ({
    text: `${at(facts)} la tabella delle regioni con ${facts.value} voci non nomina ${facts.name}`,
    remedy: RESTORE,
  }),
  'vhdx-region-place': (facts) => ({
    text: `${at(facts)} la regione ${facts.name} non può essere di ${facts.length} byte al byte ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-region-cut': (facts) => ({
    text: `${at(facts)} la regione ${facts.name}, ${facts.length} byte al byte ${facts.value}, va oltre la fine del file a ${facts.fileBytes}`,
    remedy: RESTORE,
  }),
  'vhdx-metadata-signature': (facts) => ({
    text: `${at(facts)} i metadati non iniziano come tali, ma con ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-metadata-count': (facts) => ({
    text: `${at(facts)} i metadati non hanno ${facts.value} elementi`,
    remedy: RESTORE,
  }),
  'vhdx-item-unknown': (facts) => ({
    text: `${at(facts)} l'elemento ${facts.value} dei metadati è obbligatorio, e nessuno lo conosce`,
    remedy: RESTORE,
  }),
  'vhdx-item-twice': (facts) => ({
    text: `${at(facts)} l'elemento ${facts.value} dei metadati compare due volte`,
    remedy: RESTORE,
  }),
  'vhdx-item-place': (facts) => ({
    text: `${at(facts)} l'elemento ${facts.name} dei metadati, ${facts.length} byte a ${facts.value}, è fuori dai metadati`,
    remedy: RESTORE,
  }),
  'vhdx-item-overlap': (facts) => ({
    text: `${at(facts)} l'elemento ${facts.name} dei metadati a ${facts.value} si trova su ${facts.other}`,
    remedy: RESTORE,
  }),
  'vhdx-item-missing': (facts) => ({
    text: `${at(facts)} manca l'elemento ${facts.value} dei metadati`,
    remedy: RESTORE,
  }),
  'vhdx-item-length': (facts) => ({
    text: `${at(facts)} l'elemento ${facts.name} dei metadati ha ${facts.value} byte, ne servono ${facts.wanted}`,
    remedy: RESTORE,
  }),
  'vhdx-value': (facts) => ({
    text: `${at(facts)} il valore di ${facts.name} non può essere ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-bat-short': (facts) => ({
    text: `${at(facts)} la BAT ha ${facts.value} byte, al disco ne servono ${facts.wanted}`,
    remedy: RESTORE,
  }),
  'vhdx-block-state': (facts) => ({
    text: `${at(facts)} ${facts.name} è nello stato ${facts.value}, che non può avere`,
    remedy: RESTORE,
  }),
  'vhdx-block-reserved': (facts) => ({
    text: `${at(facts)} la voce BAT di ${facts.name} ha bit riservati impostati: ${hex(facts)}`,
    remedy: RESTORE,
  }),
  'vhdx-block-place': (facts) => ({
    text: `${at(facts)} ${facts.name} a ${facts.value} si trova su ${facts.on}`,
    remedy: RESTORE,
  }),
  'vhdx-block-cut': (facts) => ({
    text: `${at(facts)} ${facts.name}, ${facts.length} byte a ${facts.value}, va oltre la fine del file a ${facts.fileBytes}`,
    remedy: RESTORE,
  }),
  'vhdx-block-overlap': (facts) => ({
    text: `${at(facts)} ${facts.name} a ${facts.value} si trova su un altro blocco`,
    remedy: RESTORE,
  }),
  'vhdx-bitmap-missing': (facts) => ({
    text: `${at(facts)} ${facts.name} è nello stato ${facts.value}, ma serve al blocco ${facts.block}`,
    remedy: RESTORE,
  }),
  'vhdx-bitmap-unneeded': (facts) => ({
    text: `${at(facts)} ${facts.name} è nello stato ${facts.value}, ma un disco senza padre non ne ha`,
    remedy: HARMLESS,
  }),
};
