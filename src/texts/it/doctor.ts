/** Words of the doctor's findings in Italian: machines, store and hosts, and the command that helps. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import type { doctorProblems as english } from '../en/doctor.ts';
import { bytesText, listText } from './amounts.ts';

const NOTHING = 'Non devi fare nulla.';
const RESTART_WORKER = 'schtasks /Run /TN "Ferry worker"';

/** Findings name a machine by its host; the bot's own is `bot`. Prepositions join with the article. */
const placed =
  (ofTheBot: string, preposition: string) =>
  (host: Fact | undefined): string =>
    host === 'bot' ? `${ofTheBot} macchina del bot` : `${preposition} ${host ?? 'un host'}`;
const on = placed('sulla', 'su');
const of = placed('della', 'di');
const to = placed('alla', 'a');
const from = placed('dalla', 'da');

const envOf = (host: Fact | undefined): string => (host === 'bot' ? 'bot.env' : `${host}.env`);
const doctor = (host: Fact | undefined): string =>
  `npm run -s ferry -- --env ${envOf(host)} doctor`;

const because = (reason: Fact | undefined): string => (reason === undefined ? '' : `: ${reason}`);

export const doctorProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'doctor-node-ok': ({ host, version }) => ({
    text: `Node ${version} è in uso ${on(host)}.`,
    remedy: NOTHING,
  }),
  'doctor-node-old': ({ host, version, wanted }) => ({
    text: `Node ${version} ${on(host)} è troppo vecchio; Ferry richiede ${wanted}.`,
    remedy: 'Dopo "npm ci" avvia Ferry con "npm run -s ferry -- …", che usa il proprio Node.',
  }),
  'doctor-state-ok': ({ host, folder }) => ({
    text: `La cartella ${folder} ${on(host)} è scrivibile e sta su un disco locale.`,
    remedy: NOTHING,
  }),
  'doctor-state-unwritable': ({ host, folder, reason }) => ({
    text: `La cartella ${folder} ${on(host)} non è scrivibile: ${reason}`,
    remedy:
      "Assegnala all'utente con cui gira Ferry, o imposta FERRY_STATE su un'altra cartella. " +
      `Windows: icacls "${folder}" /grant USER:(OI)(CI)M. Linux: chown -R USER "${folder}".`,
  }),
  'doctor-state-remote': ({ host, folder, fileSystem }) => ({
    text: `La cartella ${folder} ${on(host)} non è su questa macchina (${fileSystem}).`,
    remedy:
      'Ferma Ferry, sposta la cartella su un disco locale, impostala in FERRY_STATE e riavvia. ' +
      'Ciò che vi viene scritto deve stare su questo disco anche quando manca la rete.',
  }),
  'doctor-state-fleeting': ({ host, folder, fileSystem }) => ({
    text: `La cartella ${folder} ${on(host)} non sopravvive a un riavvio (${fileSystem}).`,
    remedy:
      'Imposta FERRY_STATE su una cartella che resta. In un container montaci un volume: ' +
      'docker run -v ferry-state:/home/node/state …',
  }),
  'doctor-state-unknown': ({ host, folder }) => ({
    text: `La cartella ${folder} ${on(host)} è scrivibile; non si sa se il suo disco è locale.`,
    remedy: `Controlla a mano, su Linux: findmnt -T "${folder}". Non deve essere una condivisione di rete.`,
  }),
  'doctor-store-ok': ({ host, kind, url, settings }) => ({
    text: `${kind} su ${url} risponde ${to(host)} e conserva ciò che conferma: ${listText(settings)}.`,
    remedy: NOTHING,
  }),
  'doctor-clock-ok': ({ host, seconds }) => ({
    text: `L'orologio dello store e quello ${of(host)} differiscono di ${Math.abs(Number(seconds))} s.`,
    remedy: NOTHING,
  }),
  'doctor-clock-off': ({ host, seconds }) => ({
    text:
      `L'orologio dello store è ${Math.abs(Number(seconds))} s ` +
      `${Number(seconds) > 0 ? 'avanti' : 'indietro'} rispetto a quello ${of(host)}.`,
    remedy:
      'Regola entrambi con lo stesso server NTP. Windows: w32tm /resync. Linux: timedatectl set-ntp true.',
  }),
  'doctor-clock-unknown': ({ host }) => ({
    text: `L'orologio dello store non è leggibile ${from(host)}.`,
    remedy: `Sistema prima lo store, poi ripeti: ${doctor(host)}`,
  }),
  'doctor-hosts-unknown': () => ({
    text: 'Impossibile interrogare gli host: il loro elenco è nello store, che non risponde.',
    remedy: `Sistema prima lo store, poi ripeti: ${doctor('bot')}`,
  }),
  'doctor-hosts-none': () => ({
    text: 'Nessun host si è annunciato.',
    remedy:
      'Avvia un worker su ogni host: npm run -s ferry -- --env HOST.env worker. ' +
      'Poi scrivi /migrate enroll HOST CODE con il codice che mostra.',
  }),
  'doctor-host-ok': ({ host, version, seconds }) => ({
    text: `${host} è registrato, ha dato segno ${seconds} s fa e usa Ferry ${version}.`,
    remedy: NOTHING,
  }),
  'doctor-host-not-enrolled': ({ host }) => ({
    text: `${host} si è annunciato e non è registrato: nulla viene spostato lì o da lì.`,
    remedy: `Scrivi /migrate enroll ${host} CODE. Il suo worker mostra il codice a ogni avvio.`,
  }),
  'doctor-host-key-changed': ({ host }) => ({
    text: `Il worker su ${host} ha una chiave diversa da quella registrata.`,
    remedy:
      'Se è stato reinstallato, scrivi ' +
      `/migrate enroll ${host} CODE con il codice che mostra ora. Altrimenti si è annunciato qualcun altro.`,
  }),
  'doctor-host-never-heard': ({ host }) => ({
    text: `${host} è registrato e non ha mai dato segno di sé.`,
    remedy: `Su ${host}: ${RESTART_WORKER}, oppure npm run -s ferry -- --env ${host}.env worker`,
  }),
  'doctor-host-silent': ({ host, seconds }) => ({
    text: `L'ultimo segno di ${host} è di ${seconds} s fa.`,
    remedy: `Su ${host}: ${RESTART_WORKER}. Se lì è già in esecuzione: ${doctor(host)}`,
  }),
  'doctor-host-unexamined': ({ host }) => ({
    text: `Di ${host} non si conoscono la versione, i dischi, l'orologio, né se raggiunge gli altri.`,
    remedy: `Su ${host}: ${doctor(host)}`,
  }),
  'doctor-version-ok': ({ host, version }) => ({
    text: `${host} e il bot usano la stessa versione di Ferry, ${version}.`,
    remedy: NOTHING,
  }),
  'doctor-version-differs': ({ host, version, wanted }) => ({
    text: `${host} usa Ferry ${version}, il bot ${wanted}.`,
    remedy: `Quando nulla è in corso: installa Ferry ${wanted} su ${host}, npm ci, e ${RESTART_WORKER}`,
  }),
  'doctor-reach-ok': ({ host, to: other, address, milliseconds }) => ({
    text: `${host} raggiunge ${other} su ${address} in ${milliseconds} ms.`,
    remedy: NOTHING,
  }),
  'doctor-reach-failed': ({ host, to: other, address, port, reason }) => ({
    text: `${host} non raggiunge ${other} su ${address}: ${reason}.`,
    remedy:
      `Su ${other}: New-NetFirewallRule -DisplayName Ferry -Direction Inbound -Protocol TCP -LocalPort ${port} -Action Allow. ` +
      `Su ${host}: Test-NetConnection ${String(address).replace(/:\d+$/, '')} -Port ${port}`,
  }),
  'doctor-reach-unknown': ({ host, to: other }) => ({
    text: `Non è stato possibile provare se ${host} raggiunge ${other}: ${other} non ha comunicato il suo indirizzo, o ${host} non ha una chiave.`,
    remedy: `Su ${other}: ${RESTART_WORKER}. Poi su ${host}: ${doctor(host)}`,
  }),
  'doctor-space-ok': ({ host, volume, bytesFree }) => ({
    text: `${volume} su ${host} ha ${bytesText(bytesFree)} liberi.`,
    remedy: NOTHING,
  }),
  'doctor-space-low': ({ host, volume, bytesFree, bytesReserved, bytesWanted }) => ({
    text:
      `${volume} su ${host} ha ${bytesText(bytesFree)} liberi, di cui ${bytesText(bytesReserved)} ` +
      `riservati; Ferry ne vuole ${bytesText(bytesWanted)}.`,
    remedy: `Cerca copie che non servono a nessuno: /migrate copies. Oppure libera spazio su ${volume}.`,
  }),
  'doctor-space-unknown': ({ host, volume }) => ({
    text: `Non è stato possibile leggere lo spazio libero di ${volume} su ${host}.`,
    remedy: `Su ${host}: Get-Volume`,
  }),
  'doctor-live-ok': ({ host, to, checks }) => ({
    text: `Migrazione live tra ${host} e ${to}, nei due sensi: ${checks} controlli vanno bene.`,
    remedy: NOTHING,
  }),
  'doctor-live-served': ({ host, build }) => ({
    text:
      `${host} usa un Windows precedente al 2016 (build ${build}), dove nessun worker funziona: lo serve ` +
      'il worker di un altro host, e le VM vi si spostano solo live.',
    remedy: NOTHING,
  }),
  'doctor-live-unknown': ({ host, to, reason }) => ({
    text: `Non è noto se le VM possano spostarsi live tra ${host} e ${to}: ${to} non ha risposto${because(reason)}.`,
    remedy: `Su ${to}: ${RESTART_WORKER}. Poi su ${host}: ${doctor(host)}`,
  }),
};
