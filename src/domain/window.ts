/** Maintenance windows: when the cutover of a VM may begin on a host. */

import { asUtc, timesOf, type WallTime, wallAt } from './zone.ts';

export interface Window {
  readonly host: string;
  /** IANA name, for example `Europe/Rome`. */
  readonly zone: string;
  /** What the zone's clocks show: `22:00`. Where `to` is not after `from`, it ends on the next day. */
  readonly from: string;
  readonly to: string;
  /** On which days it begins, 0 for Sunday; absent: every day. */
  readonly days?: readonly number[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Each turn goes to a later opening; windows that have not met in so many do not meet. */
const TURNS_MAX = 200;

/** The first time from `at` on that is inside all of them; undefined where they never meet. */
export function nextInside(windows: readonly Window[], at: number): number | undefined {
  let time = at;
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const shut = windows.find((window) => !isInside(window, time));
    if (!shut) return time;
    const opens = nextOpening(shut, time);
    if (opens === undefined) return undefined;
    time = opens;
  }
  return undefined;
}

/** `from` belongs to it, `to` does not. */
export function isInside(window: Window, at: number): boolean {
  const wall = wallAt(at, window.zone);
  const now = wall.hour * 60 + wall.minute;
  const [from, to] = [minutesOf(window.from), minutesOf(window.to)];
  const begins = (days: number): boolean => isDay(window, asUtc(wall) + days * DAY_MS);
  if (from < to) return now >= from && now < to && begins(0);
  return (now >= from && begins(0)) || (now < to && begins(-1));
}

/** `22:00` in minutes; NaN for what is no time of the day. */
export function minutesOf(text: string): number {
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  return hour !== '' && Number(hour) < 24 && Number(minute) < 60 ? minutes : Number.NaN;
}

/** In the night in which clocks leave out its hour, it opens when they go on. */
function nextOpening(window: Window, after: number): number | undefined {
  const today = asUtc({ ...wallAt(after, window.zone), hour: 0, minute: 0 });
  for (let day = 0; day <= 8; day += 1) {
    const shown = today + day * DAY_MS + minutesOf(window.from) * MINUTE_MS;
    if (!isDay(window, shown)) continue;
    const [first] = opening(wallOf(shown), window.zone);
    if (first !== undefined && first > after) return first;
  }
  return undefined;
}

function opening(wall: WallTime, zone: string): readonly number[] {
  const times = timesOf(wall, zone);
  if (times.length > 0) return times;
  return timesOf(wallOf(asUtc(wall) + 60 * MINUTE_MS), zone);
}

function wallOf(shown: number): WallTime {
  const date = new Date(shown);
  return {
    ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
    ...{ hour: date.getUTCHours(), minute: date.getUTCMinutes() },
  };
}

const isDay = ({ days }: Window, shown: number): boolean =>
  days === undefined || days.includes(new Date(shown).getUTCDay());
