/**
 * The stand-in as a process of its own: `main.ts --dir DIR [--port N]`. Prints its addresses and
 * tokens as one JSON line when it is ready, and ends on SIGTERM or SIGINT.
 */

import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Problem } from '../../domain/problem.ts';
import { textOf } from '../../texts/catalogue.ts';
import { startSlackStandIn } from './stand-in.ts';

const PORT_MAX = 65_535;

async function main(): Promise<void> {
  const { directory, port } = readOptions();
  const stopping = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const standIn = await startSlackStandIn({ directory, ...(port === undefined ? {} : { port }) });
  process.stdout.write(`${JSON.stringify(standIn.addresses)}\n`);
  await stopping;
  await standIn.stop();
}

function readOptions(): { readonly directory: string; readonly port: number | undefined } {
  const options = { dir: { type: 'string' }, port: { type: 'string' } } as const;
  const { values } = parseArgs({ options, strict: false });
  const { dir, port } = values;
  if (typeof dir !== 'string') throw new Problem('slack-arguments', { reason: '--dir is missing' });
  if (port === undefined) return { directory: dir, port: undefined };
  const number = Number(port);
  if (Number.isInteger(number) && number > 0 && number <= PORT_MAX) {
    return { directory: dir, port: number };
  }
  throw new Problem('slack-arguments', { reason: `--port ${port} is no port` });
}

function explain(error: unknown): string {
  if (!(error instanceof Problem)) return String(error instanceof Error ? error.stack : error);
  const { text, remedy } = textOf(error);
  return `${text} ${remedy}`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
