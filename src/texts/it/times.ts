/** Words of times, in Italian. */

import type { TextOf } from '../catalogue.ts';
import { DAYS } from '../days.ts';
import type { times as english, timeProblems as problems } from '../en/times.ts';
import { listText, secondsText } from './amounts.ts';

const HOW = 'Per esempio: alle 22:00, stasera, sabato alle 3, 2026-12-24 02:30, tra 2 ore.';

export const timeProblems: Readonly<Record<keyof typeof problems, TextOf>> = {
  'time-unreadable': ({ text }) => ({
    text: `"${String(text)}" non è un'ora che Ferry capisce.`,
    remedy: HOW,
  }),
  'time-past': ({ text }) => ({
    text: `"${String(text)}" è già passata.`,
    remedy: `Indica un'ora futura. ${HOW}`,
  }),
  'time-missing': ({ text, zone }) => ({
    text: `"${String(text)}" non arriva mai in ${zone}: quella notte gli orologi saltano quell'ora.`,
    remedy: "Indica un'ora prima o dopo.",
  }),
  'time-twice': ({ text, zone, earlier, later }) => ({
    text: `"${String(text)}" arriva due volte in ${zone}: quella notte gli orologi tornano indietro.`,
    remedy: `Indica quale, con ciò che segue l'ora: ${String(text)} ${earlier} per la prima, ${String(text)} ${later} per la seconda.`,
  }),
  'zone-unknown': ({ text }) => ({
    text: `Slack non dice il tuo fuso orario, perciò non si sa quando è "${String(text)}".`,
    remedy: `Impostalo nel tuo profilo Slack, o indica l'ora con la distanza da UTC: 22:00 +01:00.`,
  }),
  'hours-unreadable': ({ text }) => ({
    text: `"${String(text)}" non sono ore.`,
    remedy: 'Scrivile così: 22:00-05:00, o 22:00-05:00 sab,dom, o off.',
  }),
  'windows-meet': ({ source, target }) => ({
    text: `Le ore in cui ${source} e ${target} permettono un cutover non coincidono mai.`,
    remedy: `Cambia una delle due: /migrate window ${target} 22:00-05:00, o off.`,
  }),
};

export const times: typeof english = {
  hours: ({ from, to, days, zone }) => {
    const when = days ? ` da ${listText(days.map((day) => DAYS.it[day] ?? ''))}` : '';
    return `${from}-${to}${when} (${zone})`;
  },
  windowSet: (host, hours) =>
    `Un cutover su ${host} comincia solo in queste ore: ${hours}. I piani già fatti tengono ciò che avevano.`,
  windowOff: (host) => `Un cutover su ${host} comincia a qualsiasi ora.`,
  window: (hours) => `cutover: ${hours}`,
  scheduled: 'Che cosa aspetta la sua ora',
  nothing: 'Nulla aspetta la sua ora.',
  begins: 'comincia',
  cutover: 'passaggio',
  notApproved: 'non ancora approvato',
  every: (vm, source, target, seconds) =>
    `${vm} di ${source} si rinnova su ${target} ogni ${secondsText(seconds)}`,
};
