/** Which Web API calls came, and the faults that wait for the next ones. */

const CALLS_MAX = 10_000;
const FAULTS_MAX = 1_000;

/**
 * `rate-limited`: 429 with Retry-After, nothing done. `http-500`: nothing done.
 * `stored-then-cut`: done, and the socket is cut before the answer.
 */
export const FAULT_KINDS = ['rate-limited', 'http-500', 'stored-then-cut'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly method: string;
  readonly kind: FaultKind;
  readonly retryAfterSeconds: number;
}

export interface Call {
  readonly method: string;
  readonly atMs: number;
  /** Absent when Slack said ok. */
  readonly error?: string;
}

export interface Calls {
  readonly total: number;
  readonly byMethod: Readonly<Record<string, number>>;
  /** The last ones, oldest first. */
  readonly last: readonly Call[];
}

export class CallLog {
  readonly #counts = new Map<string, number>();
  readonly #last: Call[] = [];
  #faults: Fault[] = [];

  record(method: string, error?: string): void {
    this.#counts.set(method, (this.#counts.get(method) ?? 0) + 1);
    this.#last.push({ method, atMs: Date.now(), ...(error === undefined ? {} : { error }) });
    if (this.#last.length > CALLS_MAX) this.#last.shift();
  }

  calls(): Calls {
    const counts = [...this.#counts.values()];
    return {
      total: counts.reduce((sum, count) => sum + count, 0),
      byMethod: Object.fromEntries(this.#counts),
      last: [...this.#last],
    };
  }

  /** The next `times` calls of the method fail so. */
  addFault(fault: Fault, times: number): void {
    const added = Array.from({ length: Math.min(times, FAULTS_MAX) }, () => fault);
    this.#faults = [...this.#faults, ...added].slice(-FAULTS_MAX);
  }

  takeFault(method: string): Fault | undefined {
    const index = this.#faults.findIndex((fault) => fault.method === method);
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0];
  }
}
