/** The source's end of the stream as the steps see it: tickets, readers of frozen files, progress. */

import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFile, openChain } from '../disks/chain.ts';
import type { DiskReader } from '../disks/disk.ts';
import { Problem } from '../domain/problem.ts';
import type { FrozenDisk, FrozenRound } from '../domain/round.ts';
import { orAbsent } from '../hosts/files.ts';
import type {
  OutgoingRound,
  SendMode,
  SentRound,
  Session,
  SourceStream,
} from '../migration/ports.ts';
import { SourceDigests } from '../stream/digests.ts';
import type { Sender } from '../stream/sender.ts';
import { newTicket, ticketHash } from '../stream/ticket.ts';
import type { BlockSource } from '../stream/wrappers/retried.ts';
import { bothOf, createRateLimit, type RateLimit } from '../stream/wrappers/throttled.ts';
import { writeDurably } from './notebook.ts';
import type { OnProgress } from './progress.ts';
import { sessionSchema } from './questions.ts';

export interface SourceEnd extends SourceStream {
  /** What the target asks for before it receives. */
  session(operation: string): Promise<Session>;
  /** Offers again what was offered before this worker restarted. */
  goOn(operation: string): Promise<void>;
}

export interface SourceOptions {
  readonly directory: string;
  readonly sender: Sender;
  /** The key of the operation's target: nobody else's ticket counts, also after a restart. */
  readonly targetOf: (operation: string) => Promise<string>;
  readonly patienceSeconds: number;
  readonly onProgress: OnProgress;
  /** Shared by everything that this worker sends; each operation may have one of its own besides. */
  readonly limit: RateLimit;
  /** The lab's negative control changes what is read. */
  readonly wrap?: (source: BlockSource, disk: FrozenDisk) => BlockSource;
}

export function sourceEnd(options: SourceOptions): SourceEnd {
  const { directory, sender } = options;
  const folderOf = (operation: string) => join(directory, operation);
  const fileOf = (operation: string) => join(folderOf(operation), 'session.json');
  const read = async (operation: string): Promise<Session | undefined> => {
    const text = await readFile(fileOf(operation), 'utf8').catch(orAbsent);
    return text === undefined ? undefined : sessionSchema.parse(JSON.parse(text));
  };
  const session = async (operation: string): Promise<Session> => {
    const found = await read(operation);
    if (found) return found;
    throw new Problem('stream-not-offered', { operation });
  };
  const offer = async (operation: string, ticket: string): Promise<void> => {
    const publicKey = await options.targetOf(operation);
    sender.offer({ operation, ticketHash: ticketHash(ticket), publicKey });
  };
  const goOn = async (operation: string): Promise<void> => {
    const found = await read(operation);
    if (found) await offer(operation, found.ticket);
  };
  const limits = new Map<string, RateLimit>();
  const limitOf = (operation: string): RateLimit => {
    const known = limits.get(operation) ?? createRateLimit();
    limits.set(operation, known);
    return known;
  };
  const openDigests = async (operation: string): Promise<SourceDigests> =>
    await SourceDigests.open(
      join(folderOf(operation), 'digests'),
      (await session(operation)).disks,
    );
  return {
    session,
    goOn,
    async offer(operation, round) {
      const found = (await read(operation)) ?? {
        ticket: newTicket(),
        disks: await shapesOf(round),
      };
      await mkdir(folderOf(operation), { recursive: true, mode: 0o700 });
      await writeDurably(fileOf(operation), JSON.stringify(found));
      await offer(operation, found.ticket);
      return { ticketHash: ticketHash(found.ticket) };
    },
    async send(outgoing, signal) {
      await using digests = await openDigests(outgoing.token.operation);
      const own = limitOf(outgoing.token.operation);
      const limit = bothOf(own, options.limit.share());
      return await sendRound({ ...options, limit }, { outgoing, digests, signal });
    },
    async digests(operation) {
      await using digests = await openDigests(operation);
      return await digests.roots();
    },
    async withdraw(operation) {
      sender.withdraw(operation);
      limits.delete(operation);
      // The digests go too: 125 MB for a disk of 500 GB.
      await rm(folderOf(operation), { recursive: true, force: true });
    },
    limit: (operation, bytesPerSecondMax) => limitOf(operation).set(bytesPerSecondMax),
  };
}

/** Size, format, sector and identity of each disk, for the target to make its own alike. */
async function shapesOf(round: FrozenRound): Promise<Session['disks']> {
  const shapes: Session['disks'][number][] = [];
  for (const { disk, file } of round.disks) {
    await using reader = await openChain(file.path);
    const { virtualBytes, logicalSectorBytes, diskId, base } = reader;
    shapes.push({ disk, virtualBytes, logicalSectorBytes, diskId, ...base });
  }
  return shapes;
}

interface Sending {
  readonly outgoing: OutgoingRound;
  readonly digests: SourceDigests;
  readonly signal: AbortSignal;
}

async function sendRound(
  { sender, wrap, onProgress, patienceSeconds, limit }: SourceOptions,
  { outgoing, digests, signal }: Sending,
): Promise<SentRound> {
  const { token, mode, round } = outgoing;
  await using open = new AsyncDisposableStack();
  const disks: { disk: string; reader: BlockSource }[] = [];
  let bytesTotal = 0;
  for (const frozen of round.disks) {
    const reader = open.use(await openFrozen(frozen, mode));
    bytesTotal += (await describeFile(frozen.file.path)).allocatedBytes;
    disks.push({ disk: frozen.disk, reader: wrap ? wrap(reader, frozen) : reader });
  }
  const { operation, epoch } = token;
  const frozen = round.disks.map(({ file }) => file.linkage).join();
  return await sender.sendRound(
    { operation, epoch, number: round.number, mode, frozen, disks, digests },
    {
      signal,
      onProgress: (progress) => onProgress(operation, { ...progress, bytesTotal }),
      patienceSeconds,
      limit,
    },
  );
}

/** Of a round of changes only what lies above the file that the last round ended with. */
async function openFrozen({ file, parent }: FrozenDisk, mode: SendMode): Promise<DiskReader> {
  const above = mode === 'changes' && parent ? { above: parent.path } : {};
  return await openChain(file.path, above);
}
