/** Tells disks with lies in them to our readers, for some seconds, and watches over it from outside. */

import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Case, caseOf } from './cases.ts';
import type { Outcome } from './look.ts';
import type { Said } from './process.ts';

const PROCESS = join(import.meta.dirname, 'process.ts');
const OLD_SPACE_MIB_MAX = 256;
/** Processes that share the cases: much of the time is waiting for files. */
const LANES = 2;
const START_SECONDS_MAX = 60;

export interface Fuzzing {
  readonly seed: number;
  readonly seconds: number;
  /** A module whose `read` is looked at in place of our reader: to see that what is wrong is found. */
  readonly reader?: string;
  /** It ends early when it has so many. */
  readonly findsMax?: number;
  /** A case that takes longer hangs: some milliseconds are usual, on a machine that is busy more. */
  readonly caseSecondsMax?: number;
}

export interface Find {
  readonly seed: number;
  readonly index: number;
  readonly what: string;
  readonly case: Case;
}

export interface Fuzzed {
  readonly cases: number;
  readonly read: number;
  /** How often each rejection was met, and each finding of a check. */
  readonly refused: ReadonlyMap<string, number>;
  readonly found: ReadonlyMap<string, number>;
  readonly finds: readonly Find[];
}

export async function fuzz(fuzzing: Fuzzing): Promise<Fuzzed> {
  const counts = new Counts(fuzzing.seed);
  const end = Date.now() + fuzzing.seconds * 1000;
  const lanes = Array.from({ length: LANES }, (_, first) => first);
  await Promise.all(lanes.map((first) => runLane(fuzzing, counts, { first, end })));
  return counts;
}

class Counts implements Fuzzed {
  cases = 0;
  read = 0;
  readonly refused = new Map<string, number>();
  readonly found = new Map<string, number>();
  readonly finds: Find[] = [];
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  add(index: number, { refused, found, find }: Outcome): void {
    this.cases++;
    if (refused === undefined && find === undefined) this.read++;
    const count = (map: Map<string, number>, name: string) =>
      map.set(name, (map.get(name) ?? 0) + 1);
    if (refused !== undefined) count(this.refused, refused);
    for (const code of found) count(this.found, code);
    if (find === undefined) return;
    const seed = this.#seed;
    this.finds.push({ seed, index, what: find, case: caseOf(seed, index) });
  }
}

/** One process after the other until the time is over; each case that ends one is a find. */
async function runLane(
  { seed, reader, findsMax = 5, caseSecondsMax = 30 }: Fuzzing,
  counts: Counts,
  { first, end }: { readonly first: number; readonly end: number },
): Promise<void> {
  let next = first;
  const goesOn = () => Date.now() < end && counts.finds.length < findsMax;
  while (goesOn()) {
    const args = [seed, next, LANES, ...(reader === undefined ? [] : [reader])];
    const onOutcome = (index: number, outcome: Outcome) => {
      next = index + LANES;
      counts.add(index, outcome);
      return goesOn();
    };
    const ended = await runProcess(args.map(String), { onOutcome, caseSecondsMax });
    if (ended === undefined) return;
    counts.add(next, { found: [], find: ended });
    next += LANES;
  }
}

interface Watching {
  readonly onOutcome: (index: number, outcome: Outcome) => boolean;
  readonly caseSecondsMax: number;
}

/** Until `onOutcome` wants no more, or a case ends it: then how. */
async function runProcess(
  args: readonly string[],
  { onOutcome, caseSecondsMax }: Watching,
): Promise<string | undefined> {
  const child = fork(PROCESS, args, {
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      `--max-old-space-size=${OLD_SPACE_MIB_MAX}`,
    ],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const errors: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const over = Promise.withResolvers<string | undefined>();
  let isEnding = false;
  let folder: string | undefined;
  let watchdog = watch(child, START_SECONDS_MAX);
  child.on('message', (said: Said) => {
    clearTimeout(watchdog);
    watchdog = watch(child, caseSecondsMax);
    if ('madeIn' in said) folder = said.madeIn;
    else if (!isEnding && !onOutcome(said.index, said.outcome)) {
      isEnding = true;
      child.send('end');
    }
  });
  child.once('close', (code, signal) => {
    clearTimeout(watchdog);
    const how = `ended with ${signal ?? code}: ${errors.join('').slice(-2000)}`;
    over.resolve(isEnding ? undefined : how);
  });
  const ended = await over.promise;
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  return ended;
}

const watch = (child: ChildProcess, seconds: number): NodeJS.Timeout =>
  setTimeout(() => child.kill('SIGKILL'), seconds * 1000);

export function inWords({ cases, read, refused, found, finds }: Fuzzed, seed: number): string {
  const table = (counts: ReadonlyMap<string, number>) =>
    [...counts].toSorted().map(([name, count]) => `${String(count).padStart(7)} ${name}`);
  return [
    `seed ${seed}: ${cases} cases, ${read} read, ${finds.length} finds`,
    'Refused when read:',
    ...table(refused),
    'Found by a check:',
    ...table(found),
    ...finds.map((find) => `FIND ${JSON.stringify(find)}`),
  ].join('\n');
}

/** Each as a file, to be looked at again until it is mended; kept beside the others for good. */
export async function keepFinds(folder: string, finds: readonly Find[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const find of finds) {
    const name = join(folder, `${find.seed}-${find.index}.json`);
    await writeFile(name, `${JSON.stringify(find, null, 2)}\n`);
  }
}

export const FINDS_FOLDER = join(import.meta.dirname, 'finds');
