/** Findings as tests compare them, and whether people can read them. */

import { expect } from '@jest/globals';
import type { Finding } from '../../src/domain/finding.ts';
import { textOf } from '../../src/texts/catalogue.ts';

/** `severity code`, each with words of its own that leave nothing open. */
export function told(findings: readonly Finding[]): string[] {
  for (const finding of findings) {
    const { text, remedy } = textOf(finding);
    expect(`${text} ${remedy}`).not.toMatch(/undefined|\[object|NaN|Report this code/);
    if (finding.severity !== 'ok') expect(remedy).not.toMatch(/^Nothing/);
  }
  return findings.map(({ severity, code }) => `${severity} ${code}`);
}
