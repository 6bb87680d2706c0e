/** Which checkpoints are Ferry's: by their names, or by a note where a script died before naming one. */

import type { Token } from '../../../domain/journal.ts';
import type { CheckpointLook } from './look.ts';
import type { Note } from './note.ts';

const OURS = /^ferry /;
const RECOVERY = 'Recovery';
/** From the note until the host has taken the checkpoint: the limit of the script that does both. */
export const TAKE_SECONDS_MAX = 300;

export const isOurs = (checkpointName: string): boolean => OURS.test(checkpointName);
export const roundName = ({ operation }: Token, round: number): string =>
  `ferry ${operation} round ${round}`;
/** Taken and removed for nothing but that its removal merges what an earlier one left. */
export const mendName = ({ operation }: Token): string => `ferry ${operation} merge`;

export interface OpenRound {
  readonly number: number;
  readonly checkpoint: CheckpointLook;
}

/** The operation's own rounds, lowest first. */
export function roundsOf(
  checkpoints: readonly CheckpointLook[],
  { operation }: Token,
): readonly OpenRound[] {
  const start = `ferry ${operation} round `;
  return checkpoints
    .filter(({ name }) => name.startsWith(start))
    .map((checkpoint) => ({ checkpoint, number: Number(checkpoint.name.slice(start.length)) }))
    .toSorted((a, b) => a.number - b.number);
}

/**
 * The one that a killed script took and did not name: it is new since the note, a recovery checkpoint
 * under a name of Windows' (which has the VM's in it), taken when the script was at it, and the only such.
 */
export function unnamed(
  checkpoints: readonly CheckpointLook[],
  vmName: string,
  { creating }: Note,
): CheckpointLook | undefined {
  if (creating === undefined || checkpoints.some(({ name }) => name === creating.name)) return;
  const { before, at } = creating;
  const fresh = checkpoints.filter(
    ({ id, type, name, createdAt }) =>
      !before.includes(id) &&
      type === RECOVERY &&
      name.includes(vmName) &&
      !isOurs(name) &&
      // Windows may cut creation times to seconds.
      createdAt >= at - 1000 &&
      createdAt <= at + TAKE_SECONDS_MAX * 1000,
  );
  return fresh.length === 1 ? fresh[0] : undefined;
}
