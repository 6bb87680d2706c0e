/**
 * Measures Ferry on this machine: `npm run bench [-- stream|delta|idle|size|plan|calls|store|chat] [--options]`, all
 * parts when none is named. Prints tables; the exit code is 1 when a promise was broken.
 */

import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { benchCalls } from './calls.ts';
import { benchChat } from './chat.ts';
import { benchPlan } from './plan.ts';
import { benchStore } from './store.ts';
import { benchDelta } from './stream/delta.ts';
import { benchIdle } from './stream/idle.ts';
import { benchSize } from './stream/size.ts';
import { benchStream } from './stream/stream.ts';
import { machineLines } from './table.ts';

export interface BenchOptions {
  /** Where files are made; they are removed again. */
  readonly directory: string;
  /** Allocated in the disk that is streamed. */
  readonly mib: number;
  readonly repetitions: number;
  readonly plans: number;
  /** Of all writers together, in each of the two loads. */
  readonly appends: number;
  readonly kills: number;
  /** Of a hundred commands each. */
  readonly rounds: number;
  /** In which Slack calls are counted, three times. */
  readonly minutes: number;
  readonly alerts: number;
  /** Where CPU profiles of the streaming processes and of the bot under load are put. */
  readonly profileDirectory?: string;
}

/** Prints its table and returns what is not as promised. */
export type Part = (options: BenchOptions) => Promise<readonly string[]>;

const PARTS: Readonly<Record<string, Part>> = {
  stream: benchStream,
  delta: benchDelta,
  idle: benchIdle,
  size: benchSize,
  plan: benchPlan,
  calls: benchCalls,
  store: benchStore,
  chat: benchChat,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dir: { type: 'string', default: tmpdir() },
    mib: { type: 'string', default: '1024' },
    repetitions: { type: 'string', default: '3' },
    plans: { type: 'string', default: '11' },
    appends: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '1' },
    alerts: { type: 'string', default: '20' },
    profile: { type: 'string' },
  },
});

/** @throws {RangeError} for what is no count */
function countOf(name: Exclude<keyof typeof values, 'dir' | 'profile'>): number {
  const count = Number(values[name]);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new RangeError(`--${name} must be a whole number from 1, not ${values[name]}`);
}

const options: BenchOptions = {
  directory: values.dir,
  mib: countOf('mib'),
  repetitions: countOf('repetitions'),
  plans: countOf('plans'),
  appends: countOf('appends'),
  kills: countOf('kills'),
  rounds: countOf('rounds'),
  minutes: countOf('minutes'),
  alerts: countOf('alerts'),
  ...(values.profile === undefined ? {} : { profileDirectory: values.profile }),
};
const unknown = positionals.find((name) => !(name in PARTS));
if (unknown !== undefined) {
  throw new RangeError(`${unknown} is no part; there are ${Object.keys(PARTS).join(', ')}`);
}
const chosen = positionals.length > 0 ? positionals : Object.keys(PARTS);
for (const line of machineLines()) console.info(line);
const wrong: string[] = [];
for (const name of chosen) {
  const part = PARTS[name];
  if (part) wrong.push(...(await part(options)));
}
console.info('');
for (const line of wrong) console.info(`Not as promised: ${line}.`);
if (wrong.length === 0) console.info('All is as promised.');
process.exitCode = wrong.length === 0 ? 0 : 1;
