/** What a script's own error becomes: a Problem for people, with the whole error as its cause. */

import { type Facts, Problem, Verdict } from '../../../domain/problem.ts';
import type { ScriptErrorFacts } from './wire.ts';

/** Where it happened, as the words name it. */
export interface Place {
  readonly host: string;
  /** The script's name without folder and ending. */
  readonly script: string;
}

/** A script's error as data: match by `code`, `hresult` and `sourceType` before the message. */
export class ScriptError extends Error {
  readonly facts: ScriptErrorFacts;

  constructor(facts: ScriptErrorFacts) {
    super(facts.message);
    this.name = 'ScriptError';
    this.facts = facts;
  }
}

/** The code that the script gave itself, else `powershell-failed`. */
export function problemOf(place: Place, error: ScriptErrorFacts): Problem {
  const cause = new ScriptError(error);
  if (error.code === undefined) {
    return new Problem('powershell-failed', { ...place, ...told(error) }, { cause });
  }
  const facts: Facts = { ...place, ...error.facts };
  return error.verdict
    ? new Verdict(error.code, facts, { cause })
    : new Problem(error.code, facts, { cause });
}

function told({ message, hresult, errorId, command, at }: ScriptErrorFacts): Facts {
  const entries = Object.entries({ message, hresult, errorId, command, at });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => !!entry[1]));
}

/** The script's error behind a thrown value, if there is one. */
export function scriptErrorOf(error: unknown): ScriptError | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof ScriptError ? cause : undefined;
}
