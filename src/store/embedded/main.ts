/**
 * The embedded store as a process: `main.ts --dir DIR [--port N] [--templates DIR]
 * [--until-stdin-ends]`. Prints one line `{"url": …}` when it is ready; a failure is one line `{"problem": …}` and exit code 1.
 */

import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { toProblemRecord } from '../../domain/problem.ts';
import { startEmbeddedStore } from './start.ts';

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    port: { type: 'string' },
    templates: { type: 'string' },
    /** So that it does not outlive who started it, also where there are no signals. */
    'until-stdin-ends': { type: 'boolean', default: false },
  },
});

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function stopAsked(): Promise<void> {
  const asked = [once(process, 'SIGTERM'), once(process, 'SIGINT')];
  if (values['until-stdin-ends']) asked.push(once(process.stdin.resume(), 'end'));
  await Promise.race(asked);
}

try {
  const { dir, port, templates } = values;
  if (dir === undefined) throw new Error('--dir DIR is missing');
  const stop = stopAsked();
  const store = await startEmbeddedStore({
    directory: dir,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(templates === undefined ? {} : { templates }),
  });
  print({ url: store.url });
  await Promise.race([stop, store.failed]);
  await store.close();
  process.exit(0);
} catch (error) {
  print({ problem: toProblemRecord(error) });
  process.exit(1);
}
