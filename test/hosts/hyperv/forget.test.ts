/** What stays of live moves that are over: nothing, and nothing of any other goes. */

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { forgetCarried } from '../../../src/hosts/hyperv/carrying.ts';
import type { HyperVOptions } from '../../../src/hosts/hyperv/options.ts';

let stateFolder: string;
beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'ferry-carried-'));
});
afterAll(() => rm(stateFolder, { recursive: true }));

const optionsOf = (name: string) => ({ name, stateFolder }) as HyperVOptions;

it('a record goes when its operation is over, and none other does', async () => {
  const folder = join(stateFolder, 'carried', 'hv-a');
  await mkdir(folder, { recursive: true });
  const files = ['m1.json', 'm2.json', 'm12.json', 'm2.json.tmp', 'notes.txt'];
  for (const file of files) await writeFile(join(folder, file), '{}');
  const asked: string[] = [];
  const isOver = async (operation: string) => {
    asked.push(operation);
    return operation === 'm2';
  };
  await forgetCarried(optionsOf('hv-a'), isOver);
  const left = files.filter((file) => file !== 'm2.json');
  expect((await readdir(folder)).toSorted()).toEqual(left.toSorted());
  expect(asked.toSorted()).toEqual(['m1', 'm12', 'm2']);
});

it('a host from which nothing went yet has nothing to forget', async () => {
  await expect(forgetCarried(optionsOf('hv-b'), async () => true)).resolves.toBeUndefined();
});
