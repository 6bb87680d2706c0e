/** The two entries that each preflight check has besides its own: all is well, and not known. */

import type { TextOf } from './catalogue.ts';

export interface Answers {
  /** `subject` is what the check looks at. */
  readonly ok: (subject: string) => TextOf;
  readonly unknown: (subject: string) => TextOf;
}

type Codes<Check extends string> = `${Check}-ok` | `${Check}-unknown`;

export function textsOfChecks<Check extends string>(
  looksAt: Readonly<Record<Check, string>>,
  { ok, unknown }: Answers,
): Readonly<Record<Codes<Check>, TextOf>> {
  const entries = Object.entries<string>(looksAt).flatMap(([check, subject]) => [
    [`${check}-ok`, ok(subject)],
    [`${check}-unknown`, unknown(subject)],
  ]);
  // The names of a type are lost in its entries.
  return Object.fromEntries(entries) as Record<Codes<Check>, TextOf>;
}
