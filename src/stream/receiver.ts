/**
 * The target's end of a stream: dials the source, shows its ticket, and takes in the rounds that the
 * source sends, until it is told to stop. Its mirror is `sender.ts`.
 */

import type { OnReadOpts, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem, toProblemRecord, Verdict } from '../domain/problem.ts';
import { Connection, ConnectionBroken, PATIENCE, type Patience } from './connection.ts';
import type { CopyStore } from './copy-store.ts';
import { PROTOCOL_VERSION } from './frames.ts';
import { Inbox } from './inbox.ts';
import type { Address, LinkKeys, Peer } from './link.ts';
import { type ReceiveProgress, type RoundIn, receiveRound } from './receive-round.ts';

const DIAL_SECONDS_MAX = 10;
const BACK_OFF_FIRST_MS = 100;
/** Short: while the VM is off, the last round waits for the next try. */
const BACK_OFF_LAST_MS = 1000;
/** Of each connection beside the first: all of them together have about as many as the first. */
const LANE_FRAMES_HELD_MAX = 2;

export interface ReceiveSession {
  readonly operation: string;
  /** Where the source's worker listens. */
  readonly address: Address;
  /** The source's key. */
  readonly publicKey: Peer['publicKey'];
  readonly ticket: string;
}

/** `dial` of `link.ts`; a plain socket does in tests. */
export type Dial = (options: {
  readonly identity: LinkKeys;
  readonly peer: Peer;
  readonly alpn: 'ferry-stream';
  readonly onread: OnReadOpts;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}) => Promise<Socket>;

export interface Receiving {
  readonly session: ReceiveSession;
  readonly identity: LinkKeys;
  readonly copy: CopyStore;
  readonly dial: Dial;
  readonly onProgress: (progress: ReceiveProgress) => void;
  /** A round is committed, and the source has been told. */
  readonly onCommitted?: (round: number) => void;
  /** What went wrong; the same again is told once. A Verdict ends the receiver. */
  readonly onProblem: (problem: Problem) => void;
  readonly patience?: Patience;
  /** Over so many connections data may come, 1 when absent. */
  readonly connections?: number;
  readonly checkRoom?: RoundIn['checkRoom'];
}

/** Disposing it ends the connection; a round that is coming in can go on later. */
export interface Receiver extends AsyncDisposable {
  /** Resolves when it has ended: disposed, or refused for good. */
  readonly ended: Promise<void>;
}

/** Runs until it is disposed or the source refuses it for good. */
export function startReceiving(receiving: Receiving): Receiver {
  const stop = new AbortController();
  const ended = keepReceiving(receiving, stop.signal);
  return {
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

async function keepReceiving(receiving: Receiving, signal: AbortSignal): Promise<void> {
  const told = new Set<string>();
  const tell = (problem: Problem): void => {
    const text = JSON.stringify(toProblemRecord(problem));
    if (!told.has(text)) receiving.onProblem(problem);
    told.clear();
    told.add(text);
  };
  let backOffMs = BACK_OFF_FIRST_MS;
  const onWelcome = (): void => {
    backOffMs = BACK_OFF_FIRST_MS;
    told.clear();
  };
  while (!signal.aborted) {
    try {
      await receiveOnce(receiving, { signal, onWelcome });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ConnectionBroken)) tell(problemOf(error));
      if (error instanceof Refused || problemOf(error).code === 'peer-wrong-key') return;
    }
    // Aborting ends the pause early, which is no failure.
    await sleep(backOffMs, undefined, { signal }).catch(() => undefined);
    backOffMs = Math.min(backOffMs * 2, BACK_OFF_LAST_MS);
  }
}

/** The source will not have us, however often we ask. */
class Refused extends Verdict {}

interface Attempt {
  readonly signal: AbortSignal;
  readonly onWelcome: () => void;
}

async function receiveOnce(receiving: Receiving, { signal, onWelcome }: Attempt): Promise<void> {
  const { copy, onProgress, connections = 1, checkRoom = enoughRoom } = receiving;
  using connection = await connected(receiving, { signal });
  onWelcome();
  for (let lane = 1; lane < connections; lane += 1) {
    connected(receiving, { signal, lane }).then(
      (more) => connection.join(more),
      (error: unknown) => connection.fail(new ConnectionBroken(error)),
    );
  }
  try {
    for (;;) {
      const begin = await connection.expect('roundBegin');
      await receiveRound({ copy, connection, onProgress, checkRoom }, begin);
      receiving.onCommitted?.(begin.round);
    }
  } catch (error) {
    if (!(error instanceof ConnectionBroken)) await tellSource(connection, error);
    throw error;
  }
}

/** A connection that the source has let in, as the first of the session or as one more. */
async function connected(
  { session, identity, dial, patience = PATIENCE }: Receiving,
  { signal, lane }: { readonly signal: AbortSignal; readonly lane?: number },
): Promise<Connection> {
  const { operation, ticket, address, publicKey } = session;
  const inbox = new Inbox(lane === undefined ? undefined : LANE_FRAMES_HELD_MAX);
  const socket = await dial({
    identity,
    peer: { address, publicKey },
    alpn: 'ferry-stream',
    onread: inbox.onread,
    timeoutSeconds: DIAL_SECONDS_MAX,
    signal,
  });
  const connection = new Connection(socket, { inbox, patience });
  const onAbort = (): void => connection[Symbol.dispose]();
  signal.addEventListener('abort', onAbort, { once: true });
  connection.onceClosed(() => signal.removeEventListener('abort', onAbort));
  try {
    signal.throwIfAborted();
    const hello = { kind: 'hello', version: PROTOCOL_VERSION, operation, ticket } as const;
    await connection.send(lane === undefined ? hello : { ...hello, lane });
    const answer = await connection.expect('welcome', 'refused');
    if (answer.kind === 'welcome') return connection;
    const { code, facts } = answer.problem;
    throw answer.again ? new Problem(code, facts) : new Refused(code, facts);
  } catch (error) {
    connection[Symbol.dispose]();
    throw error;
  }
}

const enoughRoom = async (): Promise<void> => undefined;

/** The source waits for an answer: it must not wait for one that never comes. */
async function tellSource(connection: Connection, error: unknown): Promise<void> {
  const { code, facts } = toProblemRecord(error);
  const again = code === 'stream-checksum';
  const verdict = error instanceof Verdict;
  try {
    await connection.send({
      kind: 'failed',
      problem: { code, facts: { ...facts } },
      again,
      verdict,
    });
    await connection.end();
  } catch (broken) {
    // It hears of nothing then, and of the next connection.
    if (!(broken instanceof ConnectionBroken)) throw broken;
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, facts } = toProblemRecord(error);
  return new Problem(code, facts, { cause: error });
}
