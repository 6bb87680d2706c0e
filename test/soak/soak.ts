/**
 * Looks for finds for as long as one likes: `npm run soak -- [MINUTES] [SEED]`. Each round prints its seed
 * and what was met; finds are kept as files beside the fuzzer, and it ends with 1.
 */

import { FINDS_FOLDER, fuzz, inWords, keepFinds } from '../disks/fuzz/fuzz.ts';

const ROUND_SECONDS = 300;

const [minutes = '30', first = `${Math.floor(Math.random() * 2 ** 31)}`] = process.argv.slice(2);
const end = Date.now() + Number(minutes) * 60_000;
for (let seed = Number(first); Date.now() < end; seed++) {
  const seconds = Math.min(ROUND_SECONDS, (end - Date.now()) / 1000);
  const fuzzed = await fuzz({ seed, seconds });
  process.stdout.write(`${inWords(fuzzed, seed)}\n\n`);
  await keepFinds(FINDS_FOLDER, fuzzed.finds);
  if (fuzzed.finds.length > 0) process.exitCode = 1;
}
