/** Amounts as people read them. Facts hold plain bytes and seconds; only words round. */

import type { Fact } from '../domain/problem.ts';

export interface AmountWords {
  /** The unit of what is less than a KiB. */
  readonly bytes: string;
  /** What is no number is said to be unknown. */
  readonly size: string;
  readonly time: string;
  readonly speed: string;
  /** An empty list. */
  readonly none: string;
}

export interface Amounts {
  /** For example `1.5 GiB`. */
  readonly bytesText: (bytes: Fact | undefined) => string;
  /** For example `45 s`, `12 min`, `3 h 5 min`. */
  readonly secondsText: (seconds: Fact | undefined) => string;
  /** For example `1 Gbit/s`. */
  readonly bitRateText: (bitsPerSecond: Fact | undefined) => string;
  /** A fact that is a list, as one sentence part. */
  readonly listText: (list: Fact | undefined, empty?: string) => string;
}

/** `locale`: BCP 47; it decides between comma and point. Unit symbols are the same everywhere. */
export function amountsIn(locale: string, words: AmountWords): Amounts {
  const units = [words.bytes, 'KiB', 'MiB', 'GiB', 'TiB'];
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, useGrouping: false });
  const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, useGrouping: false });
  const oneTenth = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    useGrouping: false,
  });
  return {
    bytesText(bytes) {
      if (!isNumber(bytes)) return words.size;
      const steps = bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10);
      const power = Math.min(steps, units.length - 1);
      const amount = bytes / 1024 ** power;
      const number = power === 0 || amount >= 100 ? whole : oneTenth;
      return `${number.format(amount)} ${units[power]}`;
    },
    secondsText(seconds) {
      if (!isNumber(seconds)) return words.time;
      if (seconds < 10) return `${tenths.format(seconds)} s`;
      if (seconds < 100) return `${whole.format(seconds)} s`;
      const minutes = Math.round(seconds / 60);
      if (minutes < 100) return `${minutes} min`;
      const rest = minutes % 60;
      return `${Math.floor(minutes / 60)} h${rest > 0 ? ` ${rest} min` : ''}`;
    },
    bitRateText(bitsPerSecond) {
      if (!isNumber(bitsPerSecond)) return words.speed;
      if (bitsPerSecond >= 1e9) return `${tenths.format(bitsPerSecond / 1e9)} Gbit/s`;
      return `${tenths.format(bitsPerSecond / 1e6)} Mbit/s`;
    },
    listText(list, empty = words.none) {
      if (!Array.isArray(list)) return String(list ?? empty);
      return list.length > 0 ? list.join(', ') : empty;
    },
  };
}

const isNumber = (fact: Fact | undefined): fact is number =>
  typeof fact === 'number' && Number.isFinite(fact);

/** A time of the day and its date that is the same for every reader: `2026-11-24 08:15 UTC`. */
export const utcText = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
