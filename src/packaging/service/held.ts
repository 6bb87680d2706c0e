/** On Windows a file that somebody else has open may refuse to be written, renamed or removed. */

const HELD = ['EBUSY', 'EPERM', 'EACCES'];
const TRIES_MAX = 20;
const TRY_MILLISECONDS = 50;

/** Tries for a second; whether it was done. What fails otherwise is thrown. */
export function unlessHeld(act: () => void): boolean {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    try {
      act();
      return true;
    } catch (error) {
      if (!HELD.includes(codeOf(error))) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRY_MILLISECONDS);
    }
  }
  return false;
}

/** Of an error of the file system. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
