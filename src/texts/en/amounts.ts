/** Amounts as people read them. Facts hold plain bytes and seconds; only words round. */

import type { Fact } from '../../domain/problem.ts';

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** For example `1.5 GiB`. What is no number is said to be unknown. */
export function bytesText(bytes: Fact | undefined): string {
  if (typeof bytes !== 'number' || !Number.isFinite(bytes)) return 'an unknown size';
  const steps = bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10);
  const power = Math.min(steps, UNITS.length - 1);
  const amount = bytes / 1024 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[power]}`;
}

/** For example `45 s`, `12 min`, `3 h 5 min`. */
export function secondsText(seconds: Fact | undefined): string {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return 'an unknown time';
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest > 0 ? ` ${rest} min` : ''}`;
}

/** For example `1 Gbit/s`. */
export function bitRateText(bitsPerSecond: Fact | undefined): string {
  if (typeof bitsPerSecond !== 'number' || !Number.isFinite(bitsPerSecond)) {
    return 'an unknown speed';
  }
  if (bitsPerSecond >= 1e9) return `${Number((bitsPerSecond / 1e9).toFixed(1))} Gbit/s`;
  return `${Number((bitsPerSecond / 1e6).toFixed(1))} Mbit/s`;
}

/** A fact that is a list, as one sentence part. */
export function listText(list: Fact | undefined, empty = 'none'): string {
  if (!Array.isArray(list)) return String(list ?? empty);
  return list.length > 0 ? list.join(', ') : empty;
}
