/** Makes the copy of a plan's base as the target's worker does, as a process that tests kill. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeOf } from '../../src/worker/copy-place.ts';
import { leftBehind } from '../../src/worker/left-behind.ts';

const [file = ''] = process.argv.slice(2);
const { directory, plan, wanted } = JSON.parse(await readFile(file, 'utf8'));
const left = leftBehind({ directory: join(directory, 'left'), keepDays: 14 });
process.stdout.write('begun\n');
await placeOf(plan, wanted, {
  roots: async () => [join(directory, 'ferry')],
  left,
  signal: new AbortController().signal,
});
