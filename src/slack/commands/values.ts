/** Values as people type them. Amounts need their units, so that nobody has to guess. */

import type { SwitchChoice } from '../../domain/plan.ts';
import { minutesOf } from '../../domain/window.ts';

const BYTES_PER_SECOND_MIN = 1_000;
const BYTES_PER_SECOND_MAX = 1e12;
/** As long as `FERRY_PAUSE_SECONDS_MAX` may be. */
const SECONDS_MAX = 86_400;

const POWERS: readonly string[] = ['', 'k', 'm', 'g', 't'];

/**
 * Bytes a second from `50MB/s`, `1.5 GiB/s` or `400Mbit/s`; a decimal comma will do. `Mb` after a
 * capital is refused: it is read as bits by some and as bytes by others, eight times apart.
 */
export function readRate(text: string): number | undefined {
  const parts = /^(\d{1,12}(?:[.,]\d{1,6})?)\s*([kmgt]?)(i?)(b|bits?)(?:\/s|ps)?$/i.exec(text);
  if (!parts) return undefined;
  const [, digits = '', prefix = '', binary = '', unit = ''] = parts;
  const isAmbiguous = unit === 'b' && prefix !== prefix.toLowerCase();
  if (isAmbiguous || (binary !== '' && prefix === '')) return undefined;
  const base = binary === '' ? 1000 : 1024;
  const power = POWERS.indexOf(prefix.toLowerCase());
  const perUnit = base ** power / (unit.toLowerCase().startsWith('bit') ? 8 : 1);
  const bytesPerSecond = Math.round(Number(digits.replace(',', '.')) * perUnit);
  const isSensible =
    bytesPerSecond >= BYTES_PER_SECOND_MIN && bytesPerSecond <= BYTES_PER_SECOND_MAX;
  return isSensible ? bytesPerSecond : undefined;
}

/** Seconds from `90s`, `2m`, `1m30s` or `90 s`: whole ones, from one second to a day. */
export function readDuration(text: string): number | undefined {
  const parts = /^(?:(\d{1,5})h)?(?:(\d{1,5})m(?:in)?)?(?:(\d{1,5})s(?:ec)?)?$/i.exec(
    text.replace(/\s/g, ''),
  );
  if (!parts) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((digits) => Number(digits ?? 0));
  const all = hours * 3600 + minutes * 60 + seconds;
  return all >= 1 && all <= SECONDS_MAX ? all : undefined;
}

/** A VM has eight adapters at most. */
const SWITCHES_MAX = 8;

/** `LAN=Office`, or several with commas between; each switch of the source once. */
export function readSwitches(text: string): readonly SwitchChoice[] | undefined {
  const pairs = text.split(',').map((pair) => pair.split('=').map((name) => name.trim()));
  const choices = pairs.flatMap(([from = '', to = '', ...more]) =>
    from === '' || to === '' || more.length > 0 ? [] : [{ from, to }],
  );
  const names = new Set(choices.map(({ from }) => from.toLowerCase()));
  const isWhole = choices.length === pairs.length && names.size === pairs.length;
  return isWhole && pairs.length <= SWITCHES_MAX ? choices : undefined;
}

/** Of a maintenance window; what a person's clocks show. */
export interface Hours {
  readonly from: string;
  readonly to: string;
  /** On which days it begins, 0 for Sunday. */
  readonly days?: readonly number[];
}

const DAYS: Readonly<Record<string, number>> = {
  ...{ sun: 0, mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6 },
  ...{ dom: 0, lun: 1, mar: 2, mer: 3, gio: 4, ven: 5, sab: 6 },
};

/** `22:00-05:00`, or `22:00-05:00 sat,sun` where it begins on these days alone. */
export function readHours(text: string): Hours | undefined {
  const [, from = '', to = '', names] =
    /^(\d{1,2}:\d{2})-(\d{1,2}:\d{2})\s*([a-z]{3}(?:,[a-z]{3})*)?$/i.exec(text) ?? [];
  const [begins, ends] = [minutesOf(from), minutesOf(to)];
  const days = names?.split(',').map((name) => DAYS[name.toLowerCase()]);
  const isTime = begins >= 0 && ends >= 0 && begins !== ends;
  if (!isTime || days?.includes(undefined)) return undefined;
  const known = [...new Set(days?.filter((day) => day !== undefined))];
  return { from, to, ...(days ? { days: known } : {}) };
}
