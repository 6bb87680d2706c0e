/** Words of times: when a move begins, when its cutover may, and what waits for its time. */

import type { TextOf } from '../catalogue.ts';
import { DAYS } from '../days.ts';
import { listText, secondsText } from './amounts.ts';

const HOW = 'For example: at 22:00, tonight, saturday at 3, 2026-12-24 02:30, in 2 hours.';

export const timeProblems = {
  'time-unreadable': ({ text }) => ({
    text: `"${String(text)}" is no time that Ferry understands.`,
    remedy: HOW,
  }),
  'time-past': ({ text }) => ({
    text: `"${String(text)}" is over.`,
    remedy: `Name a time to come. ${HOW}`,
  }),
  'time-missing': ({ text, zone }) => ({
    text: `"${String(text)}" never comes in ${zone}: the clocks leave that hour out in that night.`,
    remedy: 'Name an hour before or after it.',
  }),
  'time-twice': ({ text, zone, earlier, later }) => ({
    text: `"${String(text)}" comes twice in ${zone}: the clocks go back in that night.`,
    remedy: `Say which one, with what stands behind the hour: ${String(text)} ${earlier} for the first, ${String(text)} ${later} for the second.`,
  }),
  'zone-unknown': ({ text }) => ({
    text: `Slack does not tell your time zone, so it is not known when "${String(text)}" is.`,
    remedy: `Set it in your Slack profile, or say the time with its distance to UTC: 22:00 +01:00.`,
  }),
  'hours-unreadable': ({ text }) => ({
    text: `"${String(text)}" are no hours.`,
    remedy: 'Type them like this: 22:00-05:00, or 22:00-05:00 sat,sun, or off.',
  }),
  'windows-meet': ({ source, target }) => ({
    text: `The hours in which ${source} and ${target} allow a cutover never meet.`,
    remedy: `Change one of them: /migrate window ${target} 22:00-05:00, or off.`,
  }),
} satisfies Record<string, TextOf>;

interface Hours {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly days?: readonly number[];
}

export const times = {
  hours: ({ from, to, days, zone }: Hours) => {
    const when = days ? ` from ${listText(days.map((day) => DAYS.en[day] ?? ''))}` : '';
    return `${from} to ${to}${when} (${zone})`;
  },
  windowSet: (host: string, hours: string) =>
    `A cutover on ${host} begins from ${hours} alone. Plans that were made before keep what they had.`,
  windowOff: (host: string) => `A cutover on ${host} begins at any hour.`,
  /** In a list of hosts. */
  window: (hours: string) => `cutovers from ${hours}`,
  scheduled: 'What waits for a time',
  nothing: 'Nothing waits for a time.',
  /** Before a date. */
  begins: 'begins on',
  cutover: 'cutover on',
  notApproved: 'not approved yet',
  every: (vm: string, source: string, target: string, seconds: number) =>
    `${vm} of ${source} is renewed on ${target} every ${secondsText(seconds)}`,
};
