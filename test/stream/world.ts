/** A source and a target on loopback with real VHDX files, for tests of the stream. */

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { openChain } from '../../src/disks/chain.ts';
import { createChild, createDisk, type NewDisk } from '../../src/disks/create.ts';
import type { DiskReader, DiskWriter } from '../../src/disks/disk.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import type { Problem } from '../../src/domain/problem.ts';
import { type CopyStore, createCopy, type NewCopy } from '../../src/stream/copy-store.ts';
import { SourceDigests } from '../../src/stream/digests.ts';
import type { ReceiveProgress } from '../../src/stream/receive-round.ts';
import { type Dial, type Receiver, startReceiving } from '../../src/stream/receiver.ts';
import type { OutgoingRound } from '../../src/stream/send-round.ts';
import {
  openSender,
  type Sender,
  type SendOptions,
  type SentRound,
} from '../../src/stream/sender.ts';
import { newTicket, ticketHash } from '../../src/stream/ticket.ts';

export const MIB = 1024 * 1024;
export const OPERATION = 'm1';
export const TARGET_KEY = 'the key of the target';
const SMALL_WINDOW = { windowBytes: 4 * MIB, checkpointBytes: MIB };
const IDENTITY = { certificatePem: '', privateKeyPem: '' };

/** How the source's base is made, and its copy. */
export type Made = Pick<NewDisk, 'format' | 'type' | 'blockBytes'>;

export interface SourceDisk {
  readonly disk: string;
  readonly virtualBytes: number;
  readonly diskId: string;
  readonly made: Made;
  /** Leaf first. */
  readonly files: string[];
}

export const dialPlainly: Dial = async ({ peer, onread, signal }) => {
  const socket = connect({ ...peer.address, onread });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve);
  socket.once('error', reject);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.off('error', reject);
    signal.removeEventListener('abort', onAbort);
  }
};

export class World implements AsyncDisposable {
  readonly directory: string;
  readonly sender: Sender;
  readonly ticket = newTicket();
  readonly problems: Problem[] = [];
  readonly disks: SourceDisk[] = [];
  readonly #server: Server;
  #operation = OPERATION;
  readonly #sockets = new Set<Socket>();
  /** Under which key plain sockets are taken to come. */
  peerKey = TARGET_KEY;
  digests: SourceDigests | undefined;
  receiver: Receiver | undefined;

