/** One round over one connection, at the target. Its mirror is `send-round.ts`. */

import { type Connection, controlOf } from './connection.ts';
import type { CopyStore } from './copy-store.ts';
import { type ControlOf, frameRefused } from './frames.ts';
import type { Frame } from './inbox.ts';
import { beginRound, type RoundBegin } from './incoming-round.ts';
import { digestsHeld, type Incoming, type Intake, openIntake } from './intake.ts';

export interface ReceiveProgress {
  readonly round: number;
  /** With everything around the disks' own bytes, as it came over the wire. */
  readonly bytesReceived: number;
  /** Of the disks' own bytes. */
  readonly bytesCarried: number;
  readonly phase: 'receiving' | 'folding';
}

export interface RoundIn {
  readonly copy: CopyStore;
  readonly connection: Connection;
  readonly onProgress: (progress: ReceiveProgress) => void;
  /** Throws where the volume must not take in more: before a round, and at each of its checkpoints. */
  readonly checkRoom: () => Promise<void>;
}

/**
 * Answers `begin` and takes the round in. When it resolves, the round is committed and the source
 * has been told.
 */
export async function receiveRound(round: RoundIn, begin: RoundBegin): Promise<void> {
  const { copy, connection } = round;
  await round.checkRoom();
  await copy.finishFold(foldProgress(round, begin.round));
  const answer = await beginRound(copy, begin);
  if (answer.answer === 'ready') {
    const { mode, watermarks } = answer.receiving;
    const frozen = copy.committed?.frozen ?? '';
    await connection.send({ kind: 'ready', mode, committed: copy.round, frozen, watermarks });
    const incoming = { copy, shapes: answer.shapes, receiving: answer.receiving };
    await using intake = await openIntake(incoming);
    await takeFrames(round, incoming, intake);
    await intake.commit(foldProgress(round, begin.round));
  }
  const { receiving: _, ...session } = copy.session;
  await copy.save(session);
  const digests = begin.disks.map(({ disk }) => rootOf(copy, disk));
  await connection.sendOut({ kind: 'committed', round: begin.round, digests });
}

async function takeFrames(
  { connection, onProgress, checkRoom }: RoundIn,
  incoming: Incoming,
  intake: Intake,
): Promise<void> {
  const recorder = new Recorder(incoming, { intake, connection, checkRoom });
  let bytesReceived = 0;
  let bytesCarried = 0;
  const checkpoints = new Checkpoints();
  let end: ControlOf<'roundEnd'> | undefined;
  try {
    for (;;) {
      const frame = await connection.next();
      if (frame.kind === 'data') {
        bytesReceived += frame.wireBytes;
        bytesCarried += await intake.take(frame);
      } else {
        const message = await answered(frame, { incoming, connection });
        if (message?.kind === 'roundEnd') end = message;
        else if (message !== undefined && checkpoints.arrive(message)) {
          await recorder.record(message.disk, message.offset);
        }
      }
      // What went over another connection may still be on its way.
      if (end?.checkpoints === checkpoints.reached) return await recorder.finished();
      const { round } = incoming.receiving;
      onProgress({ round, bytesReceived, bytesCarried, phase: 'receiving' });
    }
  } finally {
    await recorder.settled();
  }
}

interface Answering {
  readonly incoming: Incoming;
  readonly connection: Connection;
}

/** A window has a few. */
const CHECKPOINTS_MAX = 64;

/**
 * Checkpoints that have not come over all connections: on each, what was sent before has come
 * before.
 */
class Checkpoints {
  /** By their number, over how many each has come. */
  readonly #come = new Map<number, number>();
  #reached = 0;

  /** Of this round. */
  get reached(): number {
    return this.#reached;
  }

  arrive({ number, lanes }: ControlOf<'checkpoint'>): boolean {
    const come = (this.#come.get(number) ?? 0) + 1;
    this.#come.set(number, come);
    if (this.#come.size > CHECKPOINTS_MAX) throw frameRefused(`${CHECKPOINTS_MAX} checkpoints`);
    if (come < lanes) return false;
    this.#come.delete(number);
    this.#reached += 1;
    return true;
  }
}

async function answered(
  frame: Frame,
  { incoming, connection }: Answering,
): Promise<ControlOf<'checkpoint' | 'roundEnd'> | undefined> {
  const message = controlOf(frame);
  if (message.kind === 'checkpoint' || message.kind === 'roundEnd') return message;
  if (message.kind !== 'digestsWanted') throw frameRefused(`${message.kind} within a round`);
  const digests = await digestsHeld(incoming, message);
  await connection.sendDigests(message.disk, message.block, digests);
  return undefined;
}

/**
 * Records what came in while the next frames are already being taken. One record at a time: a
 * second checkpoint waits for the first, and so does the socket.
 */
class Recorder {
  readonly #incoming: Incoming;
  readonly #intake: Intake;
  readonly #connection: Connection;
  readonly #checkRoom: RoundIn['checkRoom'];
  #running: Promise<void> = Promise.resolve();

  constructor(
    incoming: Incoming,
    to: { intake: Intake; connection: Connection; checkRoom: RoundIn['checkRoom'] },
  ) {
    this.#incoming = incoming;
    this.#intake = to.intake;
    this.#connection = to.connection;
    this.#checkRoom = to.checkRoom;
  }

  async record(disk: number, offset: number): Promise<void> {
    const shape = this.#incoming.shapes[disk];
    if (shape === undefined || offset > shape.virtualBytes) {
      throw frameRefused(`a checkpoint at ${offset} of disk ${disk}`);
    }
    await this.#running;
    this.#running = this.#recordNow(disk, offset);
    // Whoever waits for frames hears of a failure too.
    this.#running.catch((error: unknown) => this.#connection.fail(error));
  }

  async finished(): Promise<void> {
    await this.#running;
  }

  async settled(): Promise<void> {
    await Promise.allSettled([this.#running]);
  }

  async #recordNow(disk: number, offset: number): Promise<void> {
    const { copy, receiving } = this.#incoming;
    await this.#intake.record();
    await this.#checkRoom();
    const watermarks = copy.session.receiving?.watermarks ?? receiving.watermarks;
    const stagedBytes = this.#intake.stagedBytes;
    await copy.saveReceiving({
      ...receiving,
      watermarks: watermarks.with(disk, offset),
      stagedBytes,
    });
    await this.#connection.send({ kind: 'recorded', disk, offset });
  }
}

/** Tells both sides how far the fold is; the source at most once a second. */
function foldProgress(
  { connection, onProgress }: RoundIn,
  round: number,
): (bytesFolded: number) => void {
  let toldAt = performance.now();
  return (bytesFolded) => {
    onProgress({ round, bytesReceived: bytesFolded, bytesCarried: 0, phase: 'folding' });
    if (performance.now() - toldAt < 1000) return;
    toldAt = performance.now();
    // It only wants to know that something moves; a broken connection shows elsewhere.
    connection.send({ kind: 'progress', bytesFolded }).catch(() => undefined);
  };
}

function rootOf(copy: CopyStore, disk: string): string {
  const found = copy.committed?.disks.find((one) => one.disk === disk);
  if (found === undefined) throw new Error(`No committed digest of ${disk}`);
  return found.digest;
}
