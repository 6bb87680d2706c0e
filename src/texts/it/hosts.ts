/** Problems of a hypervisor host in Italian, whichever driver says so. */

import type { TextOf } from '../catalogue.ts';
import type { hostProblems as english } from '../en/hosts.ts';
import { migrationLine } from '../typed.ts';
import { bytesText, listText } from './amounts.ts';
import { quoted } from './windows.ts';

export const hostProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'definition-unreadable': ({ host, vm }) => ({
    text: `${host} non riesce a leggere la definizione di ${vm} che ha ricevuto.`,
    remedy: 'Usa la stessa versione di Ferry su entrambi gli host, poi riprova.',
  }),
  'epoch-behind': ({ host, vm, operation, epoch, seenOperation, seenEpoch }) => ({
    text: `${host} ha rifiutato ${operation} (epoca ${epoch}) su ${vm}: dopo di essa ha già agito ${seenOperation} (epoca ${seenEpoch}).`,
    remedy: `Non è stato modificato nulla. Guarda ${seenOperation}: è quella che prosegue.`,
  }),
  'fence-name-taken': ({ host, file }) => ({
    text: `${host} non può rinominare un disco in ${file}: esiste già un altro file con quel nome.`,
    remedy: `Scopri chi ha messo lì ${file}, spostalo altrove, poi riprova.`,
  }),
  'lab-host-missing': ({ host, folder }) => ({
    text: `Il laboratorio in ${folder} non ha un host ${host}.`,
    remedy: 'Avvia prima il laboratorio con questa cartella, o indica uno dei suoi host.',
  }),
  'memory-short': ({ host, vm, memoryStartupBytes, bytesFree }) => ({
    text: `${vm} richiede ${bytesText(memoryStartupBytes)} di memoria per avviarsi, e ${host} ne ha ${bytesText(bytesFree)} liberi.`,
    remedy: `Arresta un'altra VM su ${host}, poi riprova.`,
  }),
  'round-not-followed': ({ host, vm, round }) => ({
    text: `Il giro ${round} di ${vm} su ${host} è il più recente: chiuderlo farebbe perdere le modifiche.`,
    remedy: 'Congela prima il giro successivo.',
  }),
  'rounds-open': ({ host, vm, rounds }) => ({
    text: `${vm} su ${host} ha già due giri aperti: ${listText(rounds)}.`,
    remedy: 'Chiudi prima il più vecchio.',
  }),
  'start-failed': ({ host, vm, message }) => ({
    text: `${vm} non si è avviata su ${host}.${quoted(message)}`,
    remedy: `Guarda il log della VM su ${host}, poi riprova.`,
  }),
  'start-unknown': ({ host, vm, message }) => ({
    text: `${vm} non è in esecuzione su ${host}, e niente prova che non lo sia stata: i suoi dischi non sono come alla chiusura.${quoted(message)}`,
    remedy: `Controlla ${vm} su ${host} prima di avviarla altrove.`,
  }),
  'stop-refused': ({ host, vm, message }) => ({
    text: `${host} non ha chiesto a ${vm} di arrestarsi.${quoted(message)}`,
    remedy: `Accedi a ${vm}, controlla che i suoi servizi di integrazione funzionino e che nessuno sia connesso, poi riprova.`,
  }),
  'switch-missing': ({ host, vm, switch: name }) => ({
    text: `${host} non ha lo switch virtuale "${name}", che serve a ${vm}.`,
    remedy: `Crea uno switch "${name}" su ${host}, poi riprova.`,
  }),
  'tracking-left-over': ({ host, vm, checkpoints }) => ({
    text: `${vm} su ${host} ha ancora checkpoint di un'operazione precedente di Ferry: ${listText(checkpoints)}.`,
    remedy: `Elimina questi checkpoint su ${host}, attendi che siano uniti, poi riprova.`,
  }),
  'vm-ambiguous': ({ host, vm, count }) => ({
    text: `${host} ha ${count} VM di nome ${vm}.`,
    remedy: 'Rinominale tutte tranne una, poi riprova.',
  }),
  'vm-busy': ({ host, vm, seconds }) => ({
    text: `Dopo ${seconds} s ${host} era ancora occupato con ${vm}.`,
    remedy: `Attendi la fine di ciò che ${host} sta facendo con ${vm} (un'unione di dischi, un checkpoint), poi riprova.`,
  }),
  'vm-fenced': ({ host, vm, file }) => ({
    text: `${vm} non può avviarsi su ${host}: Ferry l'ha bloccata lì (fence), quindi ${file} non si trova.`,
    remedy: `${vm} sta passando a un altro host, o è già lì. Usa "${migrationLine('unfence')}" solo se è certo che non è in esecuzione altrove.`,
  }),
  'vm-not-fenced': ({ host, vm }) => ({
    text: `${vm} su ${host} non è spenta e bloccata (fence), quindi i suoi dischi possono ancora cambiare.`,
    remedy: "Riprova: il fence precede l'ultimo giro.",
  }),
  'vm-registered': ({ host, vm }) => ({
    text: `${host} ha già una VM con l'Id di ${vm}, con altri dischi.`,
    remedy: `Scopri che cos'è. Rimuovila da ${host} se è un residuo, poi riprova.`,
  }),
  'vm-running': ({ host, vm }) => ({
    text: `${vm} è in esecuzione su ${host}, quindi la richiesta è stata rifiutata.`,
    remedy: `Scopri chi l'ha avviata. Arrestala su ${host} se deve essere spenta, poi riprova.`,
  }),
};
