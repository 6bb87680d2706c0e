/** Perché Hyper-V non ha spostato una VM: il catalogo degli errori, con le parole di Windows. */

import type { TextOf } from '../catalogue.ts';
import type { hypervFailureProblems as english } from '../en/hyperv-failures.ts';
import { listText } from './amounts.ts';
import { quoted } from './windows.ts';

const STAYS = 'La VM resta in esecuzione dove si trova.';

export const hypervFailureProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'move-no-credentials': ({ vm, source, target, message }) => ({
    text: `${source} non ha potuto dimostrare a ${target} la propria identità, quindi ${vm} non è stata spostata.${quoted(message)}`,
    remedy: `Scegli Kerberos su entrambi gli host e consenti la delega vincolata da ${source} a ${target}: "/migrate doctor ${source}" mostra i comandi. Poi fai rinnovare i ticket di ${source} e riprova.`,
  }),
  'move-wrong-principal': ({ vm, source, target, message }) => ({
    text: `${source} ha raggiunto un computer diverso da ${target} con quel nome o indirizzo, quindi ${vm} non è stata spostata.${quoted(message)}`,
    remedy: `Correggi la voce DNS di ${target} e le reti di migrazione di entrambi gli host; cerca con setspn -X lo stesso nome di servizio su due account. Poi riprova.`,
  }),
  'move-access-denied': ({ vm, source, target, message }) => ({
    text: `Windows ha negato l'accesso mentre ${vm} doveva passare da ${source} a ${target}.${quoted(message)}`,
    remedy: `Rendi l'account del worker amministratore di entrambi gli host e aggiungi cifs alla delega di ${source} verso ${target}. Poi riprova.`,
  }),
  'move-share-unreachable': ({ vm, source, target, message }) => ({
    text: `${source} non raggiunge le condivisioni di ${target}, da cui passano i dischi di ${vm}.${quoted(message)}`,
    remedy: `Apri la condivisione file (TCP 445) su ${target} per ${source}, poi riprova. ${STAYS}`,
  }),
  'move-logon-not-granted': ({ vm, source, target, message }) => ({
    text: `${target} non consente alle macchine virtuali l'accesso come servizio, quindi ${vm} non è stata spostata da ${source}.${quoted(message)}`,
    remedy: `Assegna al gruppo NT VIRTUAL MACHINE\\Virtual Machines il diritto "Log on as a service" nei criteri di ${target}, poi riprova.`,
  }),
  'move-refused-connection': ({ vm, source, target, message }) => ({
    text: `${target} ha rifiutato la connessione di ${source} per ${vm}: nulla è in ascolto per le live migration.${quoted(message)}`,
    remedy: `Esegui Enable-VMMigration su ${target}; se è già abilitata, riavvia il servizio vmms quando nulla si sposta. Poi riprova.`,
  }),
  'move-connection-timeout': ({ vm, source, target, message }) => ({
    text: `${source} non ha avuto risposta da ${target} mentre doveva spostare ${vm}.${quoted(message)}`,
    remedy: `Apri TCP 6600 tra ${source} e ${target} nella rete di migrazione, e controlla indirizzi e dimensione dei pacchetti. Poi riprova.`,
  }),
  'move-connection-lost': ({ vm, source, target, message }) => ({
    text: `${target} ha interrotto la connessione con ${source} durante lo spostamento di ${vm}.${quoted(message)}`,
    remedy: `Guarda prima il log Hyper-V-VMMS-Admin su ${target}: memoria, scheda di rete e antivirus sono le cause più comuni. ${STAYS}`,
  }),
  'move-socket-forbidden': ({ vm, source, target, message }) => ({
    text: `Un filtro su ${source} o ${target} vieta la connessione per ${vm}.${quoted(message)}`,
    remedy: `Consenti TCP 6600 e 445 tra ${source} e ${target} nel firewall e nell'antivirus di entrambi, poi riprova.`,
  }),
  'move-too-slow': ({ vm, source, target, message }) => ({
    text: `Lo spostamento di ${vm} da ${source} a ${target} è durato troppo per Windows, che ha rinunciato.${quoted(message)}`,
    remedy: `Riprova quando ${source}, ${target} e la loro rete sono meno occupati. ${STAYS}`,
  }),
  'move-no-management': ({ vm, source, target, message }) => ({
    text: `${source} non riesce a parlare con il servizio di gestione di ${target}, quindi ${vm} non è stata spostata.${quoted(message)}`,
    remedy: `Controlla il nome di ${target} nel DNS, WinRM (TCP 5985) e il proxy di ${source}. Poi riprova.`,
  }),
  'move-listener-disabled': ({ vm, source, target, message }) => ({
    text: `${target} ha chiuso l'ascolto per le live migration, quindi ${vm} non è stata spostata da ${source}.${quoted(message)}`,
    remedy: `Assegna a ${target} una rete di migrazione utilizzabile, poi riavvia il servizio vmms quando nulla si sposta, e riprova.`,
  }),
  'move-memory-short': ({ vm, source, target, message }) => ({
    text: `A ${target} manca la memoria per ${vm}, che resta su ${source}.${quoted(message)}`,
    remedy: `Libera memoria su ${target}, poi riprova.`,
  }),
  'move-switch-missing': ({ vm, source, target, message }) => ({
    text: `${target} non ha un commutatore virtuale con il nome che ${vm} usa su ${source}.${quoted(message)}`,
    remedy: `Crea un commutatore con quel nome su ${target}, o pianifica di nuovo con un'altra rete per ${vm}.`,
  }),
  'move-medium-missing': ({ vm, source, target, message }) => ({
    text: `${target} non trova la ISO che è in un'unità di ${vm} su ${source}.${quoted(message)}`,
    remedy: `Espellila con Set-VMDvdDrive, poi riprova.`,
  }),
  'move-disk-missing': ({ vm, source, target, message }) => ({
    text: `${target} non raggiunge un disco di ${vm} che resta dov'è, come lo vede ${source}.${quoted(message)}`,
    remedy: `Fai in modo che ${target} raggiunga quello spazio, o pianifica di nuovo perché il disco venga spostato.`,
  }),
  'move-setup-failed': ({ vm, source, target, message }) => ({
    text: `${target} non ha potuto accettare la configurazione di ${vm} da ${source}.${quoted(message)}`,
    remedy: `Confronta i commutatori virtuali di ${source} e ${target}, e i diritti sulla cartella delle VM di ${target}. Poi riprova.`,
  }),
  'move-path-missing': ({ vm, source, target, message }) => ({
    text: `A ${target} manca un'unità o cartella indicata dalla configurazione di ${vm}, come è su ${source}.${quoted(message)}`,
    remedy: `Crea quella lettera di unità o cartella su ${target}, cerca i file rimasti, poi riprova. ${STAYS}`,
  }),
  'move-version-unsupported': ({ vm, source, target, message }) => ({
    text: `${target} non esegue la versione di configurazione che ${vm} ha su ${source}.${quoted(message)}`,
    remedy: `Sposta ${vm} su un host più recente, o chiedi di nuovo con la parola stream.`,
  }),
  'move-processor-differs': ({ vm, source, target, message }) => ({
    text: `${vm} usa funzioni del processore di ${source} che ${target} non ha.${quoted(message)}`,
    remedy: `Arresta ${vm}, esegui Set-VMProcessor con -CompatibilityForMigrationEnabled, avviala e riprova; oppure chiedi di nuovo con la parola stream.`,
  }),
  'move-key-protector': ({ vm, source, target, message }) => ({
    text: `${target} non può aprire la protezione con chiave di ${vm}, che ${source} può aprire.${quoted(message)}`,
    remedy: `Esporta da ${source} i certificati del guardiano con le chiavi private, importali su ${target}, poi riprova.`,
  }),
  'move-disk-full': ({ vm, source, target, message }) => ({
    text: `Un volume si è riempito mentre ${vm} doveva passare da ${source} a ${target}.${quoted(message)}`,
    remedy: `Libera spazio su entrambi gli host, poi riprova. Una VM sospesa da Windows per questo riprende da sola.`,
  }),
  'move-limit-reached': ({ vm, source, target, message }) => ({
    text: `${source} o ${target} sposta già il numero massimo di VM, quindi ${vm} non è partita.${quoted(message)}`,
    remedy: `Riprova quando uno di quegli spostamenti è finito, o alza il limite con Set-VMHost.`,
  }),
  'move-exists-at-target': ({ vm, source, target, message }) => ({
    text: `${target} conosce già una VM con l'Id di ${vm}, che ${source} doveva inviare.${quoted(message)}`,
    remedy: `Se è una VM pianificata di un tentativo precedente, sparisce da sola entro un minuto; altrimenti guarda su ${target} che cos'è. Poi riprova.`,
  }),
  'move-vm-busy': ({ vm, source, target, message }) => ({
    text: `Windows era occupato con ${vm} su ${source}, per esempio con il backup, e non l'ha spostata su ${target}.${quoted(message)}`,
    remedy: `Aspetta che finisca, poi riprova.`,
  }),
  'move-file-in-use': ({ vm, source, target, message }) => ({
    text: `Un file di ${vm} è usato da un altro programma su ${source} o ${target}.${quoted(message)}`,
    remedy: `Termina il backup o la scansione che lo tiene, escludi le cartelle delle VM dall'antivirus, poi riprova.`,
  }),
  'move-file-missing': ({ vm, source, target, message }) => ({
    text: `Windows non trova un file di ${vm}, che doveva passare da ${source} a ${target}.${quoted(message)}`,
    remedy: `Prima di tutto verifica con Get-VHD su ${source} se ogni disco e i suoi padri esistono.`,
  }),
  'move-cluster-refused': ({ vm, source, target, message }) => ({
    text: `Il cluster non lascia passare ${vm} da ${source} a ${target}.${quoted(message)}`,
    remedy: `Rendi ${target} un possibile proprietario del ruolo, verifica che il nodo sia attivo e che una rete del cluster possa portare le live migration. Poi riprova.`,
  }),
  'move-elsewhere': ({ vm, source, target, elsewhere }) => ({
    text: `Qualcun altro sta spostando ${vm} o i suoi dischi su ${source}${elsewhere ? ` verso ${elsewhere}` : ''}, quindi non è stata inviata a ${target}.`,
    remedy: `Aspetta che quello spostamento finisca, poi pianifica di nuovo da dove si trova ${vm}.`,
  }),
  'move-asks-in-vain': ({ host, vm }) => ({
    text: `A ${host} è stato chiesto di spostare ${vm}, ma Windows non l'ha fatto né ha risposto.`,
    remedy: `Guarda il servizio vmms su ${host}; riavvialo quando nulla si sposta, poi riprova.`,
  }),
  'move-cancelled': ({ vm, source, target }) => ({
    text: `Lo spostamento di ${vm} da ${source} a ${target} è stato annullato.`,
    remedy: `Non c'è nulla da fare: ${vm} è in esecuzione su ${source} come prima. Ricomincia quando potrà spostarsi.`,
  }),
  'move-left-over': ({ vm, source, target, planned, files, message }) => {
    const what = [
      ...(planned ? ['una VM pianificata'] : []),
      ...(Array.isArray(files) && files.length > 0 ? [listText(files)] : []),
    ];
    return {
      text: `${vm} è su ${source} come prima, e ${target} ha ancora ${what.join(' e ') || 'qualcosa'} di uno spostamento finito.${quoted(message)}`,
      remedy: `Su ${target} elimina la VM pianificata con DestroySystem di Msvm_VirtualSystemManagementService, e cancella quei file se nessuna VM li usa. Poi riprova.`,
    };
  },
  'move-refused': ({ vm, source, target, message, hresult }) => ({
    text: `Hyper-V non ha spostato ${vm} da ${source} a ${target}${hresult ? ` (${hresult})` : ''}.${quoted(message)}`,
    remedy: `Guarda i log Hyper-V-VMMS-Admin su ${target} e su ${source}; la causa spesso si legge solo su ${target}. ${STAYS}`,
  }),
  'move-without-effect': ({ vm, source, target }) => ({
    text: `Windows ha dichiarato completo lo spostamento di ${vm}, che però è su ${source} e non su ${target}.`,
    remedy: `Guarda il log Hyper-V-VMMS-Admin su entrambi gli host, poi riprova. ${STAYS}`,
  }),
};
