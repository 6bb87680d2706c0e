/** Times of the day in a time zone: what its clocks show, and when they show it. Clocks change twice a year. */

/** What clocks show, to the minute. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a name that is no IANA time zone */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric' },
  });
  FORMATS.set(zone, made);
  return made;
}

export function isZone(zone: string): boolean {
  try {
    return formatOf(zone) !== undefined;
  } catch {
    return false;
  }
}

/** What the zone's clocks show at this time, milliseconds since 1970. */
export function wallAt(at: number, zone: string): WallTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
  return {
    ...{ year: part('year'), month: part('month'), day: part('day') },
    ...{ hour: part('hour'), minute: part('minute') },
  };
}

/** As if it were UTC: days and minutes can be added to it. */
export const asUtc = ({ year, month, day, hour, minute }: WallTime): number =>
  Date.UTC(year, month - 1, day, hour, minute);

/** Minutes by which the zone's clocks are ahead of UTC at this time. */
export const offsetAt = (at: number, zone: string): number =>
  (asUtc(wallAt(at, zone)) - Math.floor(at / MINUTE_MS) * MINUTE_MS) / MINUTE_MS;

/**
 * When the zone's clocks show this: once; twice in the night in which they go back; never in the
 * hour that they leave out. Milliseconds since 1970, the first one first.
 */
export function timesOf(wall: WallTime, zone: string): readonly number[] {
  const shown = asUtc(wall);
  const offsets = new Set([offsetAt(shown - DAY_MS, zone), offsetAt(shown + DAY_MS, zone)]);
  return [...offsets]
    .map((offset) => shown - offset * MINUTE_MS)
    .filter((at) => asUtc(wallAt(at, zone)) === shown)
    .toSorted((a, b) => a - b);
}
