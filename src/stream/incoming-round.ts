/**
 * What the target decides when a round begins: whether it may come in, what of it is already here,
 * and how it must be sent.
 */

import { Problem, Verdict } from '../domain/problem.ts';
import { DIGEST_HASH } from './blocks.ts';
import type { Receiving, SessionDisk } from './copy-records.ts';
import type { CopyStore } from './copy-store.ts';
import type { ControlOf, RoundMode } from './frames.ts';

export type RoundBegin = ControlOf<'roundBegin'>;

export type Answer =
  /** This very round was committed before. */
  | { readonly answer: 'committed'; readonly shapes: readonly SessionDisk[] }
  | {
      readonly answer: 'ready';
      readonly shapes: readonly SessionDisk[];
      readonly receiving: Receiving;
    };

/**
 * Remembers the epoch and prepares the copy for the round. A fold must have been finished before.
 * @throws {Problem} stream-epoch-behind | stream-resync-needed
 * @throws {Verdict} stream-disk-unknown | stream-disk-size | stream-round-passed
 */
export async function beginRound(copy: CopyStore, begin: RoundBegin): Promise<Answer> {
  const { operation, epochSeen } = copy.session;
  const { epoch, round, frozen } = begin;
  if (epoch < epochSeen) throw new Verdict('stream-epoch-behind', { operation, epoch, epochSeen });
  const shapes = shapesOf(copy, begin);
  if (epoch > epochSeen) await copy.save({ ...copy.session, epochSeen: epoch });
  const { committed } = copy;
  if (round < copy.round) {
    throw new Verdict('stream-round-passed', { operation, round, committed: copy.round });
  }
  if (round === copy.round && committed?.frozen === frozen && begin.digestsKept) {
    return { answer: 'committed', shapes };
  }
  const mode = modeOf(copy, begin);
  const receiving = await receivingOf(copy, { ...begin, mode });
  return { answer: 'ready', shapes, receiving };
}

/** The copy's disks in the order of the round, which must speak of all of them. */
function shapesOf(copy: CopyStore, { disks }: RoundBegin): SessionDisk[] {
  const shapes = disks.map(({ disk, virtualBytes }) => {
    const shape = copy.disk(disk);
    if (shape.virtualBytes === virtualBytes) return shape;
    throw new Verdict('stream-disk-size', { disk, virtualBytes, expected: shape.virtualBytes });
  });
  const different = new Set(disks.map(({ disk }) => disk)).size;
  const { length } = copy.session.disks;
  if (different === length && disks.length === length) return shapes;
  throw new Verdict('stream-disks-missing', { disks: disks.length, expected: length });
}

/** Changes are taken only on top of the round that they follow; all else is found by digests. */
function modeOf(copy: CopyStore, { mode, round }: RoundBegin): RoundMode {
  if (mode !== 'changes') return copy.committed === undefined ? 'whole' : 'by digests';
  if (round === copy.round + 1 && copy.round >= 0) return 'changes';
  const { operation } = copy.session;
  throw new Problem('stream-resync-needed', { operation, round, committed: copy.round });
}

/**
 * Goes on with the same round of the same frozen state, with digests of the same hash; anything else
 * that came in is dropped.
 */
async function receivingOf(
  copy: CopyStore,
  { round, mode, frozen, disks }: RoundBegin,
): Promise<Receiving> {
  const order = disks.map(({ disk }) => disk);
  const before = copy.session.receiving;
  const same = before?.round === round && before.frozen === frozen && before.mode === mode;
  const goesOn = same && before.hash === DIGEST_HASH && before.order.join() === order.join();
  if (goesOn) return before;
  // A state that was begun and left lies in the disks: zeros are not sent, so they must be empty.
  if (before?.mode === 'whole' && mode === 'whole') await copy.prepare();
  const watermarks = order.map(() => 0);
  const receiving = { round, mode, frozen, order, watermarks, stagedBytes: 0, hash: DIGEST_HASH };
  await copy.saveReceiving(receiving);
  return receiving;
}
