/** Tables whose keys come from outside. */

/** Beyond this the oldest rows of a growing table are forgotten. */
const KEPT_MAX = 10_000;

/** The row of a table for a name that came from outside; `constructor` and its like are no rows. */
export function rowOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Sets a row of a table that must not grow without end. */
export function keep<T>(map: Map<string, T>, id: string, value: T): void {
  map.set(id, value);
  for (const oldest of map.keys()) {
    if (map.size <= KEPT_MAX) return;
    map.delete(oldest);
  }
}
