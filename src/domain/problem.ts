/** What an operator can fix: a code and the facts; the words live in `src/texts`. */

export type Fact = string | number | boolean | readonly string[];
export type Facts = Readonly<Record<string, Fact>>;

/** A problem as it is stored and sent: the journal, job results and peers carry this. */
export interface ProblemRecord {
  readonly code: string;
  readonly facts: Facts;
}

/** Anything a person can act on. `code` names an entry of the catalogue. */
export class Problem extends Error implements ProblemRecord {
  readonly code: string;
  readonly facts: Facts;

  constructor(code: string, facts: Facts = {}, options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(facts)}`, options);
    this.name = 'Problem';
    this.code = code;
    this.facts = facts;
  }
}

/** A problem that trying again cannot mend: blocker, checksum mismatch, wrong linkage. */
export class Verdict extends Problem {
  constructor(code: string, facts: Facts = {}, options?: ErrorOptions) {
    super(code, facts, options);
    this.name = 'Verdict';
  }
}

/** Any thrown value as a record: bugs keep their message under the code `bug`. */
export function toProblemRecord(error: unknown): ProblemRecord {
  if (error instanceof Problem) return { code: error.code, facts: error.facts };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'bug', facts: { message } };
}
