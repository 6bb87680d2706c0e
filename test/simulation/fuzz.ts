/**
 * Looks for a schedule that breaks an invariant, and shrinks it:
 * `node test/simulation/fuzz.ts RUNS SEED any|stream|off|live|delete [MUTANT]`. With a mutant it runs on the
 * broken copy.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { breakCopy } from './mutants/broken-copy.ts';
import { MUTANTS } from './mutants/mutants.ts';
import { simulate } from './run.ts';
import {
  deleteSchedules,
  liveSchedules,
  offSchedules,
  schedules,
  streamSchedules,
} from './schedules.ts';

const SHRINK_SECONDS = 120;

const LISTS = {
  any: schedules,
  stream: streamSchedules,
  off: offSchedules,
  live: liveSchedules,
  delete: deleteSchedules,
};
const [runs = '300', seed = '1', list = 'any', name] = process.argv.slice(2);
const drawn = LISTS[list as keyof typeof LISTS];
if (!drawn) throw new Error(`There is no list ${list}: any, stream, off, live or delete`);

if (name === undefined) await look(Number(runs), Number(seed));
else await lookAtMutant(name);

async function lookAtMutant(wanted: string): Promise<void> {
  const mutant = MUTANTS.find((one) => one.name === wanted);
  if (!mutant) throw new Error(`There is no mutant ${wanted}`);
  await using copy = await breakCopy(join(import.meta.dirname, '../..'), mutant);
  const file = join(copy.directory, 'test/simulation/fuzz.ts');
  const child = spawnSync(process.execPath, [file, runs, seed, list], { stdio: 'inherit' });
  process.exitCode = child.status ?? 1;
}

async function look(numRuns: number, from: number): Promise<void> {
  const check = fc.asyncProperty(drawn, async (schedule) => {
    const { violations } = await simulate(schedule);
    if (violations.length > 0) throw new Error(violations.join('; '));
  });
  const interruptAfterTimeLimit = SHRINK_SECONDS * 1000 + numRuns * 100;
  const found = await fc.check(check, { seed: from, numRuns, interruptAfterTimeLimit });
  const [schedule] = found.counterexample ?? [];
  if (!schedule) return console.log(`Nothing wrong in ${found.numRuns} runs from seed ${from}`);
  const { trace, violations } = await simulate(schedule);
  console.log([...trace.slice(-60), ...violations].join('\n'));
  console.log(`seed ${from}, run ${found.numRuns}, path ${found.counterexamplePath}`);
  console.log(JSON.stringify(schedule));
}
