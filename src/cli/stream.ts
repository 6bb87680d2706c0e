/** `ferry stream …`: one disk from one machine to another, by the same code that migrations use. */

import { createInterface } from 'node:readline';
import { Command, Option } from 'commander';
import { Problem } from '../domain/problem.ts';
import { readRate } from '../slack/commands/values.ts';
import { COMPRESS_MODES, type CompressMode } from '../stream/compression.ts';
import { CONNECTIONS_MAX } from '../stream/frames.ts';
import type { Address } from '../stream/link.ts';
import { reporting } from './reporting.ts';

const EXIT_FAILED = 1;
const EXIT_RESUMABLE = 3;
/** What another start mends. */
const RESUMABLE: readonly string[] = [
  'stream-unreachable',
  'stream-broken-off',
  'peer-unreachable',
  'peer-hung-up',
  'peer-silent',
];
const PORT_MAX = 65_535;
const ENDING = ['SIGINT', 'SIGTERM'] as const;

export function streamCommand(): Command {
  const stream = new Command('stream').description('send one disk to another machine').addHelpText(
    'after',
    `
Exit codes: 0 sent and verified; 3 broken off, start it again and it goes on; 1 failed; 2 mistyped.`,
  );
  stream
    .command('send')
    .description('offer a disk; prints where, the fingerprint of the key, and the ticket')
    .argument('<file>', 'the leaf: .vhdx, .avhdx, .vhd or .avhd; nothing may write to it meanwhile')
    .requiredOption('--listen <host:port>', 'where the receiver connects; port 0: any free one')
    .option('--limit <rate>', 'for example 50MiB/s or 400Mbit/s')
    .option(
      '--changed <ancestor>',
      'only what lies above this file of its chain, which was sent before',
    )
    .addOption(
      new Option('--compress <when>', 'auto: where it is measured to be a gain')
        .choices(COMPRESS_MODES)
        .default('auto'),
    )
    .option('--once', 'end when it was sent; else it goes on for whoever comes again')
    .option('--plain', 'without encryption: to measure its price, never for real disks')
    .action((file: string, options: Typed) =>
      ending(async (signal) => {
        const { send } = await import('./stream/send.ts');
        const { listen, limit, changed, compress, once = false, plain = false } = options;
        await send({
          ...{ file, compress, once, plain, signal, above: changed },
          listen: addressOf(listen ?? ''),
          bytesPerSecondMax: limit === undefined ? undefined : rateOf(limit),
        });
      }),
    );
  stream
    .command('receive')
    .description('take in what a sender offers')
    .requiredOption('--from <host:port>', 'where the sender listens')
    .requiredOption('--into <folder>', 'where the disk goes, with what is needed to go on')
    .option('--fingerprint <hex>', 'of the key of the sender, as it printed it')
    .option('--ticket <ticket>', 'as the sender printed it; else FERRY_TICKET, or a line on stdin')
    .addOption(
      new Option('--connections <count>', 'over which the data comes')
        .choices(Array.from({ length: CONNECTIONS_MAX }, (_, at) => `${at + 1}`))
        .default('1'),
    )
    .option('--plain', 'as the sender')
    .action((options: Typed) =>
      ending(async (signal) => {
        const { receive } = await import('./stream/receive.ts');
        const { from, into = '', fingerprint, connections, plain = false } = options;
        if (fingerprint === undefined && !plain) throw new Problem('stream-fingerprint-missing');
        const ticket = await ticketOf(options);
        await receive({
          ...{ into, fingerprint, plain, ticket, signal },
          from: addressOf(from ?? ''),
          connections: Number(connections),
        });
      }),
    );
  return stream;
}

interface Typed {
  readonly listen?: string;
  readonly limit?: string;
  readonly compress?: CompressMode;
  readonly changed?: string;
  readonly once?: boolean;
  readonly plain?: boolean;
  readonly from?: string;
  readonly connections?: string;
  readonly into?: string;
  readonly fingerprint?: string;
  readonly ticket?: string;
}

/** Runs until it is done or asked to end; what was done by then is not done again. */
async function ending(act: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const asked = new AbortController();
  const onSignal = (): void => asked.abort();
  for (const signal of ENDING) process.on(signal, onSignal);
  try {
    await reporting(
      async () => {
        try {
          await act(asked.signal);
        } catch (error) {
          if (!asked.signal.aborted) throw error;
          process.exitCode = EXIT_RESUMABLE;
        }
      },
      ({ code }) => (RESUMABLE.includes(code) ? EXIT_RESUMABLE : EXIT_FAILED),
    );
  } finally {
    for (const signal of ENDING) process.off(signal, onSignal);
  }
}

/** @throws {Problem} address-unreadable {text} */
function addressOf(text: string): Address {
  const [, host, digits] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host !== undefined && port <= PORT_MAX) return { host, port };
  throw new Problem('address-unreadable', { text });
}

/** @throws {Problem} rate-unreadable {text} */
function rateOf(text: string): number {
  const rate = readRate(text);
  if (rate === undefined) throw new Problem('rate-unreadable', { text });
  return rate;
}

/** Others see what a process was started with: so there are two more ways. */
async function ticketOf({ ticket }: Typed): Promise<string> {
  const found = ticket ?? process.env.FERRY_TICKET ?? (await firstLine()).trim();
  if (found === '') throw new Problem('stream-ticket-missing');
  return found;
}

async function firstLine(): Promise<string> {
  using lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return '';
}
