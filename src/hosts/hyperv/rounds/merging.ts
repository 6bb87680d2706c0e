/** Waits until a VM's merges have ended, by all signs, and tries once more what failed. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../domain/problem.ts';
import { refuseFollowed } from '../followed.ts';
import { chainsOf, differenceIn, stillThere } from './chains.ts';
import { type Look, lookFrom, lookInside } from './look.ts';
import { mendName } from './marks.ts';
import type { Note } from './note.ts';
import { mergeMinutes } from './pace.ts';
import { type MergeState, type MergeView, mergeStateOf } from './signs.ts';
import { type Following, removeCheckpoint, takeCheckpoint } from './taking.ts';

/** Whatever the clock does. */
const LOOKS_MAX = 1_000_000;

interface Seen {
  readonly look: Look;
  readonly state: MergeState;
  readonly left: readonly string[];
  /** What we read of a chain instead, or why we cannot. */
  readonly difference?: string;
}

/**
 * The VM as it is when no merge runs any more. What failed or never began is tried once by the way that
 * Microsoft names: a new checkpoint and its removal.
 * @throws Problem `merge-failed`, `merge-lasts`, `epoch-behind`
 */
export async function settled(following: Following, first: Look): Promise<Look> {
  const { pace } = following;
  let seen = await seeMerge(first);
  let isMended = false;
  let deadline = deadlineOf(following, first);
  let quiet = Date.now();
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const { kind } = seen.state;
    if (kind === 'ended') return ended(following, seen.look);
    if (kind !== 'idle') quiet = Date.now();
    const hasStopped = kind === 'failed' || Date.now() - quiet >= pace.idleSeconds * 1000;
    if (hasStopped && isMended && kind === 'failed') throw failed(following, seen);
    if (Date.now() >= deadline) throw lasts(following, seen);
    if (hasStopped && !isMended) {
      isMended = true;
      await sleep(pace.retrySeconds * 1000);
      const look = await mended(following, seen);
      quiet = Date.now();
      deadline = deadlineOf(following, look);
      seen = await seeMerge(look);
      continue;
    }
    await sleep(pace.pollSeconds * 1000);
    await refuseFollowed(following.options, following.vmId, following.token);
    seen = await seeMerge(await lookFrom(following));
  }
  throw lasts(following, seen);
}

/** Whether a merge of this VM runs, or was begun by us and has not ended by all signs. */
export const isMerging = async (look: Look): Promise<boolean> =>
  (await seeMerge(look)).state.kind !== 'ended';

const BUSY = 'InService';

async function seeMerge(look: Look): Promise<Seen> {
  const { note, event, checkpoints } = look;
  const busy = look.primaryStatus === BUSY || look.secondaryStatus === 'MergingDisks';
  const none = {
    listed: false,
    busy,
    chain: 'expected',
    fileLeft: false,
    event: undefined,
  } as const;
  // Somebody else's merge: what its chain will be is not known.
  if (!note.merging) return { look, state: mergeStateOf(none), left: [] };
  const { checkpoints: removed, files } = note.merging;
  const left = await stillThere(files);
  const view: MergeView = {
    listed: checkpoints.some(({ id }) => removed.includes(id)),
    busy,
    chain: chainsOf(look),
    fileLeft: left.length > 0,
    event: 'value' in event ? event.value?.id : 'unread',
  };
  const state = mergeStateOf(view);
  const difference = state.kind === 'ended' ? await differenceIn(look) : undefined;
  if (difference === undefined) return { look, state, left };
  return { look, state: mergeStateOf({ ...view, chain: 'other' }), left, difference };
}

const deadlineOf = ({ pace }: Following, { note }: Look): number =>
  Date.now() + mergeMinutes(pace, note.merging?.bytes ?? 0) * 60_000;

/** From here on nobody waits for it any more. */
async function ended(following: Following, look: Look): Promise<Look> {
  if (look.note.merging === undefined) return look;
  const { merging: _, ...note } = look.note;
  return lookInside(following, note satisfies Note);
}

/** Its removal merges what an earlier one left. */
async function mended(following: Following, seen: Seen): Promise<Look> {
  const name = mendName(following.token);
  try {
    const look = await takeCheckpoint(following, seen.look, { name });
    const taken = look.checkpoints.find((each) => each.name === name);
    return taken === undefined ? look : await removeCheckpoint(following, look, taken);
  } catch (cause) {
    // What people need to know is what stood before it.
    const isRefused = cause instanceof Problem && cause.code === 'checkpoint-failed';
    throw isRefused && seen.state.kind === 'failed' ? failed(following, seen, cause) : cause;
  }
}

function failed({ options }: Following, { look, left }: Seen, cause?: unknown): Problem {
  const { event } = look;
  const told = 'value' in event ? event.value : null;
  const message = told?.message.trim() ?? '';
  const hresult = told?.values.find((value) => /^0x[0-9a-f]{8}$/i.test(value));
  const facts = { host: options.name, vm: look.name, files: [...left], message };
  return new Problem('merge-failed', { ...facts, ...(hresult && { hresult }) }, { cause });
}

function lasts({ options, pace }: Following, { look, state, left, difference }: Seen): Problem {
  const minutes = mergeMinutes(pace, look.note.merging?.bytes ?? 0);
  const facts = { host: options.name, vm: look.name, minutes, signs: [...state.missing] };
  return new Problem('merge-lasts', {
    ...facts,
    files: [...left],
    ...(difference && { message: difference }),
  });
}
