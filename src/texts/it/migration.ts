/** Words of the steps of a migration in Italian: what failed, what runs where, what to do next. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import type { migrationProblems as english } from '../en/migration.ts';
import { migrationLine } from '../typed.ts';
import { bytesText, listText, secondsText } from './amounts.ts';

const retry = (operation: Fact | undefined): string =>
  `Poi premi Riprova, o scrivi "${migrationLine('retry', operation)}".`;
const AGAIN = 'avvia di nuovo la migrazione';
const who = (by: Fact | undefined): string => (by === undefined ? 'Qualcuno' : `${by}`);

export const migrationProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  cancelled: () => ({
    text: "L'operazione è stata annullata.",
    remedy: "Non devi fare nulla: tutto resta dov'è.",
  }),
  'rollback-asked': () => ({
    text: 'Qualcuno ha chiesto il rollback.',
    remedy: "Non devi fare nulla: tutto torna com'era.",
  }),
  'approval-expired': () => ({
    text: 'Nessuno ha approvato in tempo.',
    remedy: "Chiedilo di nuovo quando c'è qualcuno che può approvare.",
  }),
  'pause-expired': () => ({
    text: 'Era in pausa e nessuno ha ripreso la migrazione: i suoi giri non possono restare aperti per sempre.',
    remedy: 'Avvia di nuovo la migrazione; ciò che la destinazione ha già viene riutilizzato.',
  }),
  'vm-reconfigured': ({ vm }) => ({
    text: `La configurazione di ${vm} è diversa da quella approvata.`,
    remedy: 'Approva il nuovo piano che il bot prepara, oppure ripristina la modifica, o annulla.',
  }),
  'new-warnings': ({ vm, codes }) => ({
    text: `Su ${vm} c'è qualcosa che non è stato accettato con il piano: ${listText(codes)}.`,
    remedy:
      'Leggi gli esiti dei controlli. Approva il nuovo piano, sistema ciò che indica, o annulla.',
  }),
  'pause-beyond-plan': ({ vm, seconds, secondsMax }) => ({
    text: `${vm} resterebbe ferma per circa ${secondsText(seconds)}, più dei ${secondsText(secondsMax)} approvati.`,
    remedy: `Approva il nuovo piano con il fermo più lungo, alza il limite (/migrate limit), attendi che ${vm} scriva meno, o annulla.`,
  }),
  'pause-fits-again': ({ vm, secondsMax }) => ({
    text: `${vm} può di nuovo essere spostata con un fermo di ${secondsText(secondsMax)}.`,
    remedy: 'Approva il nuovo piano con il fermo più breve, o annulla.',
  }),
  'bytes-beyond-plan': ({ vm, host, bytes, bytesMax }) => ({
    text: `La copia di ${vm} può richiedere ${bytesText(bytes)} su ${host}, più dei ${bytesText(bytesMax)} approvati.`,
    remedy: 'Approva il nuovo piano, o annulla.',
  }),
  'duration-beyond-plan': ({ vm, seconds, secondsMax }) => ({
    text: `La migrazione di ${vm} dura da ${secondsText(seconds)}, più dei ${secondsText(secondsMax)} approvati.`,
    remedy: 'Approva il nuovo piano, o annulla.',
  }),
  paused: ({ by, vm }) => ({
    text: `${who(by)} l'ha messa in pausa. ${vm} resta in esecuzione sull'host di origine.`,
    remedy: `Scrivi /migrate resume ${vm}. Dopo più di un giorno di pausa viene eseguito il rollback.`,
  }),
  'vm-went-off': ({ vm, host }) => ({
    text: `${vm} si è spenta su ${host} prima che Ferry la arrestasse. Viene riavviata lì.`,
    remedy: `Scopri chi o che cosa ha fermato ${vm}, poi approva di nuovo.`,
  }),
  'off-vm-started': ({ vm, host }) => ({
    text: `${vm} non è più spenta su ${host}: il piano era per una VM spenta, e qualcuno l'ha avviata.`,
    remedy: `Arresta ${vm} e approva di nuovo; oppure annulla, e chiedi di nuovo di spostarla in esecuzione.`,
  }),
  'running-vm-off': ({ vm, host }) => ({
    text: `${vm} è spenta su ${host}: il piano era per una VM in esecuzione.`,
    remedy: `Scopri chi o che cosa ha fermato ${vm}. Avviala e approva di nuovo; oppure annulla, e chiedi di nuovo di spostarla com'è.`,
  }),
  'guest-stopped-late': ({ vm, host }) => ({
    text: `${vm} si è spenta su ${host} dopo che Ferry le aveva chiesto di arrestarsi e aveva smesso di aspettare. Ferry la riavvia.`,
    remedy: `Guarda che cosa ha rallentato l'arresto dentro ${vm}. Se qualcuno l'ha spenta apposta, spegnila di nuovo: Ferry la riavvia solo questa volta.`,
  }),
  'guest-will-not-stop': ({ vm, seconds }) => ({
    text: `${vm} non si è arrestata entro ${secondsText(seconds)}. Resta in esecuzione sull'host di origine.`,
    remedy: `Guarda che cosa blocca l'arresto dentro ${vm}, poi ${AGAIN}.`,
  }),
  'disks-changed': ({ vm, host, disks }) => ({
    text: `${vm} su ${host} ha dischi diversi da quelli approvati: ${listText(disks)} (aggiunti, tolti o ridimensionati). La migrazione torna indietro.`,
    remedy:
      'Premi Riprova per un nuovo piano con i dischi che ha adesso; ciò che è stato copiato viene usato.',
  }),
  'target-full': ({ host, volume, bytesFree, bytesMin }) => ({
    text: `${volume} su ${host} ha solo ${bytesText(bytesFree)} liberi. Ferry vi lascia ${bytesText(bytesMin)}, quindi non riceve altro.`,
    remedy: `Libera spazio su ${volume} di ${host}, o scegli un altro volume con "on <volume>". Poi premi Riprova.`,
  }),
  'source-space-low': ({ vm, host, volume, bytesFree, bytesMin }) => ({
    text: `${volume} su ${host} ha solo ${bytesText(bytesFree)} liberi, meno dei ${bytesText(bytesMin)} che Ferry vi lascia mentre copia ${vm}. La migrazione torna indietro e ciò che era congelato viene unito.`,
    remedy: `Libera spazio su ${volume} di ${host}, o ingrandiscilo: un volume pieno ferma ogni VM che vi sta sopra. Poi ${AGAIN}; ciò che la destinazione ha già viene usato.`,
  }),
  'volumes-unwatched': ({ vm, host, message }) => ({
    text: `${host} da minuti non riesce a controllare i suoi volumi (${message}), mentre vi crescono i checkpoint di ${vm}. Se uno si riempie, niente torna indietro in tempo.`,
    remedy: `Guarda subito lo spazio libero su ${host}: un volume pieno ferma ogni VM che vi sta sopra. Risolvi ciò che dice il log del worker su ${host}, oppure annulla la migrazione.`,
  }),
  'vm-gone': ({ vm, host, operation }) => ({
    text: `${vm} non è più registrata su ${host}.`,
    remedy: `Registra di nuovo ${vm} su ${host} in Hyper-V Manager, o cerca dov'è finita. ${retry(operation)}`,
  }),
  'source-was-started': ({ vm, host }) => ({
    text: `Qualcuno ha avviato ${vm} su ${host} durante il cutover. La migrazione torna indietro.`,
    remedy: `Lascia ${vm} in esecuzione. Quando nessun altro ci lavora, ${AGAIN}.`,
  }),
  'merge-not-ended': ({ vm, host }) => ({
    text: `${host} sta ancora unendo i checkpoint di ${vm}. La migrazione torna indietro.`,
    remedy: `Attendi che Hyper-V Manager non mostri più unioni, poi ${AGAIN}.`,
  }),
  'source-changed-while-fenced': ({ vm, host }) => ({
    text: `I dischi di ${vm} su ${host} sono cambiati mentre si copiava l'ultimo giro.`,
    remedy: `Scopri che cosa vi ha scritto su ${host}, poi ${AGAIN}.`,
  }),
  'digests-differ': ({ disk, digest, theirs }) => ({
    text: `La copia di ${disk}, riletta, ha il digest ${theirs}; l'originale ha ${digest}.`,
    remedy: `Controlla memoria e storage di entrambi gli host, poi ${AGAIN}.`,
  }),
  'definition-missing': ({ vm, host }) => ({
    text: `La definizione di ${vm} non è mai arrivata su ${host}.`,
    remedy: 'Avvia di nuovo la migrazione. Se si ripete, segnalalo.',
  }),
  'copy-older': ({ vm, host }) => ({
    text: `Ciò che ${host} ha di ${vm} non è l'ultimo stato inviato, quindi lì non viene avviata.`,
    remedy: `La VM torna all'origine. Poi ${AGAIN}. Se succede di nuovo, segnalalo.`,
  }),
  'domain-controller-older': ({ vm, host }) => ({
    text: `Ciò che ${host} ha di ${vm} è più vecchio di ciò che altri controller di dominio possono averne visto. Avviandola si riporterebbe indietro la directory (USN rollback), quindi Ferry non la avvia.`,
    remedy:
      `Avvia ${vm} solo dove sono i suoi dischi più recenti. Se sono persi, non avviare mai questi: su un altro controller di dominio ` +
      `elimina l'oggetto computer di ${vm} (così se ne puliscono i metadati), acquisisci i suoi ruoli con ` +
      '"Move-ADDirectoryServerOperationMasterRole -Force" se ne aveva, e promuovine uno nuovo; oppure ripristina lo stato del ' +
      'sistema da un backup in modalità di ripristino dei servizi directory.',
  }),
  'source-took-back': ({ vm, host, operation }) => ({
    text: `${host} ha detto di riprendersi ${vm}, quindi non viene avviata a destinazione.`,
    remedy: `Verifica che ${vm} sia in esecuzione su ${host}. Lo store ha perso delle voci: scrivi "${migrationLine('heal-store', operation)}".`,
  }),
  'source-not-fenced': ({ vm, host, operation }) => ({
    text: `${vm} non è più bloccata (fence) su ${host}, quindi non viene avviata a destinazione.`,
    remedy: `Se ${vm} è in esecuzione su ${host}, lasciala lì. Se è spenta, scopri chi ha tolto il fence. ${retry(operation)}`,
  }),
  'source-silent': ({ vm, host, operation }) => ({
    text: `${host} non risponde, e lo store è stato riavviato o ripristinato dopo il fence di ${vm}.`,
    remedy: `Rimetti in funzione ${host} o il suo worker. ${retry(operation)}`,
  }),
  'target-may-run': ({ vm, host }) => ({
    text: `${vm} potrebbe essere in esecuzione su ${host}, quindi non viene ripresa sull'host di origine.`,
    remedy: `Guarda ${host} in Hyper-V Manager. Se ${vm} è in esecuzione lì, i suoi dati sono i più recenti: lasciala.`,
  }),
  'target-silent': ({ vm, host, operation }) => ({
    text: `${host} non risponde, e lo store è stato riavviato o ripristinato dopo il fence di ${vm}.`,
    remedy: `Rimetti in funzione ${host} o il suo worker. Se ${host} è perso per sempre, scrivi "${migrationLine('unfence', operation)}" sull'host di origine.`,
  }),
  'target-runs': ({ vm, host }) => ({
    text: `${vm} è in esecuzione su ${host} benché la migrazione sia stata riportata indietro.`,
    remedy: `Arresta ${vm} su ${host} se è in esecuzione anche sull'host di origine; poi la pulizia prosegue da sola.`,
  }),
  'no-heartbeat': ({ vm, host, seconds }) => ({
    text: `${vm} è stata avviata su ${host} e dopo ${secondsText(seconds)} non dà ancora heartbeat.`,
    remedy: `Apri la sua console su ${host}. Ferry continua a controllare.`,
  }),
  'journal-busy': ({ operation, tries }) => ({
    text: `${operation} è cambiata ${tries} volte mentre si aggiungeva una voce.`,
    remedy: 'Riprova tra un minuto.',
  }),
  'list-unknown': ({ list }) => ({
    text: `Questo processo non conosce l'elenco di passi ${list}.`,
    remedy: 'Aggiorna Ferry su questo host: il bot e tutti i worker richiedono la stessa versione.',
  }),
  'live-unavailable': ({ host }) => ({
    text: `${host} non può spostare da sé una VM: il suo driver non ha la live migration.`,
    remedy: 'Chiedi di nuovo con la parola stream al posto di live.',
  }),
  'vm-off-after-move': ({ vm, host }) => ({
    text: `${vm} è su ${host} dopo la live migration ed è spenta, benché prima fosse in esecuzione. Non è stato Ferry a spegnerla.`,
    remedy: `Avvia ${vm} su ${host} quando può funzionare. Ferry continua a controllare, poi conclude la migrazione.`,
  }),
  'move-incompatible': ({ vm, source, target, texts }) => ({
    text: `L'hypervisor non sposterebbe ${vm} da ${source} a ${target}: ${listText(texts)}.`,
    remedy: 'Risolvi ciò che indica, poi approva di nuovo. La VM resta in esecuzione come prima.',
  }),
};