  private constructor(directory: string, server: Server, sender: Sender) {
    this.directory = directory;
    this.#server = server;
    this.sender = sender;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      sender.accept(socket, this.peerKey);
    });
  }

  static async make(sizes: readonly number[], { offered = true } = {}): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), 'ferry-stream-'));
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const world = new World(directory, server, openSender({ window: SMALL_WINDOW }));
    for (const virtualBytes of sizes) await world.addDisk(virtualBytes);
    if (offered) world.operation = OPERATION;
    return world;
  }

  async addDisk(virtualBytes: number, made: Made = { blockBytes: 2 * MIB }): Promise<void> {
    const { length: index } = this.disks;
    const path = join(this.directory, `source-${index}.${made.format ?? 'vhdx'}`);
    const diskId = crypto.randomUUID();
    await createDisk(path, { virtualBytes, diskId, ...made });
    this.disks.push({ disk: `SCSI 0:${index}`, virtualBytes, diskId, made, files: [path] });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get copyDirectory(): string {
    return join(this.directory, 'copy');
  }

  get operation(): string {
    return this.#operation;
  }

  /** Also offers it. */
  set operation(operation: string) {
    this.#operation = operation;
    this.sender.offer({ operation, ticketHash: ticketHash(this.ticket) });
  }

  newCopy(operation = this.operation): NewCopy {
    return {
      vm: { id: 'vm-1', name: 'dc02' },
      host: 'hv-b',
      operation,
      disks: this.disks.map(({ disk, virtualBytes, diskId, made }) => {
        return { disk, virtualBytes, diskId, logicalSectorBytes: 512, ...made };
      }),
    };
  }

  copy(operation = this.operation): Promise<CopyStore> {
    return createCopy(this.copyDirectory, this.newCopy(operation));
  }

  /** Receives from this world's sender, or from another port: a proxy. */
  async receive({
    dial = dialPlainly,
    port = this.port,
    ticket = this.ticket,
    connections = 1,
    onProgress = (_: ReceiveProgress): void => {},
    checkRoom = async (): Promise<void> => {},
  } = {}): Promise<Receiver> {
    const receiver = startReceiving({
      session: {
        operation: this.operation,
        address: { host: '127.0.0.1', port },
        publicKey: 'the key of the source',
        ticket,
      },
      identity: IDENTITY,
      copy: await this.copy(),
      dial,
      connections,
      onProgress,
      checkRoom,
      onProblem: (problem) => this.problems.push(problem),
    });
    this.receiver = receiver;
    return receiver;
  }

  /** Writes to the newest file of a disk. */
  async write(index: number, change: (writer: DiskWriter) => Promise<void>): Promise<void> {
    await using writer = await openForWriting(this.leaf(index));
    await change(writer);
    await writer.flush();
  }

  /** Freezes all disks: what is written from now on goes to new files. */
  async freeze(): Promise<void> {
    for (const disk of this.disks) {
      const child = disk.files[0]?.replace(/\.\w+$/, '+$&') ?? '';
      await createChild(child, disk.files[0] ?? '');
      disk.files.unshift(child);
    }
  }

  leaf(index: number): string {
    return this.disks[index]?.files[0] ?? '';
  }

  /** The newest file as a round: of what it alone holds, or of everything. */
  async send(
    number: number,
    mode: OutgoingRound['mode'],
    given: Partial<OutgoingRound & SendOptions> = {},
  ): Promise<SentRound> {
    await using stack = new AsyncDisposableStack();
    const disks: { disk: string; reader: DiskReader }[] = [];
    for (const { disk, files } of this.disks) {
      const [leaf = '', above = ''] = files;
      const reader = await openChain(leaf, mode === 'changes' ? { above } : {});
      disks.push({ disk, reader: stack.use(reader) });
    }
    const { signal = new AbortController().signal, patienceSeconds = 10, ...rest } = given;
    const { onProgress = () => {}, compress = 'auto', limit, ...round } = rest;
    const epoch = 1;
    const digests = await this.openDigests();
    return await this.sender.sendRound(
      {
        operation: this.operation,
        epoch,
        number,
        mode,
        frozen: `f${number}`,
        disks,
        digests,
        ...round,
      },
      { signal, patienceSeconds, onProgress, compress, ...(limit && { limit }) },
    );
  }

  async openDigests(): Promise<SourceDigests> {
    this.digests ??= await SourceDigests.open(join(this.directory, 'digests'), this.disks);
    return this.digests;
  }

  /** SHA-256 of a disk's whole content. */
  async contentOf(path: string): Promise<string> {
    await using reader = await openChain(path);
    const hash = createHash('sha256');
    const piece = Buffer.alloc(MIB);
    for (let at = 0; at < reader.virtualBytes; at += piece.length) {
      const part = piece.subarray(0, Math.min(piece.length, reader.virtualBytes - at));
      await reader.read(at, part);
      hash.update(part);
    }
    return hash.digest('hex');
  }

  /** Of each disk, its content here and in the copy. */
  async contents(): Promise<{ source: string[]; target: string[] }> {
    const copy = await this.copy();
    const source: string[] = [];
    const target: string[] = [];
    for (const [index, { disk }] of this.disks.entries()) {
      source.push(await this.contentOf(this.leaf(index)));
      target.push(await this.contentOf(copy.disk(disk).path));
    }
    return { source, target };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.receiver?.[Symbol.asyncDispose]();
    this.sender[Symbol.dispose]();
    await this.digests?.[Symbol.asyncDispose]();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Sends round 1 and breaks off after so many bytes; nobody receives any more. */
export async function cutOff(world: World, bytesSentMin: number): Promise<void> {
  const stop = new AbortController();
  const sending = world.send(1, 'changes', {
    signal: stop.signal,
    onProgress: ({ bytesSent }) => bytesSent > bytesSentMin && stop.abort(new Error('cancelled')),
  });
  await expect(sending).rejects.toThrow('cancelled');
  await world.receiver?.[Symbol.asyncDispose]();
}

export const noise = (bytes: number): Buffer => randomBytes(bytes);
