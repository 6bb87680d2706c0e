/** What `disk check` finds in a VHD, in Italian: byte of the file, what is wrong, and what stands there. */

import type { TextOf } from '../catalogue.ts';
import { at, hex } from '../disk-places.ts';
import type { vhdCheckProblems as english } from '../en/vhd-check.ts';

const RESTORE = 'Ripristina il file da un backup, o riparalo dove è stato creato.';
const CONVERT =
  "Il file viene letto dall'altra copia. Copia il contenuto in un nuovo file con Convert-VHD a VM spenta.";
const HARMLESS = 'Non serve fare nulla: ogni programma legge il disco allo stesso modo.';

export const vhdCheckProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'disk-structures-overlap': (facts) => ({
    text: `${at(facts)} ${facts.other} si trova su ${facts.name}, che inizia a ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-footer-checksum': (facts) => ({
    text: `${at(facts)} il checksum del piè di file è sbagliato: ${hex(facts)}`,
    remedy: CONVERT,
  }),
  'vhd-footer-missing': (facts) => ({
    text: `${at(facts)} non c'è il piè di file, ma ${facts.value}`,
    remedy: CONVERT,
  }),
  'vhd-footers-lost': (facts) => ({
    text: `${at(facts)} nessun piè di file è intero; ${facts.value} iniziano come tali`,
    remedy: RESTORE,
  }),
  'vhd-footers-differ': (facts) => ({
    text: `${at(facts)} la copia del piè di file è diversa da quello alla fine: ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-footer-version': (facts) => ({
    text: `${at(facts)} il piè di file è di versione ${hex(facts)}, che non esiste`,
    remedy: RESTORE,
  }),
  'vhd-type': (facts) => ({
    text: `${at(facts)} il disco è di tipo ${facts.value}, che non esiste`,
    remedy: RESTORE,
  }),
  'vhd-size': (facts) => ({
    text: `${at(facts)} il disco non può avere ${facts.value} byte`,
    remedy: RESTORE,
  }),
  'vhd-geometry-none': (facts) => ({
    text: `${at(facts)} il disco è grande quanto la sua geometria, che ha ${facts.value} settori`,
    remedy: RESTORE,
  }),
  'vhd-geometry': (facts) => ({
    text: `${at(facts)} la geometria ha ${facts.value} byte, più del disco con ${facts.size}`,
    remedy: HARMLESS,
  }),
  'vhd-content-cut': (facts) => ({
    text: `${at(facts)} il contenuto finisce qui, il disco ha ${facts.value} byte`,
    remedy: RESTORE,
  }),
  'vhd-header-place': (facts) => ({
    text: `${at(facts)} l'intestazione dinamica non può trovarsi al byte ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-header-cut': (facts) => ({
    text: `${at(facts)} l'intestazione dinamica va oltre la fine del file a ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-header-signature': (facts) => ({
    text: `${at(facts)} l'intestazione dinamica non inizia come tale, ma con ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-header-checksum': (facts) => ({
    text: `${at(facts)} il checksum dell'intestazione dinamica è sbagliato: ${hex(facts)}`,
    remedy: RESTORE,
  }),
  'vhd-header-version': (facts) => ({
    text: `${at(facts)} l'intestazione dinamica è di versione ${hex(facts)}, che non esiste`,
    remedy: RESTORE,
  }),
  'vhd-block-size': (facts) => ({
    text: `${at(facts)} i blocchi non possono avere ${facts.value} byte`,
    remedy: RESTORE,
  }),
  'vhd-bat-short': (facts) => ({
    text: `${at(facts)} la BAT ha ${facts.value} voci, al disco ne servono ${facts.wanted}`,
    remedy: RESTORE,
  }),
  'vhd-bat-place': (facts) => ({
    text: `${at(facts)} la BAT non può trovarsi al byte ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-bat-cut': (facts) => ({
    text: `${at(facts)} la BAT, ${facts.length} byte a ${facts.value}, va oltre la fine del file a ${facts.fileBytes}`,
    remedy: RESTORE,
  }),
  'vhd-locator-length': (facts) => ({
    text: `${at(facts)} un puntatore al padre non può avere ${facts.value} byte`,
    remedy: RESTORE,
  }),
  'vhd-locator-place': (facts) => ({
    text: `${at(facts)} un puntatore al padre a ${facts.value} va oltre la fine del file a ${facts.fileBytes}`,
    remedy: RESTORE,
  }),
  'vhd-parent-unnamed': (facts) => ({
    text: `${at(facts)} il disco ha un padre e lo nomina in ${facts.value} posti`,
    remedy: RESTORE,
  }),
  'vhd-block-place': (facts) => ({
    text: `${at(facts)} ${facts.name} a ${facts.value} si trova su ${facts.on}`,
    remedy: RESTORE,
  }),
  'vhd-block-cut': (facts) => ({
    text: `${at(facts)} ${facts.name}, ${facts.length} byte a ${facts.value}, va oltre la fine del contenuto a ${facts.endBytes}`,
    remedy: RESTORE,
  }),
  'vhd-block-overlap': (facts) => ({
    text: `${at(facts)} ${facts.name} a ${facts.value} si trova su un altro blocco`,
    remedy: RESTORE,
  }),
};
