/** Problems of the lab in Italian: its Slack stand-in. */

import type { TextOf } from '../catalogue.ts';
import type { labProblems as english } from '../en/lab.ts';

export const labProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'slack-arguments': ({ reason }) => ({
    text: `Lo Slack del laboratorio non può avviarsi: ${reason}.`,
    remedy: 'Avvialo con: main.ts --dir DIR [--port N], N da 1 a 65535.',
  }),
  'slack-port-taken': ({ address, port }) => ({
    text: `Lo Slack del laboratorio non può mettersi in ascolto su ${address}:${port}.`,
    remedy:
      "Ferma il laboratorio ancora attivo in questa cartella, o scegli un'altra porta con --port.",
  }),
  'slack-identity-damaged': ({ path }) => ({
    text: `${path} non contiene la porta e i token dello Slack del laboratorio.`,
    remedy: "Elimina il file: all'avvio successivo ne viene creato uno nuovo.",
  }),
  'slack-messages-damaged': ({ path, line }) => ({
    text: `La riga ${line} di ${path} non è un messaggio.`,
    remedy: 'Elimina la riga, o il file per ripartire con un canale vuoto.',
  }),
  'slack-unknown-person': ({ person, known }) => ({
    text: `Nel laboratorio nessuno si chiama ${person}.`,
    remedy: `Usa uno di questi: ${listOf(known)}.`,
  }),
  'slack-unknown-channel': ({ channel, known }) => ({
    text: `Il laboratorio non ha un canale ${channel}.`,
    remedy: `Usa uno di questi: ${listOf(known)}.`,
  }),
  'slack-no-such-field': ({ place, field, fields }) => ({
    text: `Questa persona non vede nessun campo ${field} in ${place}.`,
    remedy: `I campi sono: ${listOf(fields)}.`,
  }),
  'slack-no-such-option': ({ field, value, options }) => ({
    text: `Il campo ${field} non si può impostare su ${value}.`,
    remedy: `Le opzioni sono: ${listOf(options)}.`,
  }),
  'slack-no-such-view': ({ person, viewId, open }) => ({
    text: `${person} non ha aperta la vista ${viewId}, o non in primo piano.`,
    remedy: `Le viste aperte sono, con l'ultima in primo piano: ${listOf(open)}.`,
  }),
  'slack-no-such-button': ({ messageTs, actionId, actionIds }) => ({
    text: `Il messaggio ${messageTs} non mostra a questa persona nessun pulsante ${actionId}.`,
    remedy: `I pulsanti sono: ${listOf(actionIds)}.`,
  }),
  'slack-wait-timeout': ({ what, waitSeconds, lastMessages }) => ({
    text: `Attesa inutile di ${waitSeconds} s: ${what}. Ultimi messaggi: ${listOf(lastMessages)}.`,
    remedy: "Cerca nel log del bot perché non l'ha scritto.",
  }),
  'slack-stand-in-unreachable': ({ url }) => ({
    text: `Lo Slack del laboratorio non risponde su ${url}.`,
    remedy: 'Controlla se il suo processo è ancora attivo, e riavvia il laboratorio.',
  }),
  'slack-control-token': ({ url }) => ({
    text: `Lo Slack del laboratorio su ${url} non accetta questo token di controllo.`,
    remedy: "Usa il controlToken che ha mostrato all'avvio.",
  }),
  'slack-control-refused': ({ request, reason }) => ({
    text: `Lo Slack del laboratorio ha rifiutato "${request}": ${reason}.`,
    remedy: 'Usa il laboratorio e il suo Slack della stessa versione di Ferry.',
  }),
};

function listOf(values: unknown): string {
  return Array.isArray(values) && values.length > 0 ? values.join(', ') : 'nessuno';
}
