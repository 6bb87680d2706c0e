/** Work that overlaps, with results in the order of what it was given. */

/** At most `inFlight` at once. Nothing is left running when the consumer stops or one fails. */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  inFlight: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const one = work(item);
      // Its failure is heard when its turn comes; until then it must not count as unhandled.
      one.catch(() => undefined);
      running.push(one);
      const first = running.length >= inFlight ? running.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (let first = running.shift(); first !== undefined; first = running.shift()) {
      yield await first;
    }
  } finally {
    await Promise.allSettled(running);
  }
}
