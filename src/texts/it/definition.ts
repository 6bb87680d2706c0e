/** Problems of a VM's definition on its way to another Hyper-V host, in Italian. */

import type { TextOf } from '../catalogue.ts';
import type { definitionProblems as english } from '../en/definition.ts';
import { bytesText, listText } from './amounts.ts';

export const definitionProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'acl-not-set': ({ host, file, message }) => ({
    text: `${host} non è riuscito a dare alla VM l'accesso al suo disco ${file}. Windows dice: ${message}`,
    remedy: `Permetti all'account del worker di cambiare le autorizzazioni in quella cartella su ${host}, poi riprova.`,
  }),
  'definition-refused': ({ host, vm, messages }) => ({
    text: `${host} non accetta la definizione di ${vm} così com'è. Windows dice: ${listText(messages)}`,
    remedy: `Correggi su ${host}, o nella VM stessa, ciò che Windows indica, poi riprova.`,
  }),
  'definition-too-large': ({ host, vm, bytes }) => ({
    text: `${host} ha esportato una definizione di ${vm} di ${bytesText(bytes)}, più di quanto Ferry trasporti.`,
    remedy: `Elimina lo stato salvato di ${vm}, se ne ha uno, poi riprova; altrimenti sposta ${vm} con Export-VM e Import-VM.`,
  }),
  'export-failed': ({ host, vm, message }) => ({
    text: `${host} non ha esportato la definizione di ${vm}. Windows dice: ${message}`,
    remedy: `Verifica che l'account di sistema possa scrivere nella cartella di stato del worker su ${host}, poi riprova.`,
  }),
  'guardian-missing': ({ host, vm, missing }) => ({
    text: `${host} non conosce nessun guardian che possa aprire il TPM virtuale di ${vm}: ${listText(missing)}.`,
    remedy: `Esporta dall'host di origine i certificati del guardian con le chiavi private, importali su ${host}, poi riprova.`,
  }),
  'merging-not-restored': ({ host, vm, result }) => ({
    text: `Da quando la definizione di ${vm} è stata esportata ${host} non ne unisce i checkpoint, e ha rifiutato di riprendere (${result}).`,
    remedy: `Ferry riprova prima di agire di nuovo su ${vm}. Se il problema resta, riavvia il servizio vmms su ${host} quando nulla è in spostamento.`,
  }),
  'vm-planned': ({ host, vm, folder }) => ({
    text: `Qualcos'altro su ${host} sta per importare o ricevere ${vm}: c'è già una VM pianificata con il suo Id (${folder || 'cartella non indicata'}).`,
    remedy: `Attendi che finisca, o interrompilo su ${host}, poi riprova.`,
  }),
};
