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
    'en-US': "'{vm}' failed to start: {detail}.",
    'it-IT': "Avvio di '{vm}' non riuscito: {detail}.",
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
