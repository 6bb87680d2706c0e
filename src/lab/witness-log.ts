/** The witness's log, line by line: what it acknowledged, and who talked to it. */

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Hello } from '../hosts/lab/witness-client.ts';

/** Numbers kept of each VM: more than the rings of eight disks hold. */
const NUMBERS_KEPT = 40_000;

export const witnessLogFile = (dir: string): string => join(dir, 'witness.log');

/** Every line has `at`: milliseconds since 1970. */
export type WitnessLine =
  | { readonly vm: string; readonly host: string; readonly number: number; readonly at: number }
  | { readonly event: 'witness started'; readonly at: number }
  | ({ readonly event: 'hello' } & Hello)
  /** A guest reported although a later one of the same VM had come: two of them run. */
  | {
      readonly event: 'split brain';
      readonly vm: string;
      readonly hosts: readonly string[];
      readonly at: number;
    };

export interface Gap {
  readonly milliseconds: number;
  readonly from: number;
  readonly to: number;
  /** Who was acknowledged before and after it. */
  readonly fromHost: string;
  readonly toHost: string;
}

/** What the witness knows of one VM. */
export interface VmStatistics {
  readonly vm: string;
  readonly acknowledged: number;
  readonly highest: number;
  readonly lastAt?: number;
  /** Between two acknowledgements, while the witness was there. */
  readonly longestGap?: Gap;
  readonly splitBrains: number;
  /** Acknowledged numbers, the newest `NUMBERS_KEPT` at least. */
  readonly numbers: ReadonlySet<number>;
}

interface Tally {
  vm: string;
  acknowledged: number;
  highest: number;
  lastAt?: number;
  lastHost: string;
  /** No gap is counted over a time in which the witness was away. */
  isGapOpen: boolean;
  longestGap?: Gap;
  splitBrains: number;
  numbers: Set<number>;
}

/** Adds up lines as they come; used on the file and by the witness itself. */
export class WitnessTally {
  readonly #vms = new Map<string, Tally>();

  add(line: WitnessLine): void {
    if (!('event' in line)) this.#acknowledged(line);
    else if (line.event === 'split brain') this.#of(line.vm).splitBrains += 1;
    else if (line.event === 'witness started') {
      for (const tally of this.#vms.values()) tally.isGapOpen = false;
    }
  }

  get(vm: string): VmStatistics {
    return this.#of(vm);
  }

  all(): VmStatistics[] {
    return [...this.#vms.values()];
  }

  #acknowledged({ vm, host, number, at }: Extract<WitnessLine, { number: number }>): void {
    const tally = this.#of(vm);
    const { lastAt } = tally;
    if (lastAt !== undefined && tally.isGapOpen) {
      const milliseconds = at - lastAt;
      if (milliseconds > (tally.longestGap?.milliseconds ?? 0))
        tally.longestGap = {
          milliseconds,
          from: lastAt,
          to: at,
          fromHost: tally.lastHost,
          toHost: host,
        };
    }
    Object.assign(tally, { lastAt: at, lastHost: host, isGapOpen: true });
    tally.acknowledged += 1;
    tally.highest = Math.max(tally.highest, number);
    tally.numbers.add(number);
    if (tally.numbers.size > 2 * NUMBERS_KEPT) prune(tally);
  }

  #of(vm: string): Tally {
    const found = this.#vms.get(vm);
    if (found) return found;
    const fresh: Tally = {
      vm,
      acknowledged: 0,
      highest: 0,
      lastHost: '',
      isGapOpen: false,
      splitBrains: 0,
      numbers: new Set(),
    };
    this.#vms.set(vm, fresh);
    return fresh;
  }
}

function prune(tally: Tally): void {
  const newest = tally.highest - NUMBERS_KEPT;
  for (const number of tally.numbers) if (number <= newest) tally.numbers.delete(number);
}

/** A log that is not there says nothing. A last line that a kill cut short is no line. */
export async function readWitnessLog(dir: string): Promise<WitnessTally> {
  const tally = new WitnessTally();
  for await (const line of wholeLines(witnessLogFile(dir))) {
    tally.add(JSON.parse(line) as WitnessLine);
  }
  return tally;
}

/** Each line holds one object, so a line without its closing brace was cut short. */
async function* wholeLines(path: string): AsyncGenerator<string> {
  const input = createReadStream(path, 'utf8');
  try {
    for await (const line of createInterface({ input })) if (line.endsWith('}')) yield line;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    input.destroy();
  }
}
