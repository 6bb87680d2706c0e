/** The way of an envelope to the app: late, out of order, twice, and again when nobody took it. */

import type { Weather } from './weather.ts';

/** When an event that was not acknowledged comes again (facts/slack.md §3: three retries). */
export const EVENT_RETRIES_MS: readonly number[] = [0, 60_000, 300_000];
/** How long an envelope is held back for one that overtakes it. */
const HOLD_MS = 300;
/** Beyond this nothing is delayed any more. */
const TIMERS_MAX = 10_000;

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

export interface Envelope {
  readonly envelope_id: string;
  readonly type: EnvelopeType;
  readonly accepts_response_payload: boolean;
  readonly payload: unknown;
}

interface EnvelopesOptions {
  readonly weather: () => Weather;
  /** After which times, one after the other, an event comes again. */
  readonly eventRetriesMs: readonly number[];
  /** Sends to any one connection, if there is one. */
  readonly send: (frame: object) => void;
  /** Tells when the envelope is not acknowledged in time from now on. */
  readonly onMissingAck: (id: string, tell: () => void) => void;
}

export class Envelopes {
  readonly #options: EnvelopesOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #held: Envelope | undefined;
  #isClosed = false;

  constructor(options: EnvelopesOptions) {
    this.#options = options;
  }

  dispatch(envelope: Envelope): void {
    const { envelopesLateMs } = this.#options.weather();
    if (envelopesLateMs > 0) this.#later(envelopesLateMs, () => this.#inOrder(envelope));
    else this.#inOrder(envelope);
  }

  /** An event comes again a few times, until it is acknowledged. */
  retryLater(envelope: Envelope, attempt = 1): void {
    const afterMs = this.#options.eventRetriesMs[attempt - 1];
    if (afterMs === undefined) return;
    this.#later(afterMs, () => {
      const again = () => this.retryLater(envelope, attempt + 1);
      this.#options.onMissingAck(envelope.envelope_id, again);
      this.#options.send(frameOf(envelope, attempt));
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** When the order is bad, the next one goes first. */
  #inOrder(envelope: Envelope): void {
    const held = this.#held;
    this.#held = undefined;
    if (held) {
      this.#send(envelope);
      this.#send(held);
    } else if (this.#options.weather().envelopesReordered) {
      this.#held = envelope;
      this.#later(HOLD_MS, () => {
        if (this.#held !== envelope) return;
        this.#held = undefined;
        this.#send(envelope);
      });
    } else {
      this.#send(envelope);
    }
  }

  #send(envelope: Envelope): void {
    this.#options.send(frameOf(envelope, 0));
    if (this.#options.weather().envelopesRepeated) this.#options.send(frameOf(envelope, 1));
  }

  #later(afterMs: number, act: () => void): void {
    if (this.#isClosed || this.#timers.size >= TIMERS_MAX) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, afterMs);
    this.#timers.add(timer);
  }
}

/** Only events say that they come again. */
function frameOf(envelope: Envelope, attempt: number): object {
  if (envelope.type !== 'events_api') return envelope;
  return { ...envelope, retry_attempt: attempt, retry_reason: attempt === 0 ? '' : 'timeout' };
}
