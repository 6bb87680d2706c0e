/** One preflight check's answer. */

import type { Facts } from './problem.ts';

export type Severity = 'ok' | 'warning' | 'blocker' | 'unknown';

/** `code` names the text and remedy in the catalogue; `check` names the check that spoke. */
export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  readonly code: string;
  readonly facts: Facts;
}

/** Blockers first, then what is unknown, then warnings, then what is well. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  const order: readonly Severity[] = ['blocker', 'unknown', 'warning', 'ok'];
  return findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}
