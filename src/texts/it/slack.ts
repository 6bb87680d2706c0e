/** Words of the chat edge in Italian: problems that it finds itself. Labels of messages: `chat.ts`. */

import type { TextOf } from '../catalogue.ts';
import type { slackProblems as english } from '../en/slack.ts';
import { listText } from './amounts.ts';

export const slackProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'not-an-operator': () => ({
    text: 'Non sei tra gli operatori, che possono chiedere questo.',
    remedy: 'Chiedilo a un operatore, o fatti aggiungere a FERRY_OPERATORS del bot.',
  }),
  'not-an-approver': () => ({
    text: 'Non sei tra gli approvatori, quindi il tuo clic non cambia nulla.',
    remedy: 'Chiedi il clic a un approvatore, o fatti aggiungere a FERRY_APPROVERS del bot.',
  }),
  'without-a-role': () => ({
    text: 'Non sei né tra gli operatori né tra gli approvatori, che possono chiedere questo.',
    remedy:
      'Chiedilo a uno di loro, o fatti aggiungere a FERRY_OPERATORS o FERRY_APPROVERS del bot.',
  }),
  'not-a-viewer': () => ({
    text: 'Non hai un ruolo qui: possono guardare osservatori, operatori e approvatori.',
    remedy: 'Chiedi a uno di loro, o fatti aggiungere a FERRY_VIEWERS del bot.',
  }),
  'plan-not-current': ({ operation }) => ({
    text: `Il clic non ha cambiato nulla: ${operation} è andata avanti.`,
    remedy: `Il suo messaggio mostra che cosa si può fare ora; oppure scrivi "/migrate status ${operation}".`,
  }),
  'plan-replaced': ({ operation }) => ({
    text: `Il clic non ha cambiato nulla: ${operation} chiede ormai un altro piano.`,
    remedy: 'Il suo messaggio mostra che cosa è diverso. Guardalo, poi approva lì.',
  }),
  'already-approved': ({ operation }) => ({
    text: `La tua approvazione di ${operation} conta già.`,
    remedy: 'Non devi fare nulla: il messaggio mostra chi altro serve.',
  }),
  'click-unknown': ({ action }) => ({
    text: `Il bot non conosce questo pulsante (${action}).`,
    remedy:
      'Scrivi "/migrate status" per lo stato più recente; il messaggio può essere di una versione precedente.',
  }),
  'slack-token-refused': ({ token, error }) => ({
    text: `Slack rifiuta il token ${token}: ${error}.`,
    remedy:
      token === 'app'
        ? 'Imposta SLACK_APP_TOKEN su un token di questa app (xapp-…) con connections:write.'
        : 'Imposta SLACK_BOT_TOKEN sul token del bot (xoxb-…) di questa app; reinstallala se è stato revocato.',
  }),
  'slack-unreachable': ({ url, error }) => ({
    text: `Slack non è raggiungibile su ${url}: ${error}.`,
    remedy: 'Controlla rete, proxy (HTTPS_PROXY con NODE_USE_ENV_PROXY=1) e risoluzione dei nomi.',
  }),
  'slack-channel-refused': ({ channel, error }) => ({
    text: `Il bot non può scrivere nel canale ${channel}: ${error}.`,
    remedy: 'Invitalo lì con /invite, o imposta SLACK_CHANNEL su un canale in cui è presente.',
  }),
  'slack-call-failed': ({ method, error }) => ({
    text: `Non si sa se Slack ha eseguito ${method}: ${error}.`,
    remedy: 'Il bot verifica e ritenta da solo; se continua, controlla la rete.',
  }),
  'slack-call-refused': ({ method, error }) => ({
    text: `Slack rifiuta ${method}: ${error}.`,
    remedy: "Il bot ritenta da solo; se continua, guarda gli scope dell'app.",
  }),
  'slack-rate-limited': ({ method, waitSeconds }) => ({
    text: `Slack chiede di attendere ${waitSeconds} s prima del prossimo ${method}.`,
    remedy: 'Non devi fare nulla: il bot attende.',
  }),
  'slack-message-gone': ({ channel, ts }) => ({
    text: `Il messaggio ${ts} in ${channel} non c'è più o non si può più modificare.`,
    remedy: 'Non devi fare nulla: il bot ne pubblica uno nuovo.',
  }),
  'slack-roles-missing': ({ missing }) => ({
    text: `Non è indicato nessuno tra: ${listText(missing)}.`,
    remedy:
      'Indica id di utenti Slack (U…), separati da virgole: i nomi possono essere cambiati dai proprietari.',
  }),
};
