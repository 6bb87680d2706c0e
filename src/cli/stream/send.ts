/** `ferry stream send`: offers one disk, and sends it to whoever shows the ticket. */

import { chainFiles, describeFile, openChain } from '../../disks/chain.ts';
import type { DiskReader } from '../../disks/disk.ts';
import { Problem, Verdict } from '../../domain/problem.ts';
import type { CompressMode } from '../../stream/compression.ts';
import { SourceDigests } from '../../stream/digests.ts';
import { type Address, type Listening, listen } from '../../stream/link.ts';
import { questionServer } from '../../stream/questions.ts';
import type { OutgoingRound } from '../../stream/send-round.ts';
import { openSender, type Sender } from '../../stream/sender.ts';
import { ticketHash, ticketMatches } from '../../stream/ticket.ts';
import { createRateLimit } from '../../stream/wrappers/throttled.ts';
import { print } from '../reporting.ts';
import { openSendPlace, type SendPlace } from './place.ts';
import { listenPlain, PLAIN_KEY } from './plain.ts';
import { ProgressLine, reportOf } from './report.ts';
import { DISK, type Offered, ticketSchema } from './session.ts';

/** How long a connection that broke is waited for. */
const PATIENCE_SECONDS = 60;
/** No journal counts epochs here. */
const EPOCH = 1;

export interface SendOptions {
  readonly file: string;
  readonly listen: Address;
  readonly bytesPerSecondMax?: number | undefined;
  readonly compress?: CompressMode | undefined;
  /** A file of the disk's own chain: only what lies above it is read. */
  readonly above?: string | undefined;
  /** Ends when it was sent; else it goes on for whoever comes again. */
  readonly once: boolean;
  readonly plain: boolean;
  readonly signal: AbortSignal;
}

/**
 * Prints {address, fingerprint, ticket} when it listens, and a report when the disk was sent.
 * @throws {Problem} stream-unreachable: it can be started again and goes on
 */
export async function send(options: SendOptions): Promise<void> {
  const files = await chainFiles(options.file);
  const base = files.at(-1);
  if (base === undefined) throw new Error(`${options.file} is no chain`);
  const place = await openSendPlace(base.identity.path);
  await using reader = await openChain(options.file, above(options));
  const { virtualBytes, logicalSectorBytes, diskId } = reader;
  const shape: Offered['shape'] = {
    disk: DISK,
    virtualBytes,
    logicalSectorBytes,
    diskId,
    ...reader.base,
  };
  await using digests = await SourceDigests.open(place.digests, [shape]);
  const frozen = files[0]?.identity.linkage ?? '';
  const round = await roundOf(frozen, { ...options, place, reader, digests });
  using sender = openSender();
  sender.offer({
    operation: place.operation,
    ticketHash: ticketHash(place.ticket),
    ...(options.plain ? {} : bindingOf(place)),
  });
  const offered = { operation: place.operation, round: round.number, frozen: round.frozen, shape };
  const listening = await listenFor(options, { place, sender, offered });
  try {
    const { host, port } = listening.address;
    const { fingerprint } = place.identity;
    print(JSON.stringify({ address: `${host}:${port}`, fingerprint, ticket: place.ticket }));
    for (;;) {
      // Only who shows the ticket: strangers make nobody impatient.
      const connection = await sender.connected(place.operation, options.signal);
      await sendRound(sender, round, { ...options, reader });
      if (options.once) break;
      await new Promise<void>((resolve) => connection.onceClosed(resolve));
    }
  } finally {
    await listening.close();
  }
}

const bindingOf = ({ receiverKey: publicKey, bind: onBound }: SendPlace) =>
  publicKey === undefined ? { onBound } : { publicKey };

const above = ({ above: path }: SendOptions) => (path === undefined ? {} : { above: path });

interface Choosing extends SendOptions {
  readonly place: SendPlace;
  readonly reader: DiskReader;
  readonly digests: SourceDigests;
}

/** The same round again while the disk is as it was, so that what arrived is not sent twice. */
async function roundOf(
  frozen: string,
  { above: ancestor, place, reader, digests, file }: Choosing,
): Promise<OutgoingRound> {
  const sent = digests.round;
  const number = digests.keeps({ round: sent, frozen }) ? sent : sent + 1;
  const round = { operation: place.operation, epoch: EPOCH, number, frozen, digests };
  const disks = [{ disk: DISK, reader }];
  if (ancestor === undefined) {
    return { ...round, disks, mode: sent < 0 ? 'whole' : 'by digests' };
  }
  const { linkage } = (await describeFile(ancestor)).identity;
  const isSent = number === sent || digests.keeps({ round: sent, frozen: linkage });
  if (!isSent) throw new Problem('stream-ancestor-not-sent', { file, ancestor });
  return { ...round, disks, mode: 'changes' };
}

interface Serving {
  readonly place: SendPlace;
  readonly sender: Sender;
  readonly offered: Offered;
}

async function listenFor(
  { listen: address, plain }: SendOptions,
  { place, sender, offered }: Serving,
): Promise<Listening> {
  const session = async (body: unknown): Promise<Offered> => {
    const { ticket } = ticketSchema.parse(body);
    if (ticketMatches(ticket, ticketHash(place.ticket))) return offered;
    throw new Verdict('stream-ticket-refused', { operation: place.operation });
  };
  const warn = (line: string) => process.stderr.write(`${line}\n`);
  const questions = questionServer({ session }, (_question, error) => warn(String(error)));
  if (plain) {
    const { said } = await import('../words.ts');
    warn(said().stream.plain);
    return listenPlain({
      address,
      onStream: (socket) => sender.accept(socket, PLAIN_KEY),
      onQuestion: (socket) => questions(socket as never, PLAIN_KEY),
    });
  }
  return listen({
    identity: place.identity,
    ...address,
    // Who may have it shows with the ticket.
    isKnown: () => true,
    onStream: (socket, key) => sender.accept(socket, key),
    onQuestion: questions,
    onRefused: ({ remote, reason }) => warn(`${remote}: ${reason}`),
  });
}

async function sendRound(
  sender: Sender,
  round: OutgoingRound,
  options: SendOptions & { readonly reader: DiskReader },
): Promise<void> {
  const { reader, signal, bytesPerSecondMax, compress = 'auto' } = options;
  const startedAt = performance.now();
  const allocatedBytes = await dataBytes(reader);
  using line = new ProgressLine(allocatedBytes);
  const sent = await sender.sendRound(round, {
    signal,
    patienceSeconds: PATIENCE_SECONDS,
    limit: createRateLimit(bytesPerSecondMax),
    compress,
    onProgress: ({ bytesRead }) => line.tell(bytesRead),
  });
  const verified = sent.digests.every(({ source, target }) => source !== '' && source === target);
  const report = await reportOf({
    virtualBytes: reader.virtualBytes,
    allocatedBytes,
    sentBytes: sent.bytesCarried,
    wireBytes: sent.bytesSent,
    seconds: (performance.now() - startedAt) / 1000,
    verified,
  });
  print(JSON.stringify(report));
  if (!verified) throw new Verdict('stream-not-verified', {});
}

async function dataBytes(reader: DiskReader): Promise<number> {
  let bytes = 0;
  for await (const { kind, length } of reader.extents()) bytes += kind === 'data' ? length : 0;
  return bytes;
}
