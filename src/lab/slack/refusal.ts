/** Slack's way of saying no: `{ok: false, error: code}` with HTTP 200. */
export class Refusal extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    // The details are for who reads a failed test; on the wire they have fields of their own.
    super(Object.keys(details).length === 0 ? code : `${code} ${JSON.stringify(details)}`, options);
    this.name = 'Refusal';
    this.code = code;
    this.details = details;
  }
}

/** Too many calls: HTTP 429, and when to come again. */
export class RateLimited extends Refusal {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('ratelimited');
    this.name = 'RateLimited';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What the rules found, worded as Slack words it. */
export function refusalOf(error: string, errors: readonly string[]): Refusal {
  const messages = errors.map((message) => `[ERROR] ${message}`);
  return new Refusal(error, { errors, response_metadata: { messages } });
}
