/**
 * The only door to chrono-node: from what a person types for a time to the time that is meant, by the
 * clocks of the person's own time zone, through the nights in which these change.
 */

import type { ParsedComponents } from 'chrono-node';
import { casual as english } from 'chrono-node/en';
import { casual as italian } from 'chrono-node/it';
import { Problem } from '../../domain/problem.ts';
import { asUtc, offsetAt, timesOf, type WallTime } from '../../domain/zone.ts';
import type { Language } from '../../texts/words.ts';

export interface Asking {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** IANA name of the person's time zone. */
  readonly zone: string;
  /** Tried first; the other languages are understood too. */
  readonly language: Language;
}

const PARSERS = { en: english, it: italian } satisfies Record<Language, typeof english>;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Whether it reads like a time, whoever says it and when. */
export const isWhen = (text: string): boolean =>
  found(text, { now: 0, zone: 'UTC', language: 'en' }) !== undefined;

/**
 * Always in the future, milliseconds since 1970.
 * @throws {Problem} time-unreadable | time-past | time-missing (the hour that clocks leave out) |
 * time-twice (the hour that they show twice)
 */
export function timeIn(text: string, asking: Asking): number {
  const start = found(text, asking);
  if (!start) throw new Problem('time-unreadable', { text });
  const { now, zone } = asking;
  const at = start.isCertain('timezoneOffset')
    ? start.date().getTime()
    : onClocks(start, text, asking);
  if (at <= now) throw new Problem('time-past', { text, at, zone });
  return at;
}

/** All of the text is a time, in one of the languages. */
function found(text: string, { now, zone, language }: Asking): ParsedComponents | undefined {
  const order = [language, ...(Object.keys(PARSERS) as Language[])];
  const reference = { instant: new Date(now), timezone: offsetAt(now, zone) };
  for (const one of order) {
    const [result] = PARSERS[one].parse(text, reference, { forwardDate: true });
    if (result && result.text.length === text.trim().length && !result.end) return result.start;
  }
  return undefined;
}

function onClocks(start: ParsedComponents, text: string, { now, zone }: Asking): number {
  const wall = wallOf(start);
  const times = once(wall, { text, zone });
  // A time of the day alone is the next one: tomorrow's, where today's is over.
  const isOfDay = start.isCertain('day') || start.isCertain('weekday');
  if (isOfDay || times > now) return times;
  return once(wallOf(start, 1), { text, zone });
}

function once(wall: WallTime, { text, zone }: { text: string; zone: string }): number {
  const [first, second] = timesOf(wall, zone);
  if (first === undefined) throw new Problem('time-missing', { text, zone });
  if (second === undefined) return first;
  const [earlier, later] = [first, second].map((at) => offsetText(offsetAt(at, zone)));
  throw new Problem('time-twice', { text, zone, earlier: earlier ?? '', later: later ?? '' });
}

function wallOf(start: ParsedComponents, days = 0): WallTime {
  const part = (name: Parameters<ParsedComponents['get']>[0]): number => start.get(name) ?? 0;
  const shown = asUtc({
    ...{ year: part('year'), month: part('month'), day: part('day') },
    ...{ hour: part('hour'), minute: part('minute') },
  });
  const date = new Date(shown + days * DAY_MS);
  return {
    ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
    ...{ hour: date.getUTCHours(), minute: date.getUTCMinutes() },
  };
}

/** As it may be typed behind a time: `+01:00`. */
function offsetText(minutes: number): string {
  const date = new Date(Math.abs(minutes) * MINUTE_MS);
  return `${minutes < 0 ? '-' : '+'}${date.toISOString().slice(11, 16)}`;
}
