/** One side of a stream as a process of its own, as its worker has it; the parent speaks by IPC. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openChain } from '../../src/disks/chain.ts';
import { createCopy, type NewCopy } from '../../src/stream/copy-store.ts';
import { SourceDigests } from '../../src/stream/digests.ts';
import { dial, listen } from '../../src/stream/link.ts';
import { startReceiving } from '../../src/stream/receiver.ts';
import { openSender, type SentRound } from '../../src/stream/sender.ts';
import { ticketHash } from '../../src/stream/ticket.ts';
import { loadOrCreateIdentity } from '../../src/trust/identity.ts';

const DISK = 'SCSI 0:0';
const OPERATION = 'm1';
const PATIENCE_SECONDS = 60;

export interface SideSettings {
  readonly side: 'source' | 'target';
  /** A folder of this side's own. */
  readonly directory: string;
  readonly ticket: string;
  /** The VHDX that is sent. */
  readonly disk: string;
  readonly shape: { virtualBytes: number; logicalSectorBytes: number; diskId: string };
}

export interface SourcePlace {
  readonly port: number;
  readonly publicKey: string;
}

/** Also what the parent sends: where the source listens, to the target; `undefined` ends a side. */
export type Told =
  | { readonly listening: SourcePlace }
  | { readonly sent: SentRound }
  | { readonly usage: Usage };

export interface Usage {
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

const tell = (told: Told): void => {
  process.send?.(told);
};

async function runSource({ directory, ticket, disk, shape }: SideSettings): Promise<void> {
  const identity = await loadOrCreateIdentity(join(directory, 'identity'), 'hv-a');
  using sender = openSender();
  sender.offer({ operation: OPERATION, ticketHash: ticketHash(ticket) });
  const listening = await listen({
    identity,
    host: '127.0.0.1',
    port: 0,
    isKnown: () => true,
    onStream: (socket, key) => sender.accept(socket, key),
    onQuestion: (socket) => socket.destroy(),
    onRefused: ({ reason }) => console.error(reason),
  });
  const ended = once(process, 'message');
  tell({ listening: { port: listening.address.port, publicKey: identity.publicKey } });
  const disks = [{ disk: DISK, ...shape }];
  await using digests = await SourceDigests.open(join(directory, 'digests'), disks);
  await using reader = await openChain(disk);
  const sent = await sender.sendRound(
    {
      operation: OPERATION,
      epoch: 1,
      number: 0,
      mode: 'whole',
      frozen: 'f0',
      disks: [{ disk: DISK, reader }],
      digests,
    },
    { signal: new AbortController().signal, patienceSeconds: PATIENCE_SECONDS },
  );
  tell({ sent });
  await ended;
  await listening.close();
}

async function runTarget({ directory, ticket, shape }: SideSettings): Promise<void> {
  const identity = await loadOrCreateIdentity(join(directory, 'identity'), 'hv-b');
  const wanted: NewCopy = {
    vm: { id: 'vm-1', name: 'dc02' },
    host: 'hv-b',
    operation: OPERATION,
    disks: [{ disk: DISK, ...shape }],
  };
  const [source] = (await once(process, 'message')) as [SourcePlace];
  const ended = once(process, 'message');
  await using _ = startReceiving({
    session: {
      operation: OPERATION,
      address: { host: '127.0.0.1', port: source.port },
      publicKey: source.publicKey,
      ticket,
    },
    identity,
    copy: await createCopy(join(directory, 'copy'), wanted),
    dial,
    onProgress: () => {},
    onProblem: (problem) => console.error(problem),
  });
  await ended;
}

function usage(): Usage {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakRssBytes: peakRssBytes() };
}

/** On Linux, maxRSS also holds what the process that started this one had: VmHWM does not. */
function peakRssBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kib) * 1024;
}

const settings = JSON.parse(process.argv[2] ?? '') as SideSettings;
await (settings.side === 'source' ? runSource(settings) : runTarget(settings));
tell({ usage: usage() });
process.disconnect();
