/** The store in Italian: journal, claims, records and queues on Redis, PostgreSQL or the embedded one. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import type { storeProblems as english } from '../en/store.ts';
import { migrationLine } from '../typed.ts';

const lines = (value: Fact | undefined): readonly string[] =>
  Array.isArray(value) ? value : [String(value)];

export const storeProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'store-url-invalid': ({ scheme }) => ({
    text: `STORE_URL non è l'indirizzo di uno store (il suo schema: ${scheme}).`,
    remedy: 'Imposta STORE_URL su redis://HOST:PORT o postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
  }),
  'store-unreachable': ({ url }) => ({
    text: `Lo store su ${url} non risponde.`,
    remedy:
      'Avvialo, o controlla la rete e i firewall lungo il percorso. Poi Ferry prosegue da solo.',
  }),
  'store-refused': ({ url, message }) => ({
    text: `Lo store su ${url} ha rifiutato: ${message}`,
    remedy: 'Controlla utente, password e permessi in STORE_URL, e il log dello store.',
  }),
  'store-full': ({ url }) => ({
    text: `Lo store su ${url} non ha più spazio.`,
    remedy:
      'Dagli più memoria o disco. Nulla è andato perso: ciò che è stato rifiutato viene ritentato.',
  }),
  'redis-not-durable': ({ url, found, wanted }) => ({
    text: `Redis su ${url} può perdere ciò che ha confermato: ${lines(found).join(', ')}.`,
    remedy: `Esegui in redis-cli: ${lines(wanted)
      .map((setting) => `CONFIG SET ${setting}`)
      .join('; ')}; poi CONFIG REWRITE. Oppure in redis.conf, una riga per voce: ${lines(
      wanted,
    ).join(' | ')}.`,
  }),
  'redis-settings-hidden': ({ url }) => ({
    text: `Redis su ${url} non permette a Ferry di leggere le sue impostazioni, quindi potrebbe perdere dei journal.`,
    remedy: "Permetti il comando CONFIG GET all'utente di STORE_URL: ACL SETUSER NAME +config|get.",
  }),
  'postgres-not-durable': ({ url, settings }) => ({
    text: `PostgreSQL su ${url} può perdere ciò che ha confermato: ${lines(settings).join(', ')} è su off.`,
    remedy: `Esegui in psql: ${lines(settings)
      .map((setting) => `ALTER SYSTEM SET ${setting} = on;`)
      .join(' ')} SELECT pg_reload_conf();`,
  }),
  'journal-full': ({ operation, entriesMax }) => ({
    text: `Il journal di ${operation} ha raggiunto il massimo di ${entriesMax} voci.`,
    remedy: `Guarda con "${migrationLine('show', operation)}" che cosa si ripete, e annullala.`,
  }),
  'journal-damaged': ({ operation, position }) => ({
    text: `La voce ${position} di ${operation} nello store non è leggibile.`,
    remedy: `Cerca chi altro scrive nello store. Poi ripristinalo, e scrivi "${migrationLine('heal-store', operation)}".`,
  }),
  'journal-chain-broken': ({ operation, position }) => ({
    text: `Le voci di ${operation} conservate su questa macchina non sono una catena: la voce ${position} non segue la precedente.`,
    remedy: `Scrivi "${migrationLine('heal-store', operation)}" su un altro host, o con bot.env sulla macchina del bot.`,
  }),
  'journal-not-a-continuation': ({ operation, position, entriesStored, entriesOffered }) => ({
    text: `Lo store ha ${entriesStored} voci di ${operation}, questa macchina ${entriesOffered}; differiscono dalla voce ${position} in poi.`,
    remedy: `Se lo store ne ha di più, non c'è nulla da riparare. Altrimenti confronta "${migrationLine('show', operation)}" su ogni host: dove differiscono, qualcuno ha scritto dopo il ritorno dello store a uno stato precedente.`,
  }),
  'journal-changed-meanwhile': ({ operation }) => ({
    text: `Qualcuno ha scritto nel journal di ${operation} durante la riparazione. Non è stato modificato nulla.`,
    remedy: `Scrivi di nuovo "${migrationLine('heal-store', operation)}".`,
  }),
  'journal-claim-held': ({ operation, claim, holder }) => ({
    text: `${operation} non si può riparare: ora ${claim} appartiene a ${holder}.`,
    remedy: `Concludi prima ${holder}: "${migrationLine('show', holder)}".`,
  }),
  'record-damaged': ({ key }) => ({
    text: `Il record ${key} nello store non è leggibile.`,
    remedy: 'Cerca chi altro scrive nello store, e ripristinalo dal suo backup.',
  }),
  'store-value-too-large': ({ what, bytes, bytesMax }) => ({
    text: `${what}: ${bytes} byte; lo store ne accetta ${bytesMax}.`,
    remedy: 'Segnalalo: nulla di ciò che Ferry scrive dovrebbe essere così grande.',
  }),
  'store-directory-in-use': ({ directory, pid, file }) => ({
    text: `Il processo ${pid} usa già lo store in ${directory}.`,
    remedy: `Termina quel processo, o scegli un'altra cartella. Se il processo ${pid} non è uno store, elimina ${file}.`,
  }),
  'store-port-in-use': ({ port, directory }) => ({
    text: `La porta ${port} dello store in ${directory} è occupata da un altro programma.`,
    remedy: `Termina quel programma, o elimina store.json in ${directory} e riavvia tutto ciò che usa questo store.`,
  }),
  'store-address-damaged': ({ file }) => ({
    text: `${file}, con la porta e la password dello store, non è leggibile.`,
    remedy: `Elimina ${file}: lo store ne crea uno nuovo. Riavvia tutto ciò che usa questo store.`,
  }),
  'store-directory-damaged': ({ directory, reason }) => ({
    text: `Lo store incorporato non riesce ad aprire ${directory}: ${reason}`,
    remedy: `Ripristina ${directory} da un backup e scrivi "${migrationLine('heal-store')}" per ogni operazione aperta. Per un laboratorio, eliminala.`,
  }),
  'job-payload-invalid': ({ reason }) => ({
    text: `Un job non è comprensibile: ${reason}`,
    remedy: 'Usa la stessa versione di Ferry sul bot e su tutti gli host.',
  }),
  'worker-silent': ({ queue, timeoutSeconds }) => ({
    text: `Il worker della coda ${queue} non ha risposto entro ${timeoutSeconds} s.`,
    remedy: "Verifica che l'host e il suo worker di Ferry siano in funzione, poi chiedi di nuovo.",
  }),
};
