/**
 * What goes out over the connections of a session: on each of them one after the other, while what
 * it needs may already be made ready.
 */

import type { Connection } from './connection.ts';

export class Turns {
  /** Of each connection the last one, and how many wait. */
  readonly #lanes = new Map<Connection, { last: Promise<void>; waiting: number }>();
  readonly #waiting = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  /** The connection over which the fewest wait to go. */
  freest(lanes: readonly Connection[]): Connection {
    const waiting = lanes.map((lane) => this.#lanes.get(lane)?.waiting ?? 0);
    const lane = lanes[waiting.indexOf(Math.min(...waiting))];
    if (lane === undefined) throw new Error('A session without connections');
    return lane;
  }

  /**
   * Acts after all that were added to this connection before; never, once one has failed. Resolves
   * when no more than `waitingMax` are left on all.
   * @throws what one of them failed with, here or in `ended`
   */
  async add(connection: Connection, act: () => Promise<void>, waitingMax: number): Promise<void> {
    const lane = this.#lanes.get(connection) ?? { last: Promise.resolve(), waiting: 0 };
    this.#lanes.set(connection, lane);
    lane.waiting += 1;
    const turn = lane.last
      .then(() => (this.#failure === undefined ? act() : undefined))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        lane.waiting -= 1;
        this.#waiting.delete(turn);
      });
    lane.last = turn;
    this.#waiting.add(turn);
    while (this.#waiting.size > waitingMax) await Promise.race(this.#waiting);
    this.#throwIfFailed();
  }

  /** Resolves when all have acted. */
  async ended(): Promise<void> {
    await Promise.all(this.#waiting);
    this.#throwIfFailed();
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
