/** `ferry stream receive`: takes in what a sender offers, and goes on where it was broken off. */

import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describeFile } from '../../disks/chain.ts';
import { Problem } from '../../domain/problem.ts';
import { type CopyStore, createCopy } from '../../stream/copy-store.ts';
import { type Address, dial, type Peer } from '../../stream/link.ts';
import { ask } from '../../stream/questions.ts';
import { startReceiving } from '../../stream/receiver.ts';
import { fingerprintOf, loadOrCreateIdentity } from '../../trust/identity.ts';
import { print } from '../reporting.ts';
import { dialPlain, PLAIN_KEY } from './plain.ts';
import { ProgressLine, reportOf } from './report.ts';
import { type Offered, offeredSchema } from './session.ts';

const ASK_SECONDS_MAX = 30;
/** So long nothing may arrive. */
const PATIENCE_SECONDS = 60;
const LOOK_MS = 1000;

export interface ReceiveOptions {
  readonly from: Address;
  /** Of the sender's key; without only where the stream is plain. */
  readonly fingerprint: string | undefined;
  readonly ticket: string;
  readonly into: string;
  readonly connections: number;
  readonly plain: boolean;
  readonly signal: AbortSignal;
}

/**
 * Prints a report when the disk is here: flushed, and read back.
 * @throws {Problem} stream-broken-off, peer-unreachable …: it can be started again and goes on
 */
export async function receive(options: ReceiveOptions): Promise<void> {
  const { from: address, fingerprint, ticket, into, plain, signal } = options;
  const identity = await loadOrCreateIdentity(join(into, 'identity'), 'receiver');
  const publicKey = plain ? PLAIN_KEY : { fingerprint: fingerprint ?? '', fingerprintOf };
  const asking = {
    identity,
    peer: { address, publicKey },
    timeoutSeconds: ASK_SECONDS_MAX,
    signal,
  };
  const question = { ...asking, ...(plain && { dial: dialPlain }) };
  const offered = offeredSchema.parse(await ask(question, 'session', { ticket }));
  const { operation, shape } = offered;
  const copy = await createCopy(into, {
    vm: { id: operation, name: operation },
    host: hostname(),
    operation,
    disks: [shape],
  });
  const startedAt = performance.now();
  const counts = await takeIn(copy, offered, { ...options, publicKey, identity });
  const [disk] = copy.committed?.disks ?? [];
  if (disk === undefined) throw new Error('Nothing was committed');
  const { allocatedBytes } = await describeFile(disk.path);
  const seconds = (performance.now() - startedAt) / 1000;
  const { virtualBytes } = shape;
  const report = await reportOf({
    virtualBytes,
    allocatedBytes,
    ...counts,
    seconds,
    verified: true,
  });
  print(JSON.stringify({ file: disk.path, ...report }));
}

interface TakingIn extends ReceiveOptions {
  readonly publicKey: Peer['publicKey'];
  readonly identity: Awaited<ReturnType<typeof loadOrCreateIdentity>>;
}

async function takeIn(
  copy: CopyStore,
  { operation, round, shape }: Offered,
  { from: address, publicKey, identity, ticket, connections, plain, signal }: TakingIn,
): Promise<{ sentBytes: number; wireBytes: number }> {
  const counts = { sentBytes: 0, wireBytes: 0 };
  let advancedAt = performance.now();
  let problem: Problem | undefined;
  const here = Promise.withResolvers<void>();
  using line = new ProgressLine(shape.virtualBytes);
  await using receiver = startReceiving({
    session: { operation, address, publicKey, ticket },
    identity,
    copy,
    connections,
    dial: plain ? dialPlain : dial,
    onProgress: ({ phase, bytesReceived, bytesCarried }) => {
      advancedAt = performance.now();
      if (phase === 'receiving') {
        counts.wireBytes = bytesReceived;
        counts.sentBytes = bytesCarried;
      }
      line.tell(copy.session.receiving?.watermarks[0] ?? 0);
    },
    onCommitted: (number) => {
      if (number === round) here.resolve();
    },
    onProblem: (found) => {
      problem = found;
    },
  });
  const broken = receiver.ended.then(() => {
    signal.throwIfAborted();
    throw problem ?? new Error('The receiver ended by itself');
  });
  const late = whenLate(() => performance.now() - advancedAt, address);
  const asked = once(signal, 'abort').then(() => signal.throwIfAborted());
  try {
    await Promise.race([here.promise, broken, late.rejects, asked]);
  } finally {
    clearInterval(late.timer);
    for (const unheard of [broken, asked]) unheard.catch(() => undefined);
  }
  return counts;
}

/** Rejects once nothing has come for too long. */
function whenLate(silentMs: () => number, address: Address) {
  const { promise: rejects, reject } = Promise.withResolvers<never>();
  const timer = setInterval(() => {
    if (silentMs() < PATIENCE_SECONDS * 1000) return;
    reject(new Problem('stream-broken-off', { ...address, seconds: PATIENCE_SECONDS }));
  }, LOOK_MS);
  return { rejects, timer };
}
