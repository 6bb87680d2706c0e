/** What can be wrong with a disk's file, as problems that an operator can read. */

import { Problem, Verdict } from '../domain/problem.ts';

export interface Damage {
  /** What is wrong, for example `region table`. */
  readonly what: string;
  /** Where in the file, in bytes. */
  readonly offset: number;
  /** What stands there. */
  readonly value: string | number;
}

export const damaged = (file: string, damage: Damage): Verdict =>
  new Verdict('disk-damaged', { file, ...damage });

export const unsupported = (file: string, what: string): Verdict =>
  new Verdict('disk-unsupported', { file, what });

/** Codes of the operating system that an operator can do something about. */
const CODES: Readonly<Record<string, string>> = {
  ENOENT: 'disk-missing',
  ENOTDIR: 'disk-missing',
  EEXIST: 'disk-exists',
  EACCES: 'disk-no-access',
  EPERM: 'disk-no-access',
  EBUSY: 'disk-in-use',
  ENOSPC: 'disk-no-space',
  EDQUOT: 'disk-no-space',
  EIO: 'disk-io-failed',
};

/** Runs one operation on a file; what the operating system refuses becomes a Problem that names it. */
export async function onFile<T>(file: string, operate: () => Promise<T>): Promise<T> {
  try {
    return await operate();
  } catch (error) {
    const code = CODES[codeOf(error)];
    if (code === undefined) throw error;
    throw new Problem(code, { file }, { cause: error });
  }
}

/** Not by `instanceof`: an error of Node's may come from another realm than ours. */
const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
