/** A log of bounded size: `worker.log`, and behind it `worker.1.log` (the newest) to `worker.9.log`. */

import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, unlessHeld } from './held.ts';

export interface LogLimits {
  readonly bytesMax: number;
  /** Files in all. */
  readonly filesMax: number;
}

export const LOG_LIMITS: LogLimits = { bytesMax: 10 * 1024 * 1024, filesMax: 10 };

export interface RotatingLog {
  /** Written at once: what a process says last is what matters most. */
  line(text: string): void;
  close(): void;
}

/** Only one process may write there. */
export function openRotatingLog(folder: string, limits: LogLimits = LOG_LIMITS): RotatingLog {
  const name = (number: number) => join(folder, number ? `worker.${number}.log` : 'worker.log');
  let file = openSync(name(0), 'a');
  let bytes = fstatSync(file).size;
  let rotatesAt = limits.bytesMax;
  const rotate = (): void => {
    closeSync(file);
    const done = unlessHeld(() => {
      rmSync(name(limits.filesMax - 1), { force: true });
      for (let number = limits.filesMax - 2; number >= 0; number -= 1) {
        moveIfThere(name(number), name(number + 1));
      }
    });
    file = openSync(name(0), 'a');
    bytes = fstatSync(file).size;
    // Somebody who reads a file may forbid its renaming: then this one grows by as much again.
    rotatesAt = done ? limits.bytesMax : bytes + limits.bytesMax;
  };
  return {
    line(text) {
      const line = Buffer.from(`${text}\n`);
      if (bytes > 0 && bytes + line.length > rotatesAt) rotate();
      writeSync(file, line);
      bytes += line.length;
    },
    close: () => closeSync(file),
  };
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
