/** What can go wrong while disks are sent to another host, and copies kept there, in Italian. */

import type { TextOf } from '../catalogue.ts';
import type { streamProblems as english } from '../en/stream.ts';
import { migrationLine } from '../typed.ts';

const BUG = 'È un difetto di Ferry: segnalalo con i log di entrambi i worker.';

export const streamProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'stream-unreachable': ({ operation, waitSeconds }) => ({
    text: `La destinazione di ${operation} non si è collegata, o non abbastanza a lungo, per ${waitSeconds} s`,
    remedy:
      'Verifica che il suo worker sia in esecuzione e che la rete di migrazione sia attiva, poi riprova.',
  }),
  'stream-not-offered': ({ operation }) => ({
    text: `L'host di origine non offre ancora i dischi di ${operation}`,
    remedy:
      "Non devi fare nulla: la destinazione ritenta. Se continua, controlla il worker dell'host di origine.",
  }),
  'stream-ticket-refused': ({ operation }) => ({
    text: `L'host di origine ha rifiutato il ticket della destinazione per ${operation}: è sbagliato, scaduto o di un altro host`,
    remedy:
      "Non è stato inviato nulla. Se nessuno ha annullato l'operazione, scopri chi ha tentato di riceverla.",
  }),
  'stream-ancestor-not-sent': ({ file, ancestor }) => ({
    text: `${ancestor} non è stato inviato com'è ora, quindi la parte di ${file} che gli sta sopra non è un disco intero per chi riceve`,
    remedy: 'Invialo senza --changed: si invia solo ciò che differisce.',
  }),
  'stream-broken-off': ({ host, port, seconds }) => ({
    text: `Da ${host} porta ${port} non arriva nulla da ${seconds} s`,
    remedy:
      'Verifica che chi invia sia in esecuzione, poi riavvia questo comando: prosegue da dove era.',
  }),
  'stream-not-verified': () => ({
    text: 'Ciò che la destinazione ha riletto non è ciò che è stato letto qui',
    remedy: 'Non usarne nulla: elimina la cartella di destinazione e invia di nuovo il disco.',
  }),
  'stream-fingerprint-missing': () => ({
    text: 'Senza --fingerprint nessuno sa chi invia',
    remedy: 'Copiala dalla prima riga stampata da chi invia.',
  }),
  'stream-ticket-missing': () => ({
    text: 'Manca il ticket: né --ticket, né FERRY_TICKET, né una riga su stdin',
    remedy: 'Copialo dalla prima riga stampata da chi invia.',
  }),
  'address-unreadable': ({ text }) => ({
    text: `«${text}» non è un indirizzo`,
    remedy: 'Scrivilo come HOST:PORT, per esempio 10.0.9.1:7440.',
  }),
  'stream-version': ({ version, expected }) => ({
    text: `La destinazione usa la versione ${version} dello stream, l'host di origine la versione ${expected}`,
    remedy: 'Installa la stessa versione di Ferry su entrambi gli host.',
  }),
  'stream-epoch-behind': ({ operation, epoch, epochSeen }) => ({
    text: `Un giro di ${operation} è arrivato con l'epoca ${epoch}, ma è già stata vista la ${epochSeen}`,
    remedy: `Non è stato modificato nulla: è in corso un tentativo più recente. Guardalo con "${migrationLine('show', operation)}".`,
  }),
  'stream-resync-needed': ({ operation, round, committed }) => ({
    text: `Il giro ${round} di ${operation} non segue ciò che si sa del giro ${committed}`,
    remedy: 'Invialo per digest: si invia solo ciò che differisce, ma si leggono tutti i dischi.',
  }),
  'stream-round-passed': ({ operation, round, committed }) => ({
    text: `È arrivato il giro ${round} di ${operation}, ma la copia è al giro ${committed}`,
    remedy: 'Non è stato modificato nulla. Riprova la migrazione: inizia un nuovo giro.',
  }),
  'stream-disk-unknown': ({ disk }) => ({
    text: `Il disco ${disk} non è tra quelli per cui è stata fatta questa copia`,
    remedy: 'Nel frattempo i dischi della VM sono cambiati. Pianifica di nuovo la migrazione.',
  }),
  'stream-disk-size': ({ disk, virtualBytes, expected }) => ({
    text: `Il disco ${disk} ora ha ${virtualBytes} byte; la copia è stata fatta per ${expected}`,
    remedy: 'Nel frattempo il disco è stato ridimensionato. Pianifica di nuovo la migrazione.',
  }),
  'stream-disks-missing': ({ disks, expected }) => ({
    text: `Il giro ha ${disks} dischi; la copia ne ha ${expected}`,
    remedy: 'Nel frattempo i dischi della VM sono cambiati. Pianifica di nuovo la migrazione.',
  }),
  'stream-checksum': ({ frame, bytes }) => ({
    text: `Un frame ${frame} di ${bytes} byte non è arrivato come è stato inviato`,
    remedy: 'Viene inviato di nuovo. Se succede spesso, controlla schede di rete, cavi e memoria.',
  }),
  'stream-frame-refused': ({ found }) => ({
    text: `L'altro host ha inviato qualcosa che non appartiene a uno stream: ${found}`,
    remedy: BUG,
  }),
  'stream-read-failed': ({ disk, offset, reason }) => ({
    text: `L'host di origine non riesce a leggere il disco ${disk} al byte ${offset}: ${reason}`,
    remedy: "Controlla lo storage dell'host di origine. La VM è ancora in esecuzione lì.",
  }),
  'stream-read-back-differs': ({ path, offset }) => ({
    text: `${path} non contiene al byte ${offset} del disco ciò che vi è stato scritto`,
    remedy:
      'Controlla lo storage della destinazione (disco, controller, memoria) prima di riprovare.',
  }),
  'stream-staging-damaged': ({ path, offset }) => ({
    text: `Il giro ricevuto in ${path} è danneggiato al byte ${offset}`,
    remedy:
      'Controlla lo storage della destinazione (disco, controller, memoria) prima di riprovare.',
  }),
  'stream-record-damaged': ({ file }) => ({
    text: `${file} non è ciò che Ferry vi ha scritto`,
    remedy: 'Ripristina il file, o elimina la sua cartella se la copia che contiene non serve.',
  }),
  'unbuffered-read-refused': ({ path }) => ({
    text: `Il file system di ${path} non permette di leggere senza cache, quindi le scritture non sono verificabili`,
    remedy: 'Metti le copie su NTFS o ReFS (Linux: ext4 o XFS) su un disco di questo host.',
  }),
  'base-gone': ({ vm, host, folder }) => ({
    text: `La copia di ${vm} da cui parte il piano non è più su ${host}, o ha altri dischi: ${folder}`,
    remedy: `Pianifica di nuovo lo spostamento: /migrate retry ${vm}.`,
  }),
  'base-changed': ({ disk, file }) => ({
    text: `${file} non è il disco ${disk} che ha la VM: dimensione, settori o identificativo sono diversi`,
    remedy:
      'Elimina quella copia (/migrate copies la nomina), e pianifica di nuovo lo spostamento: allora si copia tutto.',
  }),
  'copy-in-the-way': ({ directory, found, vm }) => ({
    text: `${directory} contiene una copia di ${found}, da cui ${vm} non può proseguire`,
    remedy: 'Elimina quella copia se non serve, o scegli un altro volume.',
  }),
};
