/**
 * Ways to break the real files, each with a schedule on which an invariant finds it. Found with
 * `node test/simulation/fuzz.ts RUNS SEED NAME`, which shrinks what it finds.
 */

import type { Schedule } from '../schedule.ts';

export interface Mutant {
  readonly name: string;
  readonly patches: readonly {
    readonly file: string;
    readonly find: string;
    readonly replace: string;
  }[];
  readonly killedBy?: Schedule;
}

const patch = (file: string, find: string, replace: string) => ({ file, find, replace });

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'undo waits for the target',
    patches: [
      patch(
        'src/migration/next-action.ts',
        '  return (["source", "target"] as const).flatMap((side) => {',
        '',
      ),
    ],
  },
];
