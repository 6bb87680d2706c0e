/** Words of the doctor's findings in Italian: Slack, the people with a role, and the running bot. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import type { doctorSlackProblems as english } from '../en/doctor-slack.ts';
import { listText } from './amounts.ts';
import { rolesText } from './names.ts';

const NOTHING = 'Non devi fare nulla.';
const INSTALL = 'api.slack.com/apps, la tua app, "Install App", "Reinstall to Workspace"';
const FIND_USER = 'In Slack: il profilo della persona, "⋮", "Copia ID membro".';
const among = (roles: Fact | undefined): string => `tra gli ${rolesText(roles)}`;

export const doctorSlackProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'doctor-bot-token-ok': ({ user, team }) => ({
    text: `Slack riconosce il token del bot: @${user} in ${team}.`,
    remedy: NOTHING,
  }),
  'doctor-app-token-ok': () => ({
    text: "Slack accetta il token dell'app per Socket Mode.",
    remedy: NOTHING,
  }),
  'doctor-scopes-ok': () => ({
    text: 'Gli scope concessi sono quelli di manifest.json.',
    remedy: NOTHING,
  }),
  'doctor-scopes-missing': ({ scopes }) => ({
    text: `All'app mancano scope necessari: ${listText(scopes)}.`,
    remedy: `Incolla di nuovo manifest.json in "App Manifest", poi ${INSTALL}.`,
  }),
  'doctor-scopes-declined': ({ scopes }) => ({
    text:
      `All'app mancano scope facoltativi: ${listText(scopes)}. ` +
      "Dopo un messaggio dall'esito ignoto il bot lo pubblica di nuovo e dice che può essere il secondo.",
    remedy: `Accettalo, o concedili: ${INSTALL}.`,
  }),
  'doctor-scopes-extra': ({ scopes }) => ({
    text: `All'app è stato concesso più del necessario: ${listText(scopes)}.`,
    remedy: `Incolla di nuovo manifest.json in "App Manifest", poi ${INSTALL}.`,
  }),
  'doctor-scopes-unknown': () => ({
    text: 'Slack non dice quali scope sono stati concessi.',
    remedy: 'Guarda in api.slack.com/apps, la tua app, "OAuth & Permissions", "Bot Token Scopes".',
  }),
  'doctor-channel-ok': ({ channel }) => ({
    text: `Il bot è nel canale ${channel}.`,
    remedy: NOTHING,
  }),
  'doctor-channel-not-in': ({ channel }) => ({
    text: `Il bot non è nel canale ${channel}, o quel canale è archiviato.`,
    remedy: 'Scrivi /invite @ferry in quel canale, o imposta SLACK_CHANNEL su un altro.',
  }),
  'doctor-channel-unknown': ({ channel }) => ({
    text:
      `Il bot non può verificare se è nel canale ${channel}: all'app manca channels:history, o ` +
      'groups:history se il canale è privato. Se non è lì, nessun piano e nessun allarme viene mostrato.',
    remedy: `Scrivi /invite @ferry in quel canale: se c'è già, Slack lo dice. Oppure concedi lo scope: ${INSTALL}.`,
  }),
  'doctor-connections-ok': ({ open }) => ({
    text: `Il bot ha ${open} connessioni a Slack.`,
    remedy: NOTHING,
  }),
  'doctor-connections-few': ({ open, wanted }) => ({
    text: `Connessioni del bot a Slack: ${open} su ${wanted}.`,
    remedy: 'Slack le rinnova ogni poche ore: ripeti tra 10 s. Se resta così, riavvia il bot.',
  }),
  'doctor-connections-none': () => ({
    text: 'Il bot non è connesso a Slack: comandi e clic non arrivano.',
    remedy:
      'Controlla che *.slack.com sia raggiungibile sulla porta 443, WebSocket compresi, e guarda il log del bot. ' +
      'Poi riavvialo: npm run -s ferry -- --env bot.env bot',
  }),
  'doctor-connections-unknown': () => ({
    text: 'Le connessioni a Slack non sono note: accanto a questo comando non è in esecuzione nessun bot.',
    remedy: 'Avvialo: npm run -s ferry -- --env bot.env bot',
  }),
  'doctor-roles-ok': ({ people }) => ({
    text: `Utenti e gruppi con un ruolo: ${people}, esistono tutti, e abbastanza possono approvare.`,
    remedy: NOTHING,
  }),
  'doctor-roles-many': ({ people, looked }) => ({
    text: `Di ${people} utenti e gruppi con un ruolo ne sono stati controllati solo ${looked}.`,
    remedy: 'Indica invece un gruppo di utenti: il suo id comincia con S.',
  }),
  'doctor-role-absent': ({ user, roles }) => ({
    text: `Slack non conosce ${user}, che è indicato ${among(roles)}.`,
    remedy: `Correggi FERRY_OPERATORS, FERRY_APPROVERS, FERRY_ADMINISTRATORS o FERRY_VIEWERS e riavvia il bot. ${FIND_USER}`,
  }),
  'doctor-role-deactivated': ({ user, roles }) => ({
    text: `${user}, indicato ${among(roles)}, è disattivato in Slack.`,
    remedy: `Togli ${user} da FERRY_OPERATORS, FERRY_APPROVERS, FERRY_ADMINISTRATORS o FERRY_VIEWERS e riavvia il bot.`,
  }),
  'doctor-role-bot': ({ user, roles }) => ({
    text: `${user}, indicato ${among(roles)}, è un bot e non può fare clic.`,
    remedy: `Indica invece una persona e riavvia il bot. ${FIND_USER}`,
  }),
  'doctor-role-group-empty': ({ group, roles }) => ({
    text: `Il gruppo di utenti ${group}, indicato ${among(roles)}, non ha membri.`,
    remedy: 'Aggiungi persone al gruppo in Slack, in "Persone", "Gruppi di utenti".',
  }),
  'doctor-role-unread': ({ id, roles, reason }) => ({
    text: `Non è stato possibile cercare ${id}, indicato ${among(roles)}: ${reason}. Finché è così, non dà a nessuno un ruolo.`,
    remedy: `Per un gruppo serve usergroups:read, per una persona users:read. Concedili: ${INSTALL}.`,
  }),
  'doctor-approvers-few': ({ needed, found }) => ({
    text: `Approvazioni necessarie: ${needed}; persone che possono darle, oltre a chi chiede: ${found}.`,
    remedy: 'Indica altre persone o un gruppo in FERRY_APPROVERS, e riavvia il bot.',
  }),
  'bot-not-running': ({ state }) => ({
    text: `Nessun bot è in esecuzione su ${state}, o è bloccato da un po'.`,
    remedy:
      'Avvialo: npm run -s ferry -- --env bot.env bot. Se è in esecuzione, guarda il suo log.',
  }),
  'bot-without-store': () => ({
    text: 'Il bot è in esecuzione, ma il suo store non risponde.',
    remedy: 'Guarda che cosa non va: npm run -s ferry -- --env bot.env doctor',
  }),
  'bot-without-slack': () => ({
    text: 'Il bot è in esecuzione, ma non è connesso a Slack.',
    remedy: 'Guarda che cosa non va: npm run -s ferry -- --env bot.env doctor',
  }),
};
