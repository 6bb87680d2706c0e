/** Entry of the witness's process: `node witness-main.ts DIR`. Prints one JSON line when it is ready. */

import { existsSync } from 'node:fs';
import { witnessFile } from '../hosts/lab/layout.ts';
import { startWitness } from './witness.ts';

const FOLDER_LOOK_MILLISECONDS = 500;

const dir = process.argv[2];
if (!dir) throw new Error('The folder of the lab is needed');
const { port } = await startWitness(dir);
console.log(JSON.stringify({ ready: true, port, pid: process.pid }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
// No lab, no witness: a test that forgets it leaves nothing behind.
setInterval(() => {
  if (!existsSync(witnessFile(dir))) process.exit(0);
}, FOLDER_LOOK_MILLISECONDS).unref();
