/** Takes, names and removes one checkpoint: each looks first, and may be killed and asked again. */

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Problem } from '../../../domain/problem.ts';
import { act } from '../options.ts';
import { mergedBy } from './chains.ts';
import {
  type CheckpointLook,
  type Look,
  lookInside,
  lookSchema,
  noted,
  type Tracker,
  wanted,
} from './look.ts';
import { TAKE_SECONDS_MAX, unnamed } from './marks.ts';
import type { Merging, Note } from './note.ts';
import type { RoundsPace } from './pace.ts';

/** Somebody else changed the list of checkpoints between our look and our act, so often. */
const CHANGES_MAX = 10;
/** Whatever the clock does. */
const TRIES_MAX = 10_000;

const didSchema = z.discriminatedUnion('did', [
  z.object({ did: z.literal('done'), look: lookSchema }),
  z.object({ did: z.enum(['changed', 'busy']) }),
]);

export interface Following extends Tracker {
  readonly pace: RoundsPace;
}

/** What there is, with a name for each checkpoint of ours. Refuses who comes late. */
export async function lookNamed(following: Following): Promise<Look> {
  for (let changes = 0; changes < CHANGES_MAX; changes += 1) {
    const look = await lookInside(following);
    const { checkpoints, name, note } = look;
    const found = unnamed(checkpoints, name, note);
    if (found === undefined || note.creating === undefined) return look;
    const did = await effect(following, 'name-checkpoint', {
      checkpoints: checkpoints.map(({ id }) => id),
      id: found.id,
      name: note.creating.name,
      noteAfter: withoutCreating(note),
    });
    if (did.did === 'done') return noted(following, did.look);
  }
  throw busy(following, 0);
}

export interface Wanted {
  readonly name: string;
  /** Looks at what it would be taken on top of, again whenever that changes. */
  readonly refuse?: (look: Look) => void;
}

/**
 * The look after it was taken; one of this name that is there already is enough.
 * @throws Problem `checkpoint-failed`, `vm-busy`, and as `refuse`
 */
export async function takeCheckpoint(
  following: Following,
  first: Look,
  { name, refuse }: Wanted,
): Promise<Look> {
  const since = Date.now();
  let look = first;
  let changes = 0;
  while (changes < CHANGES_MAX) {
    if (look.checkpoints.some((each) => each.name === name)) return look;
    refuse?.(look);
    const before = look.checkpoints.map(({ id }) => id);
    const noteAfter = withoutCreating(look.note);
    const note = { ...noteAfter, creating: { name, before, at: look.now } } satisfies Note;
    const given = { checkpoints: before, name, note, noteAfter };
    const did = await effect(following, 'take-checkpoint', given);
    if (did.did === 'done') return noted(following, did.look);
    if (did.did === 'busy') await wait(following, since);
    else changes += 1;
    look = await lookNamed(following);
  }
  throw busy(following, secondsSince(since));
}

/**
 * The look after it is off the list, with the note of what merges now.
 * @throws Problem `checkpoint-not-removed`, `vm-busy`
 */
export async function removeCheckpoint(
  following: Following,
  look: Look,
  checkpoint: CheckpointLook,
): Promise<Look> {
  const since = Date.now();
  const merging = mergingWith(look, checkpoint);
  const given = { id: checkpoint.id, note: { ...look.note, merging } satisfies Note };
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const did = await effect(following, 'remove-checkpoint', given);
    if (did.did === 'done') return noted(following, did.look);
    await wait(following, since);
  }
  throw busy(following, secondsSince(since));
}

/** What an earlier removal merges, or could not, merges with it. */
function mergingWith(look: Look, checkpoint: CheckpointLook): Merging {
  const before = look.note.merging;
  // Asked for once already: the log counts from then.
  if (before?.checkpoints.includes(checkpoint.id)) return before;
  const { files, bytes } = mergedBy(look, checkpoint);
  return {
    at: look.now,
    checkpoints: [...(before?.checkpoints ?? []), checkpoint.id],
    files: [...new Set([...(before?.files ?? []), ...files])],
    bytes: (before?.bytes ?? 0) + bytes,
  };
}

function effect(following: Following, script: string, given: object) {
  const { options, vmId, token } = following;
  const call = { schema: didSchema, timeoutSeconds: TAKE_SECONDS_MAX };
  return act(options, script, { ...call, vmId, token, given: { ...wanted(following), ...given } });
}

const withoutCreating = ({ creating: _, ...note }: Note): Note => note;

async function wait(following: Following, since: number): Promise<void> {
  const { pace } = following;
  if (Date.now() - since >= pace.busySeconds * 1000) throw busy(following, secondsSince(since));
  await sleep(pace.pollSeconds * 1000);
}

const secondsSince = (since: number): number => Math.round((Date.now() - since) / 1000);

const busy = ({ options, vmId }: Following, seconds: number): Problem =>
  new Problem('vm-busy', { host: options.name, vm: vmId, seconds });
