/** Windows' words in the languages that the simulated hosts speak. */

export type Language = 'en-US' | 'it-IT';

type Words = Readonly<Record<Language, string>>;

const MESSAGES = {
  'vm-not-found': {
    'en-US': 'Hyper-V was unable to find a virtual machine with name "{vm}".',
    'it-IT': 'Hyper-V non è riuscito a trovare una macchina virtuale con nome "{vm}".',
  },
  'host-not-found': {
    'en-US': 'The computer "{host}" could not be resolved. Make sure the computer name is correct.',
    'it-IT': 'Impossibile risolvere il computer "{host}". Verificare il nome del computer.',
  },
  'host-unreachable': {
    'en-US':
      'Hyper-V was unable to connect to the computer "{host}": the connection timed out (0x8007274C).',
    'it-IT':
      'Hyper-V non è riuscito a connettersi al computer "{host}": timeout della connessione (0x8007274C).',
  },
  refused: {
    'en-US':
      'The Virtual Machine Management Service failed to establish a connection for a Virtual Machine migration with host "{host}": No connection could be made because the target machine actively refused it (0x8007274D).',
    'it-IT':
      'Il servizio Gestione macchine virtuali non è riuscito a stabilire una connessione per la migrazione con l\'host "{host}": impossibile stabilire la connessione, rifiuto persistente del computer di destinazione (0x8007274D).',
  },
  'no-credentials': {
    'en-US':
      'The Virtual Machine Management Service failed to authenticate the connection for a Virtual Machine migration at the source host: no credentials are available in the security package (0x8009030E).',
    'it-IT':
      "Il servizio Gestione macchine virtuali non è riuscito ad autenticare la connessione per la migrazione nell'host di origine: nessuna credenziale disponibile nel pacchetto di sicurezza (0x8009030E).",
  },
  'switch-not-found': {
    'en-US': "Could not find Ethernet switch '{switch}'.",
    'it-IT': "Impossibile trovare il commutatore Ethernet '{switch}'.",
  },
  'file-not-found': {
    'en-US': "'{vm}': the file '{path}' could not be found at the destination computer.",
    'it-IT': "'{vm}': impossibile trovare il file '{path}' nel computer di destinazione.",
  },
  'processor-differs': {
    'en-US':
      "The virtual machine '{vm}' is using processor-specific features not supported on physical computer '{host}'.",
    'it-IT':
      "La macchina virtuale '{vm}' utilizza funzionalità specifiche del processore non supportate nel computer fisico '{host}'.",
  },
  'version-unsupported': {
    'en-US':
      "The configuration version {version} of virtual machine '{vm}' is not supported on '{host}'.",
    'it-IT':
      "La versione di configurazione {version} della macchina virtuale '{vm}' non è supportata in '{host}'.",
  },
  'memory-short': {
    'en-US': "There is not enough memory on '{host}' to run virtual machine '{vm}' (0x8007000E).",
    'it-IT':
      "Memoria insufficiente in '{host}' per eseguire la macchina virtuale '{vm}' (0x8007000E).",
  },
  'device-assigned': {
    'en-US': "The virtual machine '{vm}' has an assigned device and cannot be live migrated.",
    'it-IT': "La macchina virtuale '{vm}' ha un dispositivo assegnato e non può essere migrata.",
  },
  'san-missing': {
    'en-US': "Could not find the virtual Fibre Channel SAN '{san}' on '{host}'.",
    'it-IT': "Impossibile trovare la SAN Fibre Channel virtuale '{san}' in '{host}'.",
  },
  'key-protector': {
    'en-US': "The key protector of virtual machine '{vm}' could not be unwrapped on '{host}'.",
    'it-IT': "Impossibile annullare il wrapping della protezione con chiave di '{vm}' in '{host}'.",
  },
  unknown: {
    'en-US': 'The operation failed for a reason that has no name.',
    'it-IT': 'Operazione non riuscita per un motivo senza nome.',
  },
  incompatible: {
    'en-US':
      "The virtual machine '{vm}' cannot be moved to the destination computer. The hardware on the destination computer is not compatible with the hardware requirements of this virtual machine. {details}",
    'it-IT':
      "Impossibile spostare la macchina virtuale '{vm}' nel computer di destinazione. L'hardware del computer di destinazione non è compatibile con i requisiti hardware della macchina virtuale. {details}",
  },
  exists: {
    'en-US':
      "Virtual machine migration operation for '{vm}' failed at migration destination '{host}': the object already exists (0x80070050).",
    'it-IT':
      "Operazione di migrazione per '{vm}' non riuscita nella destinazione di migrazione '{host}': l'oggetto esiste già (0x80070050).",
  },
  'files-exist': {
    'en-US': "The file '{path}' already exists at the destination (0x80070050).",
    'it-IT': "Il file '{path}' esiste già nella destinazione (0x80070050).",
  },
  limit: {
    'en-US':
      "Virtual machine migration for '{vm}' was not started (21501): the limit of simultaneous migrations on host '{host}' was reached.",
    'it-IT':
      "La migrazione della macchina virtuale '{vm}' non è stata avviata (21501): raggiunto il limite di migrazioni simultanee nell'host '{host}'.",
  },
  clustered: {
    'en-US': "The operation is not permitted because virtual machine '{vm}' is clustered.",
    'it-IT': "Operazione non consentita: la macchina virtuale '{vm}' è in cluster.",
  },
  busy: {
    'en-US':
      "The operation cannot be performed while virtual machine '{vm}' is in its current state (0x80041001).",
    'it-IT':
      "Impossibile eseguire l'operazione nello stato corrente della macchina virtuale '{vm}' (0x80041001).",
  },
  cancelled: {
    'en-US': "The migration of '{vm}' was canceled (0x800704C7).",
    'it-IT': "La migrazione di '{vm}' è stata annullata (0x800704C7).",
  },
  'moved-late-failure': {
    'en-US':
      "Virtual machine migration operation for '{vm}' failed at migration source '{host}': an existing connection was forcibly closed by the remote host ({code}).",
    'it-IT':
      "Operazione di migrazione per '{vm}' non riuscita nell'origine della migrazione '{host}': connessione in corso interrotta forzatamente dall'host remoto ({code}).",
  },
  moving: {
    'en-US': 'Moving virtual machine',
    'it-IT': 'Spostamento macchina virtuale',
  },
  'not-supported': {
    'en-US': "The operation is not supported on computer '{host}'.",
    'it-IT': "Operazione non supportata nel computer '{host}'.",
  },
  'module-too-new': {
    'en-US':
      "The Hyper-V module used in this Windows PowerShell session cannot be used for remote management of the server '{host}'. Load a compatible version of the Hyper-V module, or use Powershell remoting to connect directly to the remote server.",
    'it-IT':
      "Impossibile utilizzare il modulo Hyper-V di questa sessione di Windows PowerShell per la gestione remota del server '{host}'. Caricare una versione compatibile del modulo Hyper-V.",
  },
  'no-cluster': {
    'en-US':
      'The cluster service is not running. Make sure that the service is running on all nodes in the cluster. There are no more endpoints available from the endpoint mapper ({host}).',
    'it-IT':
      'Il servizio cluster non è in esecuzione. Verificare che sia in esecuzione in tutti i nodi del cluster ({host}).',
  },
  'group-not-found': {
    'en-US': "No matches for the name '{name}' were found.",
    'it-IT': "Nessuna corrispondenza trovata per il nome '{name}'.",
  },
  'not-possible-owner': {
    'en-US':
      "The operation failed because either the specified cluster node '{node}' is not the owner of the group, or the node is not a possible owner of the group (0x80071398).",
    'it-IT':
      "Operazione non riuscita: il nodo del cluster '{node}' non è il proprietario del gruppo o non è un possibile proprietario (0x80071398).",
  },
  'node-down': {
    'en-US': "The cluster node '{node}' is not up (0x800713BA).",
    'it-IT': "Il nodo del cluster '{node}' non è attivo (0x800713BA).",
  },
  'parameter-wrong': {
    'en-US': 'Invalid parameter: {detail} (0x80070057).',
    'it-IT': 'Parametro non valido: {detail} (0x80070057).',
  },
  'vhd-unreadable': {
    'en-US': "Failed to get the virtual disk information of '{path}' (0x80070002).",
    'it-IT': "Impossibile ottenere le informazioni sul disco virtuale '{path}' (0x80070002).",
  },
  'will-not-stop': {
    'en-US': "'{vm}' failed to shut down: the operation timed out (0x800705B4).",
    'it-IT': "Arresto di '{vm}' non riuscito: timeout dell'operazione (0x800705B4).",
  },
  'start-failed': {
    'en-US': "'{vm}' failed to start. Failed to open attachment {detail}.",
    'it-IT': "Avvio di '{vm}' non riuscito. Impossibile aprire l'allegato {detail}.",
  },
  'checkpoint-not-found': {
    'en-US': 'Hyper-V was unable to find a checkpoint that matches "{checkpoint}".',
    'it-IT': 'Hyper-V non è riuscito a trovare un checkpoint corrispondente a "{checkpoint}".',
  },
  'checkpoint-failed': {
    'en-US': "Checkpoint operation for '{vm}' failed ({code}).",
    'it-IT': "Operazione di checkpoint per '{vm}' non riuscita ({code}).",
  },
  'export-failed': {
    'en-US': "Export of virtual machine '{vm}' failed ({code}).",
    'it-IT': "Esportazione della macchina virtuale '{vm}' non riuscita ({code}).",
  },
  'instance-gone': {
    'en-US': 'Not found',
    'it-IT': 'Impossibile trovare',
  },
  'type-mismatch': {
    'en-US': 'Type mismatch for parameter "{detail}"',
    'it-IT': 'Tipo non corrispondente per il parametro "{detail}"',
  },
  'definition-unreadable': {
    'en-US': "Failed to import a virtual machine: '{path}' could not be loaded (0x80070002).",
    'it-IT':
      "Importazione di una macchina virtuale non riuscita: impossibile caricare '{path}' (0x80070002).",
  },
  'same-id': {
    'en-US':
      'The operation failed because a virtual machine with the same identifier already exists. Select a new identifier and try again.',
    'it-IT':
      'Operazione non riuscita: esiste già una macchina virtuale con lo stesso identificatore. Selezionare un nuovo identificatore e riprovare.',
  },
  'import-incompatible': {
    'en-US':
      "Unable to import virtual machine '{vm}' due to configuration errors. Use Compare-VM to repair the virtual machine. {details}",
    'it-IT':
      "Impossibile importare la macchina virtuale '{vm}' a causa di errori di configurazione. Utilizzare Compare-VM per correggerla. {details}",
  },
  'no-events': {
    'en-US': 'No events were found that match the specified selection criteria.',
    'it-IT': 'Nessun evento corrispondente ai criteri di selezione specificati.',
  },
  'no-log': {
    'en-US': 'There is not an event log on the localhost computer that matches "{log}".',
    'it-IT': 'Nessun registro eventi nel computer localhost corrisponde a "{log}".',
  },
  'merge-started': {
    'en-US': "'{vm}' background disk merge has been started. (Virtual machine ID {id})",
    'it-IT': "Unione dischi in background di '{vm}' avviata. (ID macchina virtuale {id})",
  },
  'merge-finished': {
    'en-US':
      "'{vm}' background disk merge has been finished successfully. (Virtual machine ID {id})",
    'it-IT': "Unione dischi in background di '{vm}' completata. (ID macchina virtuale {id})",
  },
  'merge-interrupted': {
    'en-US': "'{vm}' background disk merge has been interrupted. (Virtual machine ID {id})",
    'it-IT': "Unione dischi in background di '{vm}' interrotta. (ID macchina virtuale {id})",
  },
  'merge-failed': {
    'en-US': "'{vm}' background disk merge failed to complete ({code}). (Virtual machine ID {id})",
    'it-IT':
      "Unione dischi in background di '{vm}' non completata ({code}). (ID macchina virtuale {id})",
  },
} as const satisfies Readonly<Record<string, Words>>;

export type MessageKey = keyof typeof MESSAGES;

/** The message with its facts in place; a fact that is not given stays in braces, and shows. */
export function messageOf(
  key: MessageKey,
  language: Language,
  facts: Readonly<Record<string, string | number>> = {},
): string {
  return MESSAGES[key][language].replace(/\{(\w+)\}/g, (braces, name: string) =>
    String(facts[name] ?? braces),
  );
}

export const isLanguage = (text: string | null | undefined): text is Language =>
  text === 'en-US' || text === 'it-IT';
