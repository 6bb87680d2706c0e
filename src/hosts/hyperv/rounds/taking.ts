/** Takes, names and removes one checkpoint: each looks first, and may be killed and asked again. */

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Problem } from '../../../domain/problem.ts';
import { act } from '../options.ts';
import { mergedBy } from './chains.ts';
import { type CheckpointLook, type Look, lookInside, type Tracker } from './look.ts';
import { TAKE_SECONDS_MAX, unnamed } from './marks.ts';
import { type Merging, type Note, noteFile } from './note.ts';
import type { RoundsPace } from './pace.ts';

/** Somebody else changed the list of checkpoints between our look and our act, so often. */
const CHANGES_MAX = 10;
/** Whatever the clock does. */
const TRIES_MAX = 10_000;

const didSchema = z.object({ did: z.enum(['taken', 'named', 'removed', 'changed', 'busy']) });

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
    const given = {
      checkpoints: checkpoints.map(({ id }) => id),
      id: found.id,
      name: note.creating.name,
      noteAfter: withoutCreating(note),
    };
    await effect(following, 'name-checkpoint', given);
  }
  throw busy(following, 0);
}

/**
 * The look after it was taken; one of this name that is there already is enough. What it is taken on
 * top of is looked at by `refuse`, as often as that changes.
 * @throws Problem `checkpoint-failed`, `vm-busy`, and as `refuse`
 */
export async function takeCheckpoint(
  following: Following,
  name: string,
  refuse: (look: Look) => void = () => undefined,
): Promise<Look> {
  const since = Date.now();
  let changes = 0;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const look = await lookNamed(following);
    if (look.checkpoints.some((each) => each.name === name)) return look;
    refuse(look);
    const before = look.checkpoints.map(({ id }) => id);
    const noteAfter = withoutCreating(look.note);
    const note = { ...noteAfter, creating: { name, before, at: look.now } };
    const given = { checkpoints: before, name, note, noteAfter };
    const did = await effect(following, 'take-checkpoint', given);
    if (did === 'busy') await wait(following, since);
    if (did === 'changed' && ++changes === CHANGES_MAX) break;
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
    if ((await effect(following, 'remove-checkpoint', given)) !== 'busy') {
      return lookInside(following);
    }
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

async function effect(following: Following, script: string, given: object) {
  const { options, vmId, token } = following;
  const effects = { vmId, token, given: { ...given, noteFile: noteFile(options, vmId) } };
  const call = { schema: didSchema, timeoutSeconds: TAKE_SECONDS_MAX };
  return (await act(options, script, { ...call, ...effects })).did;
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
