/** What a copy's folder says about itself. `copy.json` is there only once a round was committed. */

import { join } from 'node:path';
import { z } from 'zod';
import { DIGEST_HASHES } from './blocks.ts';
import { roundMode } from './frames.ts';

const vm = z.object({ id: z.string(), name: z.string() });
const bytes = z.int().min(0);

export const committedSchema = z.object({
  vm,
  host: z.string(),
  operation: z.string(),
  round: z.int().min(0),
  committedAt: z.number(),
  disks: z.array(
    z.object({ disk: z.string(), path: z.string(), virtualBytes: bytes, digest: z.string() }),
  ),
  /** Names the state of the source's disks that this round is. */
  frozen: z.string(),
  /** The next round is whole in staging and is being folded in: the disks are in between. */
  folding: z
    .object({
      operation: z.string(),
      round: z.int().min(0),
      frozen: z.string(),
      stagedBytes: bytes,
      /** What the frames' digests are made with. */
      hash: z.enum(DIGEST_HASHES).default('sha256'),
      /** The disks, in the order in which the staged frames number them. */
      order: z.array(z.string()),
    })
    .optional(),
});
export type Committed = z.infer<typeof committedSchema>;

export const sessionSchema = z.object({
  vm,
  host: z.string(),
  /** The operation that the copy is held for; a kept copy is adopted by a later one. */
  operation: z.string(),
  disks: z.array(
    z.object({
      disk: z.string(),
      path: z.string(),
      virtualBytes: bytes,
      logicalSectorBytes: bytes,
      diskId: z.string(),
      format: z.enum(['vhdx', 'vhd']).optional(),
      type: z.enum(['fixed', 'dynamic']).optional(),
      blockBytes: bytes.optional(),
      physicalSectorBytes: bytes.optional(),
    }),
  ),
  /** All disks have been made. Until then a file at their paths is half of one. */
  prepared: z.boolean(),
  /** A round with a lower epoch is from someone who acts too late. */
  epochSeen: z.int().min(-1),
  /** The round that is coming in; nothing of it counts before it is committed. */
  receiving: z
    .object({
      round: z.int().min(0),
      mode: roundMode,
      frozen: z.string(),
      order: z.array(z.string()),
      /** In that order: up to where the disk's part is flushed and read back. */
      watermarks: z.array(bytes),
      stagedBytes: bytes,
      /** What the digests of it are made with. */
      hash: z.enum(DIGEST_HASHES).default('sha256'),
    })
    .optional(),
});
export type Session = z.infer<typeof sessionSchema>;
export type SessionDisk = Session['disks'][number];
export type Receiving = NonNullable<Session['receiving']>;

/** Names within a copy's folder; none of them comes from the wire. */
export const placesIn = (directory: string) => ({
  committed: join(directory, 'copy.json'),
  session: join(directory, 'session.json'),
  /** Of the VM, as it was with the newest round; only a copy that is kept aligned has one. */
  definition: join(directory, 'definition.json'),
  staging: join(directory, 'staging.frames'),
  disks: join(directory, 'disks'),
  disk: (index: number, format = 'vhdx') => join(directory, 'disks', `${index}.${format}`),
  digests: join(directory, 'digests'),
  digestsOf: (index: number) => join(directory, 'digests', `${index}.digests`),
});
