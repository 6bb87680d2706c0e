/** Numbers as people read them. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

export const secondsText = (milliseconds: number): string =>
  milliseconds < 10_000
    ? `${(milliseconds / 1000).toFixed(2)} s`
    : `${Math.round(milliseconds / 1000)} s`;

export const countText = (count: number): string => new Intl.NumberFormat().format(count);

/** The local time of day of a Slack ts. */
export const timeText = (ts: string): string =>
  new Date(Number(ts) * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
