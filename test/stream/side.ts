/**
 * One side of a stream as a process of its own, to be killed: `node side.ts source|target` with its
 * settings as JSON in argv. It talks to its parent by IPC.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openChain } from '../../src/disks/chain.ts';
import { toProblemRecord } from '../../src/domain/problem.ts';
import { createCopy, type NewCopy } from '../../src/stream/copy-store.ts';
import { SourceDigests } from '../../src/stream/digests.ts';
import type { RoundMode } from '../../src/stream/frames.ts';
import { dial, type LinkKeys, listen } from '../../src/stream/link.ts';
import { startReceiving } from '../../src/stream/receiver.ts';
import { openSender, type SentRound } from '../../src/stream/sender.ts';
import { ticketHash } from '../../src/stream/ticket.ts';

export interface SideSettings {
  readonly directory: string;
  readonly ticket: string;
  readonly windowBytes: number;
  readonly checkpointBytes: number;
  readonly connections: number;
  /** Where the target dials, and whom it expects there. */
  readonly port: number;
  readonly sourceKey: string;
  /** Made by the parent: making them takes longer than all the rest of a start. */
  readonly sourceKeys: LinkKeys;
  readonly targetKeys: LinkKeys;
  readonly copy: NewCopy;
  /** Of the source: leaf and, for changes, the file that they are above; for each disk. */
  readonly rounds: readonly { mode: RoundMode; disks: { leaf: string; above?: string }[] }[];
}

export type Said =
  | { said: 'listening'; port: number }
  | { said: 'sent'; rounds: SentRound[]; rssBytes: number }
  | { said: 'problem'; code: string; facts: unknown }
  | { said: 'rss'; rssBytes: number };

const say = (message: Said): void => {
  process.send?.(message);
};

async function runSource(settings: SideSettings): Promise<void> {
  const { directory, ticket, rounds, copy, windowBytes, checkpointBytes } = settings;
  const { sourceKeys: identity } = settings;
  using sender = openSender({ window: { windowBytes, checkpointBytes } });
  sender.offer({ operation: copy.operation, ticketHash: ticketHash(ticket) });
  const listening = await listen({
    identity,
    host: '127.0.0.1',
    port: settings.port,
    isKnown: () => true,
    onStream: (socket, key) => sender.accept(socket, key),
    onQuestion: (socket) => socket.destroy(),
    onRefused: () => {},
  });
  say({ said: 'listening', port: listening.address.port });
  await using digests = await SourceDigests.open(join(directory, 'source', 'digests'), copy.disks);
  const notes = join(directory, 'source', 'done.json');
  const done = await readFile(notes, 'utf8').then(JSON.parse, () => []);
  for (const [number, { mode, disks }] of rounds.entries()) {
    if (number < done.length) continue;
    await using stack = new AsyncDisposableStack();
    const readers = [];
    for (const [index, { leaf, above }] of disks.entries()) {
      const reader = stack.use(await openChain(leaf, above === undefined ? {} : { above }));
      readers.push({ disk: copy.disks[index]?.disk ?? '', reader });
    }
    const round = { operation: copy.operation, epoch: 1, number, mode, frozen: `f${number}` };
    const { signal } = new AbortController();
    const options = { signal, patienceSeconds: 60, compress: 'on' } as const;
    done.push(await sender.sendRound({ ...round, disks: readers, digests }, options));
    await writeFile(notes, JSON.stringify(done));
  }
  say({ said: 'sent', rounds: done, rssBytes: process.resourceUsage().maxRSS * 1024 });
  sender[Symbol.dispose]();
  await listening.close();
}

async function runTarget(settings: SideSettings): Promise<void> {
  const { directory, ticket, port, sourceKey, copy, targetKeys: identity, connections } = settings;
  const store = await createCopy(join(directory, 'copy'), copy);
  startReceiving({
    session: {
      operation: copy.operation,
      address: { host: '127.0.0.1', port },
      publicKey: sourceKey,
      ticket,
    },
    identity,
    copy: store,
    connections,
    dial,
    onProgress: () => {},
    onProblem: ({ code, facts }) => say({ said: 'problem', code, facts }),
  });
  process.on('message', () => {
    say({ said: 'rss', rssBytes: process.resourceUsage().maxRSS * 1024 });
  });
}

const [side, text = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));
try {
  const settings = JSON.parse(text) as SideSettings;
  await (side === 'source' ? runSource(settings) : runTarget(settings));
} catch (error) {
  say({ said: 'problem', ...toProblemRecord(error) });
  console.error(error);
  process.exitCode = 1;
}
if (side === 'source') process.disconnect?.();
