/** A minute of disks with lies in them: `SEED=… npm run chaos -- test/disks/fuzz` does one again. */

import { expect, it } from '@jest/globals';
import { vhdCheckProblems } from '../../src/texts/en/vhd-check.ts';
import { vhdxCheckProblems } from '../../src/texts/en/vhdx-check.ts';
import { FINDS_FOLDER, fuzz, inWords, keepFinds } from './fuzz/fuzz.ts';

const SECONDS = 60;
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** What a reader refuses a disk with; some also say what of it is damaged. */
const REFUSALS = [
  'disk-chain-loop',
  'disk-chain-too-long',
  'disk-damaged',
  'disk-format-ambiguous',
  'disk-formats-differ',
  'disk-not-a-disk',
  'disk-parent-missing',
  'disk-sectors-differ',
  'disk-truncated',
  'disk-unsupported',
  'disk-wrong-parent',
];
/** Our disks have too few blocks for a sector bitmap that a base does not need. */
const NEVER_FOUND = ['vhdx-bitmap-unneeded'];

it('reads or refuses every disk in bounded time and memory, by each of its rejections', async () => {
  const fuzzed = await fuzz({ seed: SEED, seconds: SECONDS });
  process.stdout.write(`${inWords(fuzzed, SEED)}\n`);
  await keepFinds(FINDS_FOLDER, fuzzed.finds);
  expect({ seed: SEED, finds: fuzzed.finds }).toEqual({ seed: SEED, finds: [] });
  const refused = new Set([...fuzzed.refused.keys()].map((name) => name.replace(/:.*/, '')));
  const known = Object.keys({ ...vhdxCheckProblems, ...vhdCheckProblems });
  const never = [
    ...REFUSALS.filter((code) => !refused.has(code)),
    ...known.filter((code) => !fuzzed.found.has(code) && !NEVER_FOUND.includes(code)),
  ];
  expect({ seed: SEED, never }).toEqual({ seed: SEED, never: [] });
  expect(fuzzed.read).toBeGreaterThan(0);
}, 180_000);
