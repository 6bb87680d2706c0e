/** What the hosts' management services write into their logs about VMs: facts C #45 and D.4. */

import type { LoggedEvent, SimVm } from './kept.ts';
import type { KeptWorld } from './kept-world.ts';

/** Older ones are overwritten, as Windows does. */
const EVENTS_MAX = 2000;

export const MERGE = {
  started: 19070,
  finished: 19080,
  interrupted: 19090,
  failed: 19100,
} as const;
const ERROR = 2;
const INFORMATION = 4;

export class EventLog {
  readonly #world: KeptWorld;

  constructor(world: KeptWorld) {
    this.#world = world;
  }

  async add({ host, lab }: SimVm, id: number, hresult?: number): Promise<void> {
    const { events } = this.#world.kept;
    const event: LoggedEvent = {
      host,
      record: (events.at(-1)?.record ?? 0) + 1,
      id,
      at: Date.now(),
      level: id === MERGE.failed || id === MERGE.interrupted ? ERROR : INFORMATION,
      vmName: lab.name,
      vmId: lab.id,
      ...(hresult === undefined ? {} : { hresult }),
    };
    this.#world.kept.events = [...events, event].slice(-EVENTS_MAX);
    await this.#world.save();
  }

  /** Oldest first. */
  of(host: string): readonly LoggedEvent[] {
    return this.#world.kept.events.filter((event) => event.host === host);
  }
}
