import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { breakCopy } from './mutants/broken-copy.ts';
import { KILLERS } from './mutants/killers.ts';
import { MUTANTS, type Mutant } from './mutants/mutants.ts';
import type { Schedule } from './schedule.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** What each schedule violates when it runs on a copy with this mutant in it. */
async function violationsOn(mutant: Mutant | undefined, schedules: Schedule[]) {
  await using copy = await breakCopy(ROOT, mutant);
  const file = join(copy.directory, 'test/simulation/once.ts');
  const { stdout } = await run(process.execPath, [file, JSON.stringify(schedules)]);
  return JSON.parse(stdout) as string[][];
}

describe('the mutants of the core', () => {
  it('have a schedule each, on which the unbroken code violates nothing', async () => {
    const names = MUTANTS.map(({ name }) => name);
    expect(Object.keys(KILLERS).toSorted()).toEqual(names.toSorted());
    const schedules = Object.values(KILLERS).map(({ schedule }) => schedule);
    expect(await violationsOn(undefined, schedules)).toEqual(schedules.map(() => []));
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    'are found out: %s',
    async (name, mutant) => {
      const killer = KILLERS[name];
      if (!killer) throw new Error(`No schedule for ${name}`);
      const [violations] = await violationsOn(mutant, [killer.schedule]);
      expect(violations).toContain(killer.finds);
    },
  );
});
