/** One end of a stream that stays open over its rounds: `node open-stream-side.ts source|target JSON`. */

import { join } from 'node:path';
import { openChain } from '../../../src/disks/chain.ts';
import { createCopy } from '../../../src/stream/copy-store.ts';
import { SourceDigests } from '../../../src/stream/digests.ts';
import { dial, listen } from '../../../src/stream/link.ts';
import { startReceiving } from '../../../src/stream/receiver.ts';
import { openSender } from '../../../src/stream/sender.ts';
import { ticketHash } from '../../../src/stream/ticket.ts';
import type { Order, Said, Settings } from './open-stream.ts';

const PATIENCE_SECONDS = 60;

const say = (said: Said): void => {
  process.send?.(said);
};

async function source({ directory, identity, ticket, copy }: Settings): Promise<void> {
  const { operation } = copy;
  const sender = openSender();
  sender.offer({ operation, ticketHash: ticketHash(ticket) });
  const { address } = await listen({
    identity,
    host: '127.0.0.1',
    port: 0,
    isKnown: () => true,
    onStream: (socket, key) => sender.accept(socket, key),
    onQuestion: (socket) => socket.destroy(),
    onRefused: ({ reason }) => console.error(reason),
  });
  const digests = await SourceDigests.open(join(directory, 'digests'), copy.disks);
  const [disk = ''] = copy.disks.map((one) => one.disk);
  const send = async ({ number, leaf, above }: Order): Promise<void> => {
    const startedAt = performance.now();
    await using reader = await openChain(leaf, above === undefined ? {} : { above });
    const mode = above === undefined ? 'whole' : 'changes';
    const round = { operation, epoch: 1, number, mode, frozen: `f${number}` } as const;
    const { signal } = new AbortController();
    const options = { signal, patienceSeconds: PATIENCE_SECONDS };
    const disks = [{ disk, reader }];
    const { digests: roots, bytesSent } = await sender.sendRound(
      { ...round, disks, digests },
      options,
    );
    const isVerified = roots.every((one) => one.source !== '' && one.source === one.target);
    if (!isVerified) throw new Error(`Round ${number} was not verified`);
    say({ seconds: (performance.now() - startedAt) / 1000, bytesSent });
  };
  process.on('message', (order: Order) => {
    send(order).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
  say({ address });
}

async function target(settings: Settings): Promise<void> {
  const { directory, identity, ticket, copy, address, publicKey } = settings;
  if (address === undefined || publicKey === undefined) throw new Error('Nobody to dial');
  startReceiving({
    session: { operation: copy.operation, address, publicKey, ticket },
    identity,
    copy: await createCopy(join(directory, 'copy'), copy),
    dial,
    onProgress: () => {},
    onProblem: (problem) => console.error(problem),
  });
}

const [side, text = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));
await (side === 'source' ? source : target)(JSON.parse(text) as Settings);
