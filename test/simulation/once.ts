/**
 * Runs schedules on copies of the core: `[{directory, schedules}]` as JSON in, what each violated
 * as JSON out.
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { simulate as Simulate } from './run.ts';
import type { Schedule } from './schedule.ts';

export interface Job {
  readonly directory: string;
  readonly schedules: readonly Schedule[];
}

const jobs = JSON.parse(process.argv[2] ?? '[]') as Job[];
const violations: (readonly string[])[][] = [];
for (const { directory, schedules } of jobs) {
  const run = pathToFileURL(join(directory, 'test/simulation/run.ts')).href;
  const { simulate } = (await import(run)) as { simulate: typeof Simulate };
  const found: (readonly string[])[] = [];
  for (const schedule of schedules) found.push((await simulate(schedule)).violations);
  violations.push(found);
}
console.log(JSON.stringify(violations));
