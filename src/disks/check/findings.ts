/** What a check of a disk finds: all of it, up to a limit, each with its place in the file. */

import { type Facts, Problem, type ProblemRecord } from '../../domain/problem.ts';

/** A warning stands in a file that every program reads alike. */
export type Severity = 'damage' | 'warning';

/** `code` names the words in the catalogue. */
export interface DiskFinding extends ProblemRecord {
  readonly severity: Severity;
  readonly facts: Facts & {
    readonly file: string;
    /** Where in the file, in bytes. */
    readonly offset: number;
    /** What stands there. */
    readonly value: string | number;
  };
}

export interface Found {
  readonly offset: number;
  readonly value: string | number;
  readonly [fact: string]: string | number;
}

/** Says one finding of one file. */
export type Say = (code: string, found: Found) => void;

const WARNINGS: readonly string[] = ['vhdx-log-full', 'vhdx-bitmap-unneeded', 'vhd-geometry'];
/** A map of nothing but damage has millions of entries. */
const FINDINGS_MAX = 1000;

export class Findings {
  readonly #list: DiskFinding[] = [];
  #more = 0;
  #damages = 0;

  get list(): readonly DiskFinding[] {
    return this.#list;
  }

  /** How many were found and not listed. */
  get more(): number {
    return this.#more;
  }

  /** How many are no warnings. */
  get damages(): number {
    return this.#damages;
  }

  of(file: string): Say {
    return (code, found) => this.#add(code, { file, ...found });
  }

  /** What a reader refused, as a finding; `offset` is where it stands if the reader does not say so. */
  addRefusal({ code, facts }: Problem, { file, offset }: { file: string; offset: number }): void {
    const at = typeof facts.offset === 'number' ? facts.offset : offset;
    const { value } = facts;
    const isValue = typeof value === 'number' || typeof value === 'string';
    this.#add(code, { ...facts, file, offset: at, value: isValue ? value : code });
  }

  #add(code: string, facts: DiskFinding['facts']): void {
    const severity = WARNINGS.includes(code) ? 'warning' : 'damage';
    if (severity === 'damage') this.#damages++;
    if (this.#list.length < FINDINGS_MAX) this.#list.push({ severity, code, facts });
    else this.#more++;
  }
}

/** What the reader refuses becomes a finding, and there is nothing; anything else goes on. */
export async function orFinding<T>(
  findings: Findings,
  at: { readonly file: string; readonly offset: number },
  read: () => Promise<T> | T,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    findings.addRefusal(error, at);
    return undefined;
  }
}
