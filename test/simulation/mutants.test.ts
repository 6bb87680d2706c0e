import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { breakCopy } from './mutants/broken-copy.ts';
import type { Killer } from './mutants/killer.ts';
import { KILLERS } from './mutants/killers.ts';
import { MUTANTS } from './mutants/mutants.ts';
import type { Job } from './once.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_SECONDS_MAX = 120;
const run = promisify(execFile);

const killerOf = (name: string): Killer => {
  const killer = KILLERS[name];
  if (!killer) throw new Error(`The mutant ${name} has no schedule that finds it out`);
  return killer;
};

/** Each mutant in a copy of its own, and one child process that runs them all. */
async function runMutants(): Promise<string[][][]> {
  await using copies = new AsyncDisposableStack();
  const whole = copies.use(await breakCopy(ROOT, undefined));
  const schedules = Object.values(KILLERS).map(({ schedule }) => schedule);
  const jobs: Job[] = [{ directory: whole.directory, schedules }];
  for (const mutant of MUTANTS) {
    const { directory } = copies.use(await breakCopy(ROOT, mutant));
    jobs.push({ directory, schedules: [killerOf(mutant.name).schedule] });
  }
  const file = join(whole.directory, 'test/simulation/once.ts');
  const { stdout } = await run(process.execPath, [file, JSON.stringify(jobs)]);
  return JSON.parse(stdout) as string[][][];
}

describe('the mutants of the core', () => {
  let whole: string[][] = [];
  let broken: string[][][] = [];

  beforeAll(async () => {
    [whole = [], ...broken] = await runMutants();
  }, START_SECONDS_MAX * 1000);

  it('have a schedule each, on which the unbroken code violates nothing', () => {
    expect(Object.keys(KILLERS).toSorted()).toEqual(MUTANTS.map(({ name }) => name).toSorted());
    expect(whole).toEqual(Object.keys(KILLERS).map(() => []));
  });

  it.each(MUTANTS.map(({ name }, index) => [name, index] as const))(
    'are found out: %s',
    (name, index) => {
      expect(broken[index]?.[0]).toContain(killerOf(name).finds);
    },
  );
});
