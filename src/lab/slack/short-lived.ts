/** Trigger ids and response_urls: what Slack hands out with a payload and takes back for a while. */

import { randomBytes } from 'node:crypto';
import { Refusal } from './refusal.ts';
import { keep } from './table.ts';

const TRIGGER_MS = 3_000;
const RESPONSE_URL_MS = 30 * 60_000;
const RESPONSE_URL_USES_MAX = 5;

/** Who may be answered by a response_url, and about which message. */
export interface ResponseTarget {
  readonly userId: string;
  /** Where it was done: the id of a channel. */
  readonly channel: string;
  /** The message whose button was clicked; a slash command has none. */
  readonly originalTs?: string | undefined;
  readonly threadTs?: string | undefined;
}

interface Given<T> {
  readonly target: T;
  readonly expiresAtMs: number;
  uses: number;
}

export class ShortLived {
  readonly #triggers = new Map<string, Given<string>>();
  readonly #responses = new Map<string, Given<ResponseTarget>>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  giveTrigger(userId: string): string {
    const id = `${Date.now()}.${randomBytes(4).readUInt32BE()}.${randomBytes(16).toString('hex')}`;
    keep(this.#triggers, id, { target: userId, expiresAtMs: this.#nowMs() + TRIGGER_MS, uses: 0 });
    return id;
  }

  /**
   * Does what the trigger allows, for the user who caused it, and uses it up unless that throws.
   * @throws Refusal
   */
  useTrigger<T>(id: string, act: (userId: string) => T): T {
    const trigger = this.#triggers.get(id);
    if (!trigger) throw new Refusal('invalid_trigger_id');
    if (trigger.uses > 0) throw new Refusal('exchanged_trigger_id');
    if (this.#nowMs() > trigger.expiresAtMs) throw new Refusal('expired_trigger_id');
    const done = act(trigger.target);
    trigger.uses += 1;
    return done;
  }

  /** The last part of a response_url. */
  giveResponse(target: ResponseTarget): string {
    const id = randomBytes(16).toString('hex');
    keep(this.#responses, id, { target, expiresAtMs: this.#nowMs() + RESPONSE_URL_MS, uses: 0 });
    return id;
  }

  /** @throws Refusal */
  takeResponse(id: string): ResponseTarget {
    const response = this.#responses.get(id);
    if (!response || this.#nowMs() > response.expiresAtMs) throw new Refusal('expired_url');
    if (response.uses >= RESPONSE_URL_USES_MAX) throw new Refusal('used_url');
    response.uses += 1;
    return response.target;
  }
}
